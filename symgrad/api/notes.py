"""From a chain to a lecture note: hands the note what it asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from symgrad.api.proof import loop_of, tokens
from symgrad.calculus.derive import derive
from symgrad.lessons.inputs import NoteInputs
from symgrad.lessons.note import note
from symgrad.network.graph import Network
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.tree import Name
from symgrad.numerics.vanishing import vanishing
from symgrad.proving.search import prove
from symgrad.rendering.render import Target, render_note
from symgrad.values.derivation import Derivation
from symgrad.values.proof import Claim, Proof
from symgrad.version import __version__

PATIENCE = 60.0
"""Seconds for a bound: what a note says should not depend on how busy the machine is."""


def notes(
    network: Network,
    format: str,
    lang: str,
    length: str,
    standalone: bool,
    templates: Path | None,
    answers: bool,
) -> str:
    """The note, or the answers to its exercises; "" where it has none."""
    made = note(inputs_of(network), length)
    if answers and not made.answers.sections:
        return ""
    return render_note(
        made.answers if answers else made.document, Target(format, lang, templates, None, standalone)
    )


def inputs_of(network: Network) -> NoteInputs:
    """What a note may ask about a chain."""

    def derivation(name: Name) -> Derivation:
        return derive(network, name)

    def proof(claim: Claim) -> Proof:
        if isinstance(network, SymbolicNetwork):
            lines = tuple((line.target, line.body) for line in (*network.before, *network.after))
            return prove(claim, definitions=lines, timeout=PATIENCE, loop=loop_of(network))
        gradients = tokens(network, (claim.statement, *claim.given))
        shapes = {name: shape for name, shape in network.shapes.items() if shape and name in network.leaves}
        return prove(
            claim, definitions=network.definitions(), gradients=gradients, timeout=PATIENCE, shapes=shapes
        )

    def depths(name: Name, values: Mapping[str, str]) -> Mapping[str, int]:
        return vanishing(network, name, by_family(values)) or {}

    mark = hashlib.sha256(network.text.encode()).hexdigest()[:12]
    source = (f"symgrad {__version__}", f"symgrad notes {network.name}", f"sha256 {mark}")

    def deeper(depth: int) -> NoteInputs:
        assert isinstance(network, SymbolicNetwork)
        return inputs_of(network.at_depth(depth))

    return NoteInputs(network, derivation, proof, depths, source, deeper)


def by_family(values: Mapping[str, str]) -> dict[str, str]:
    """w_1 = 1, w_2 = 1, ... as w_j = 1, so that the values reach as deep as the chain is continued."""
    families: dict[str, set[str]] = {}
    for name, value in values.items():
        families.setdefault(name.rpartition("_")[0], set()).add(value)
    found: dict[str, str] = {}
    for name, value in values.items():
        stem, _, index = name.rpartition("_")
        several = index.isdigit() and index != "0" and len(families[stem]) == 1
        found[f"{stem}_j" if several else name] = value
    return found
