"""What a note is made from: a network, and three ways to ask about it that the face hands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from symgrad.network.graph import Network
from symgrad.notation.tree import Name
from symgrad.values.derivation import Derivation
from symgrad.values.proof import Claim, Proof


@dataclass(frozen=True, slots=True)
class NoteInputs:
    """A network and what can be asked about it.

    derive: the gradient of the objective by a name.
    prove: what becomes of a claim about the chain (it may mention `dC/db_1`).
    vanishing: for a parameter and leaf values (plain notation), number format -> depth from which that
        gradient rounds to 0 when the same rule is continued; None where the chain cannot be continued.
    at_depth: for a chain of symbolic depth the same at a definite one.
    source: lines for the comment at the end (version, command, hash of the chain).
    """

    network: Network
    derive: Callable[[Name], Derivation]
    prove: Callable[[Claim], Proof]
    vanishing: Callable[[Name, Mapping[str, str]], Mapping[str, int]] | None = None
    source: tuple[str, ...] = ()
    at_depth: Callable[[int], NoteInputs] | None = None
