"""Values as the JSON that scripts read: fixed keys, mathematics in plain notation, verdicts untranslated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.notation.writers.latex import latex
from symgrad.notation.writers.plain import plain
from symgrad.rendering import grids
from symgrad.rendering.document import Document
from symgrad.rendering.styles import PlainStyle
from symgrad.rendering.views.derivation import product, reason
from symgrad.rendering.views.document import document_view
from symgrad.rendering.views.proof import typed
from symgrad.rendering.wording import Wording
from symgrad.values.derivation import Derivation
from symgrad.values.evaluation import Evaluation
from symgrad.values.mark import Mark
from symgrad.values.proof import Proof

LAYOUTS = {
    "steps.layout-gradient": "gradient",
    "steps.layout-numerator": "jacobian",
    "steps.layout-jacobian": "jacobian",
}
"""The notes that state a layout; a vector by a vector has one row per output in either."""


def derivation_data(derivation: Derivation, wording: Wording, checked: bool | None) -> dict[str, Any]:
    """objective, wrt, result, latex, factors, steps, checked; kept and layout where vectors take part."""
    result = product(derivation.factors)
    steps = [
        {
            "rule": step.rule,
            "before": plain(step.before),
            "after": plain(step.after),
            "why": wording.say(reason(step, derivation)),
            "conditions": [plain(condition) for condition in step.conditions],
        }
        for step in derivation.steps
    ]
    found = {
        "objective": plain(derivation.goal.of),
        "wrt": plain(derivation.goal.by),
        "result": plain(result),
        "latex": latex(result),
        "factors": [plain(factor) for factor in derivation.factors],
        "steps": steps,
        "checked": bool(checked),
    }
    layouts = [LAYOUTS[note.id] for note in derivation.notes if note.id in LAYOUTS]
    if not layouts:
        return found
    kept = {plain(token): plain(value) for token, value in derivation.kept}
    return {**found, "kept": kept, "layout": layouts[0]}


def proof_data(proof: Proof, wording: Wording) -> dict[str, Any]:
    """claim, given, verdict, checked, counterexample, steps, attained, method, seconds; rescue if refuted."""
    claim = proof.claim
    said = [*proof.steps, *(proof.witness if not proof.steps else ())]
    return {
        "claim": claim.text or plain(claim.statement),
        "given": list(claim.given_text) or [plain(assumption) for assumption in claim.given],
        "verdict": proof.verdict,
        "checked": proof.checked,
        "counterexample": dict(proof.counterexample) or None,
        "steps": [wording.say(step).replace("\t", "    ") for step in said],
        "attained": [wording.say(phrase) for phrase in proof.attained],
        **({"rescue": [typed(tree) for tree in proof.rescue]} if proof.verdict == "refuted" else {}),
        "method": proof.method,
        "seconds": round(proof.seconds, 4),
    }


def evaluation_data(evaluations: Sequence[Evaluation]) -> dict[str, Any]:
    """values, factors (keyed by gradient if several), underflow, overflow."""
    factors = {
        plain(e.goal): [{"factor": plain(f.factor), "value": grids.text(f.value)} for f in e.factors]
        for e in evaluations
    }
    return {
        "values": {plain(e.goal): grids.text(e.value) for e in evaluations},
        "factors": factors if len(evaluations) != 1 else next(iter(factors.values())),
        "underflow": list(dict.fromkeys(name for e in evaluations for name in e.underflow)),
        "overflow": list(dict.fromkeys(name for e in evaluations for name in e.overflow)),
    }


def mark_data(mark: Mark, wording: Wording) -> dict[str, Any]:
    """verdict, mistakes, points (null for undecided and unreadable), reading, evidence."""
    points = mark.points
    message = dict(mark.problem).get(wording.lang) or dict(mark.problem).get("en")
    evidence = [wording.say(phrase) for phrase in mark.evidence] + ([message] if message else [])
    return {
        "verdict": mark.verdict,
        "mistakes": [{"name": m.name, "detail": m.detail} for m in mark.mistakes],
        "points": None if points is None else int(points) if points.denominator == 1 else float(points),
        "reading": mark.reading,
        "evidence": evidence,
    }


def note_data(document: Document, lang: str) -> dict[str, Any]:
    """Title and sections of a note, formulas in plain notation."""
    view = document_view(document, Wording(lang, PlainStyle()))
    sections = [
        {
            "heading": section.heading,
            "blocks": [
                {
                    "kind": block.kind,
                    "text": block.text,
                    "formulas": [row.text for row in block.rows],
                    "table": [list(block.head), *map(list, block.cells)] if block.head else [],
                    "items": list(block.items),
                }
                for block in section.blocks
            ],
        }
        for section in view.sections
    ]
    return {"title": view.title, "sections": sections}
