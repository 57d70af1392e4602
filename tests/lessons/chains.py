"""The inputs of a note for the example chains, with the real derivations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symgrad.calculus.derive import derive
from symgrad.lessons.inputs import NoteInputs
from symgrad.network.build import build
from symgrad.network.graph import Network
from symgrad.notation.chainfile import read_chain
from symgrad.notation.tree import Derivative, Name, walk
from symgrad.phrases import data_root
from symgrad.proving.search import prove
from symgrad.values.proof import Claim, Proof

DEPTHS = {"float16": 12, "float32": 70, "float64": 499}


def network(text: str, name: str = "own.chain") -> Network:
    """A network from the text of a chain file."""
    return build(read_chain(text, name))


def example(name: str) -> Network:
    """One of the chains that ship."""
    return network((data_root("examples") / f"{name}.chain").read_text(encoding="utf-8"), f"{name}.chain")


def inputs(
    net: Network,
    vanishing: Callable[[Name, Mapping[str, str]], Mapping[str, int]] | None = None,
    verdict: str | None = "proved",
) -> NoteInputs:
    """What a note asks for; with a `verdict` the prover is not asked but answers so."""

    def decide(claim: Claim) -> Proof:
        if verdict is not None:
            return Proof(claim, verdict)
        tokens = [node for node in walk(claim.statement) if isinstance(node, Derivative)]
        gradients = {token: derive(net, token.by) for token in tokens}
        shapes = {name: shape for name, shape in net.shapes.items() if shape and name in net.leaves}
        return prove(claim, definitions=net.definitions(), gradients=gradients, timeout=60.0, shapes=shapes)

    return NoteInputs(net, lambda name: derive(net, name), decide, vanishing, ("symgrad notes", net.name))
