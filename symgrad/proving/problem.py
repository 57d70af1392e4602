"""A claim made ready for search: tokens written out, assumptions as instances, names sorted by role."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.notation.codec import to_data
from symgrad.notation.tree import Apply, Mul, Name, Tree, children, names_in, walk
from symgrad.proving import kernel
from symgrad.proving.kernel.families import instances
from symgrad.proving.kernel.gradient import written_out
from symgrad.proving.kernel.written import spelled_out
from symgrad.values.proof import Claim


@dataclass(frozen=True, slots=True)
class Problem:
    """What the tactics work on.

    statement, given: without derivative tokens. pieces: the assumptions as single relations, for every
    member. leaves: what may be chosen freely, the names of the statement first. deadline: by
    time.monotonic().
    """

    claim: Claim
    functions: Mapping[str, str]
    definitions: tuple[tuple[Name, Tree], ...]
    statement: Tree
    given: tuple[Tree, ...]
    pieces: tuple[Tree, ...]
    leaves: tuple[Name, ...]
    deadline: float

    @property
    def late(self) -> bool:
        """Whether the time is used up."""
        return time.monotonic() > self.deadline

    def certificate(self, verdict: str, **fields: Any) -> dict[str, Any]:
        """The self-contained data that the kernel checks."""
        return {
            "format": kernel.FORMAT,
            "verdict": verdict,
            "statement": to_data(self.claim.statement),
            "given": [to_data(g) for g in self.claim.given],
            "functions": dict(self.functions),
            "definitions": [[to_data(name), to_data(body)] for name, body in self.definitions],
            **fields,
        }

    def arguments(self) -> tuple[Name, ...]:
        """Names that functions are applied to."""
        trees = (self.statement, *self.given, *(body for _, body in self.definitions))
        found: dict[Name, None] = {}
        for tree in trees:
            for node in walk(tree):
                if isinstance(node, Apply) and node.function.stem not in ("abs", "max", "min"):
                    found.update(dict.fromkeys(n for a in node.arguments for n in names_in(a)))
        return tuple(found)

    def weights(self) -> tuple[Name, ...]:
        """Leaves that multiply something outside every function: what a bound is usually stated for."""
        found: dict[Name, None] = {}

        def visit(tree: Tree) -> None:
            match tree:
                case Mul(factors):
                    names = [f for f in factors if isinstance(f, Name) and f in self.leaves]
                    found.update(dict.fromkeys(names))
            inner = tree.arguments if isinstance(tree, Apply) and tree.function.stem == "abs" else (
                () if isinstance(tree, Apply | Name) else children(tree))  # fmt: skip
            for child in inner:
                visit(child)

        visit(self.statement)
        return tuple(found)


def make(claim: Claim, definitions: Sequence[tuple[Name, Tree]], timeout: float) -> Problem:
    """The problem of a claim; CertificateError where a token cannot be written out."""
    functions = dict(claim.functions)
    chain = tuple((name, spelled_out(body, functions)) for name, body in definitions)
    statement, *rest = (
        written_out(spelled_out(t, functions), chain) for t in (claim.statement, *claim.given)
    )
    given = tuple(rest)
    universe = kernel.occurring(statement, chain)
    pieces = tuple(dict.fromkeys(piece for g in given for piece in instances(g, universe)))
    defined = {name for name, _ in chain}
    mentioned = [*universe, *(n for piece in pieces for n in names_in(piece))]
    leaves = tuple(n for n in dict.fromkeys(mentioned) if n not in defined)
    return Problem(claim, functions, chain, statement, given, pieces, leaves, time.monotonic() + timeout)
