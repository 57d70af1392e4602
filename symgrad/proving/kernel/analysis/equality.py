"""Claims at a point given by exact constants: sides that no ball can tell apart may be one constant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ZERO,
    Add,
    Logic,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    rebuild,
    substitute,
    walk,
)
from symgrad.proving.kernel.analysis.elementary import elementary
from symgrad.proving.kernel.analysis.ends import constant_of
from symgrad.proving.kernel.evaluate import evaluate, truth

MAX_NODES = 400


@dataclass(frozen=True)
class ExactPoint:
    """Closed trees for the leaves, the equations of a chain, and what the names of functions stand for."""

    leaves: Sequence[tuple[Name, Tree]]
    definitions: Sequence[tuple[Name, Tree]]
    functions: Mapping[str, str]

    @cached_property
    def values(self) -> Mapping[Tree, Tree]:
        """The leaves, then everything defined from them, rational values worked out."""
        found: dict[Tree, Tree] = {name: self.folded(tree) for name, tree in self.leaves}
        for name, body in self.definitions:
            found[name] = self.folded(substitute(body, found))
        return found

    def truth(self, statement: Tree) -> bool | None:
        """Whether the statement certainly holds or certainly fails; raises where a side has no value."""
        return truth(self._decided(substitute(statement, self.values)), {}, self.functions)

    def _decided(self, statement: Tree) -> Tree:
        """Each comparison of one constant with itself as a comparison of 0 with 0."""
        match statement:
            case Relation(operators, operands):
                sides = [self.folded(side) for side in operands]
                links = [
                    Relation((operator,), (ZERO, ZERO) if self._equal(a, b) else (a, b))
                    for operator, a, b in zip(operators, sides, sides[1:], strict=False)
                ]
                return links[0] if len(links) == 1 else Logic("and", tuple(links))
            case Logic(operator, arguments):
                return Logic(operator, tuple(map(self._decided, arguments)))
        return statement

    def _equal(self, a: Tree, b: Tree) -> bool:
        """Whether both sides have values, and the same."""
        evaluate(a, {}, self.functions), evaluate(b, {}, self.functions)
        try:
            return constant_of(elementary(Add((a, Neg(b))), self.functions)).is_zero
        except CertificateError:
            return False

    def folded(self, tree: Tree) -> Tree:
        """The tree with every part that has a rational value as that number: sqrt(2)^2 as 2."""
        if sum(1 for _ in islice(walk(tree), MAX_NODES)) == MAX_NODES:
            raise CertificateError("certificate-too-large")
        return self._part(tree)

    def _part(self, tree: Tree) -> Tree:
        if isinstance(tree, Number | Name | Relation | Logic):
            return tree
        node = rebuild(tree, self._part)
        try:
            value = evaluate(node, {}, self.functions)
            if isinstance(value, Fraction):
                return Number(value)
            exact = constant_of(elementary(node, self.functions)).rational
        except CertificateError:
            return node
        return node if exact is None else Number(exact)
