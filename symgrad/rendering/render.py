"""A value, a format, a language -> the finished text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symgrad.network.graph import Network
from symgrad.notation.tree import Tree
from symgrad.rendering import data
from symgrad.rendering.document import Document
from symgrad.rendering.engine import fill
from symgrad.rendering.styles import style_for
from symgrad.rendering.terminal import widest
from symgrad.rendering.views.derivation import overview_view
from symgrad.rendering.views.document import document_view
from symgrad.rendering.views.evaluation import evaluation_view
from symgrad.rendering.views.forms import form_view
from symgrad.rendering.views.mark import mark_view
from symgrad.rendering.views.proof import proof_view
from symgrad.rendering.wording import Wording
from symgrad.values.derivation import Derivation
from symgrad.values.evaluation import Evaluation
from symgrad.values.mark import Mark
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Proof


@dataclass(frozen=True, slots=True)
class Target:
    r"""Where a text goes: its format and language, the user's own templates, the terminal's encoding.

    standalone: a whole document rather than a fragment to paste or `\input`.
    """

    format: str = "text"
    lang: str = "en"
    templates: Path | None = None
    encoding: str | None = None
    standalone: bool = False

    @property
    def wording(self) -> Wording:
        """What it takes to say something there."""
        return Wording(self.lang, style_for(self.format, self.encoding), self.templates)

    def page(self, kind: str, /, **view: Any) -> str:
        """A template filled in, with a document around it if it is to stand alone."""
        words = self.wording.style.words
        gap = "\u3000" if self.lang == "zh" else "\u2002"
        body = fill(
            kind,
            self.format,
            self.templates,
            lang=self.lang,
            gap=gap,
            blank="" if self.lang == "zh" else " ",
            ellipsis=words("…"),
            times=words("·"),
            **view,
        )
        if not self.standalone:
            return body
        return fill("page", self.format, self.templates, lang=self.lang, body=body)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def render_derivation(
    derivations: Derivation | Sequence[Derivation],
    target: Target,
    *,
    detail: str = "short",
    overview: bool = False,
    checked: bool | None = None,
    style: str = "factors",
    network: Network | None = None,
    total: int = 0,
) -> str:
    """Gradients with their steps, one block after the other.

    Args:
        derivations: one or several.
        target: format, language and the like.
        detail: "short" folds steps that repeat from layer to layer, "full" prints all.
        overview: a table of all results, then the first one's steps.
        checked: what the independent check said; None if it was not run.
        style: the form the steps are told in: factors, backprop, perturbation or jacobian.
        network: the chain, for its sizes and its trained names.
        total: how many gradients there are, where only the first and last of them are in the table.
    """
    several = (derivations,) if isinstance(derivations, Derivation) else tuple(derivations)
    wording = target.wording
    if target.format == "json":
        rows = [data.derivation_data(d, wording, checked) for d in several]
        return _json(
            rows[0] if isinstance(derivations, Derivation) or (len(rows) == 1 and not overview) else rows
        )
    shown = several[:1] if overview else several
    return target.page(
        "derivation",
        overview=overview_view(several, wording, network, total) if overview else None,
        derivations=[
            form_view(d, wording, style, detail=detail, checked=checked, network=network) for d in shown
        ],
    )


def render_proof(proof: Proof, target: Target) -> str:
    """What became of a claim, with its steps or its counterexample."""
    if target.format == "json":
        return _json(data.proof_data(proof, target.wording))
    view = proof_view(proof, target.wording)
    return target.page("proof", proof=view, width=widest(step.text for step in view.steps if step.reason))


def render_evaluation(
    evaluations: Evaluation | Sequence[Evaluation],
    target: Target,
    *,
    values: Mapping[Tree, Any] | None = None,
    vanishing: Mapping[str, int] | None = None,
    remarks: Sequence[Phrase] = (),
) -> str:
    """Numbers with bars: a family of gradients as a table over its layers, others factor by factor.

    Args:
        evaluations: one or several.
        target: format, language and the like.
        values: other known numbers (the weight of the first layer stands in no gradient of a bias).
        vanishing: number format -> depth from which the deepest gradient of the family rounds to 0.
        remarks: what else is to be said.
    """
    several = (evaluations,) if isinstance(evaluations, Evaluation) else tuple(evaluations)
    if target.format == "json":
        return _json(data.evaluation_data(several))
    view = evaluation_view(several, target.wording, values, vanishing, remarks)
    return target.page("evaluation", evaluation=view)


def render_mark(
    mark: Mark, target: Target, *, hint: int = 1, explain: bool = False, points: bool = False
) -> str:
    """A mark as feedback, hints up to a level; `points` shows them."""
    if target.format == "json":
        return _json(data.mark_data(mark, target.wording))
    return target.page("mark", mark=mark_view(mark, target.wording, hint, explain, points))


def render_note(document: Document, target: Target) -> str:
    """A lecture note or a sheet of answers."""
    if target.format == "json":
        return _json(data.note_data(document, target.lang))
    return target.page("note", document=document_view(document, target.wording))


def render_phrase(phrase: Phrase, target: Target) -> str:
    """One sentence; the tab between a formula and its reason becomes blanks."""
    return target.wording.say(phrase).replace("\t", "   ")
