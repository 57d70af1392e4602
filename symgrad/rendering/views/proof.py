"""A proof, a counterexample or a reason for silence, as lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from symgrad.notation.tree import Apply, Name, Number, Relation, Tree
from symgrad.notation.writers.plain import plain
from symgrad.rendering.wording import Wording
from symgrad.values.proof import Proof

_PLACES = ("proofs.at-point", "proofs.all-other", "proofs.all", "proofs.solved")
"""Phrases of a witness that say where it is; the others say what happens there."""
_NAME = re.compile(r"([^\W\d_]+)_?(?:\{(\w+(?:,\w+)*)\}|(\d+))\Z")


@dataclass(frozen=True, slots=True)
class LineView:
    """A numbered step: its formula, and the reason beside it (a tab in the phrase separates the two)."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProofView:
    """What became of a claim, ready to print."""

    verdict: str
    kind: str
    claim: str
    given: str
    steps: tuple[LineView, ...]
    used: str
    attained: str
    at: str
    witness: tuple[str, ...]
    rescue: str
    unchecked: str


def proof_view(proof: Proof, wording: Wording) -> ProofView:
    """All strings of a proof."""
    style = wording.style
    rescue = ""
    if proof.rescue:
        command = " ".join(f'--given "{typed(tree)}"' for tree in proof.rescue)
        rescue = (
            wording.word("rescue", command=command, assumption=proof.rescue)
            if style.name == "text"
            else (wording.word("rescue-document", assumption=proof.rescue))
        )
    return ProofView(
        verdict=_verdict(proof, wording),
        kind=proof.verdict,
        claim=style.inline(proof.claim.statement),
        given=wording.word("given", assumptions=proof.claim.given) if proof.claim.given else "",
        steps=tuple(_line(i, wording.say(step)) for i, step in enumerate(proof.steps, 1)),
        used=_used(proof, wording),
        attained=wording.list(wording.say(phrase) for phrase in proof.attained),
        at=_point(proof, wording),
        witness=tuple(wording.say(phrase) for phrase in proof.witness if phrase.id not in _PLACES),
        rescue=rescue,
        unchecked="" if proof.checked or proof.verdict == "undecided" else wording.word("not-rechecked"),
    )


def _verdict(proof: Proof, wording: Wording) -> str:
    if proof.method.startswith("oracle:"):
        return wording.word("verdict-unchecked", oracles=proof.method.removeprefix("oracle:"))
    return wording.word(f"verdict-{proof.verdict}")


def typed(tree: Tree) -> str:
    """An assumption as people type it between quotes: |w| <= 1 where the bars cannot be mistaken."""
    sides = [_bars(side) for side in tree.operands] if isinstance(tree, Relation) else []
    if not isinstance(tree, Relation) or len(sides) != 2:
        return plain(tree)
    return f"{sides[0]} {tree.operators[0]} {sides[1]}"


def _bars(tree: Tree) -> str:
    match tree:
        case Apply(Name("abs"), (inside,), 0) if "|" not in plain(inside) and "abs" not in plain(inside):
            return f"|{plain(inside)}|"
    return plain(tree)


def _line(number: int, sentence: str) -> LineView:
    text, _, reason = sentence.partition("\t")
    return LineView(number, text.strip(), reason.strip())


def _used(proof: Proof, wording: Wording) -> str:
    if proof.verdict != "proved" or not proof.claim.given or proof.method.startswith("oracle:"):
        return ""  # a solver does not say which assumptions it used
    used, unused = proof.used, proof.unused
    if used and unused:
        return wording.word("used-unused", used=used, unused=unused)
    return wording.word("used", used=used) if used else wording.word("nothing-used")


def name_tree(text: str) -> Tree:
    """`w_2`, `w_{1,2}` as names with indices; anything else as one name."""
    found = _NAME.match(text)
    if found is None:
        return Name(text)
    parts = (found.group(2) or found.group(3)).split(",")
    return Name(found.group(1), tuple(Number(Fraction(p)) if p.isdigit() else Name(p) for p in parts))


def value_tree(text: str) -> Tree | None:
    """An exact value as a tree, None if it is no rational."""
    try:
        return Number(Fraction(text))
    except ValueError:
        return None


def _point(proof: Proof, wording: Wording) -> str:
    """`at w = 2, z = 0`: as the proof words it (`all other w = 1`), else name by name."""
    places = [wording.say(phrase) for phrase in proof.witness if phrase.id in _PLACES]
    if places:
        joined = wording.join(places, "，" if wording.lang == "zh" else ", ")
        return wording.word("at-point", point="\x03").replace("\x03", joined)
    links: list[Tree] = []
    for name, text in proof.counterexample:
        value = value_tree(text)
        links.append(Relation(("=",), (name_tree(name), Name(text) if value is None else value)))
    return wording.word("at-point", point=tuple(links)) if links else ""
