"""A claim made ready for search: tokens written out, assumptions as instances, names sorted by role."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symgrad.notation.codec import to_data
from symgrad.notation.tree import Apply, Derivative, Mul, Name, Tree, children, names_in, walk
from symgrad.proving import kernel
from symgrad.proving.kernel.asked import Asked, Shapes, asked
from symgrad.proving.kernel.depth.loop import Loop
from symgrad.proving.kernel.setting import Setting
from symgrad.values.derivation import Derivation
from symgrad.values.proof import Claim


@dataclass(frozen=True, slots=True)
class Problem:
    """What the tactics work on.

    chain: the equations as they were given. question: the claim as the kernel sees it. pieces: the
    assumptions as single relations, for every member. leaves: what may be chosen freely, the names of the
    statement first. deadline: by time.monotonic(). loop: of a chain whose depth is a letter. numbers: letters
    put in, of a counterexample.
    """

    claim: Claim
    functions: Mapping[str, str]
    chain: tuple[tuple[Name, Tree], ...]
    question: Asked
    pieces: tuple[Tree, ...]
    leaves: tuple[Name, ...]
    deadline: float
    loop: Loop | None = None
    numbers: Mapping[str, Tree] = field(default_factory=dict)
    shapes: Shapes = field(default_factory=dict)
    gradients: Mapping[Derivative, Derivation] = field(default_factory=dict)

    @property
    def statement(self) -> Tree:
        """The claim without derivative tokens."""
        return self.question.statement

    @property
    def given(self) -> tuple[Tree, ...]:
        """The assumptions without derivative tokens."""
        return self.question.given

    @property
    def definitions(self) -> tuple[tuple[Name, Tree], ...]:
        """The equations that proofs may use, in order."""
        return self.question.definitions

    @property
    def ranges(self) -> tuple[Tree, ...]:
        """What holds of the indices because the chain has these members."""
        return () if self.question.families is None else self.question.families.ranges

    def written(self, tree: Tree) -> Tree:
        """A tree with its derivative tokens written out."""
        return self.question.written(tree)

    def setting(self, used: Sequence[Tree] | None = None) -> Setting:
        """What a proof may use; all assumptions unless said otherwise."""
        return self.question.setting(self.pieces if used is None else used)

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
            "definitions": [[to_data(name), to_data(body)] for name, body in self.chain],
            **({} if self.loop is None else {"loop": self.loop.to_data()}),
            **({"shapes": _shapes_data(self.shapes)} if self.shapes else {}),
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


def make(
    claim: Claim,
    definitions: Sequence[tuple[Name, Tree]],
    timeout: float,
    loop: Loop | None = None,
    numbers: Mapping[str, Tree] | None = None,
    shapes: Shapes | None = None,
    gradients: Mapping[Derivative, Derivation] | None = None,
) -> Problem:
    """The problem of a claim; CertificateError where a token cannot be written out.

    numbers: letters in indices and ends of ranges that a counterexample chooses.
    """
    functions = dict(claim.functions)
    question = asked(claim.statement, claim.given, tuple(definitions), functions, loop, numbers, shapes)
    if shapes and not question.shapes:  # numbers alone: the chain's equations say nothing
        definitions = ()
    pieces = tuple(question.pieces())
    defined = {name for name, _ in question.definitions}
    mentioned = [*question.universe, *(n for piece in pieces for n in names_in(piece))]
    leaves = tuple(n for n in dict.fromkeys(mentioned) if n not in defined)
    deadline = time.monotonic() + timeout
    return Problem(
        claim, functions, tuple(definitions), question, pieces, leaves, deadline, loop, numbers or {},
        question.shapes, gradients or {},
    )  # fmt: skip


def _shapes_data(shapes: Shapes) -> list[Any]:
    return [[to_data(name), [to_data(size) for size in sizes]] for name, sizes in shapes.items()]
