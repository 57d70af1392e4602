"""Equality of two expressions with vectors and matrices: an identity, a separating point, or neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic

from symgrad.algebra.decide import FAILURES, TIME, Decision, reason_of
from symgrad.algebra.scope import Level, Scope
from symgrad.algebra.tensors.build import Builder
from symgrad.algebra.tensors.fractions import vanishes
from symgrad.algebra.tensors.shaping import SCALAR, Misshapen, Shape, Value
from symgrad.algebra.tensors.sums import add, scaled
from symgrad.algebra.tensors.table import Table, key_of
from symgrad.algebra.tensors.witness import QUICK, Separator
from symgrad.notation.tree import Derivative, Relation, Tree

MAX_ATOMS = 4000
LADDER: tuple[tuple[Level, str] | int | None, ...] = (
    (Level.OPAQUE, "slopes"), 4, (Level.ACTIVATIONS, "slopes"), (Level.DEFINITIONS, "slopes"), 12, QUICK,
    (Level.ACTIVATIONS, "values"), (Level.DEFINITIONS, "values"), (Level.ACTIVATIONS, "exponentials"),
    (Level.DEFINITIONS, "exponentials"), None,
)  # fmt: skip
"""Identities and, between them, points: simple ones before the longer identities, all at the end."""


@dataclass(slots=True)
class ShapedAlgebra:
    """Comparisons in one scope whose names have shapes."""

    scope: Scope
    builders: dict[tuple[Level, str], Builder] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    separator: Separator = field(init=False)

    def __post_init__(self) -> None:
        self.separator = Separator(self.scope)

    def builder(self, level: Level, functions: str) -> Builder:
        """The builder of a level; those that see functions alike share their atoms."""
        table = self.tables.get(functions)
        if table is None or len(table.atoms) > MAX_ATOMS:
            table = self.tables[functions] = Table()
            self.builders = {key: b for key, b in self.builders.items() if key[1] != functions}
        builder = self.builders.get((level, functions))
        if builder is None:
            builder = self.builders[level, functions] = Builder(table, self.scope, level, functions)
            self.assume(builder)
        return builder

    def assume(self, builder: Builder) -> None:
        """What the scope assumes about sums (sum(y) = 1), as rules for the table."""
        if builder.table.rules:
            return
        for assumption in self.scope.assumptions:
            match assumption:
                case Relation(("=",), (left, right)):
                    try:
                        a, b = builder.of(left), builder.of(right)
                    except (*FAILURES, Misshapen):
                        continue
                    if a.shape == SCALAR == b.shape and len(a.form) == 1:
                        ((monomial, c),) = a.form.items()
                        if len(monomial) == 1 and not any(monomial[0] in m for m in b.form):
                            builder.table.rules.append((monomial[0], scaled(b.form, 1 / c)))

    def shape(self, tree: Tree) -> Shape:
        """The shape of a tree as (rows, columns).

        Raises:
            Misshapen: it has none.
        """
        return self.builder(Level.OPAQUE, "slopes").of(tree).shape

    def normal_form(self, tree: Tree, level: Level = Level.DEFINITIONS) -> object:
        """A canonical key: equal keys mean equal values."""
        builder = self.builder(level, "slopes")
        value = self.without_tokens(builder, builder.of(tree))
        return (value.shape, key_of(value.form))

    def equal(self, a: Tree, b: Tree, seconds: float = TIME) -> Decision:
        """Whether a (an answer) and b (the gold) are equal wherever both are defined."""
        reason, end = "", monotonic() + seconds
        for stage in LADDER:
            try:
                if isinstance(stage, tuple):
                    builder = self.builder(*stage)
                    builder.table.deadline = end
                    if self.same(builder, a, b):
                        return Decision("equal", stage[0])
                elif (witness := self.separator.find((a, b), seconds, stage)) is not None:
                    return Decision("different", witness=witness)
            except Misshapen:
                return Decision("unknown", reason="shapes")
            except FAILURES as failure:
                reason = reason_of(failure)
                if reason in ("undefined", "condition"):
                    break
            finally:
                for table in self.tables.values():
                    table.deadline = None
        return Decision("unknown", reason=reason or "no-witness")

    def same(self, builder: Builder, a: Tree, b: Tree) -> bool:
        """Whether a - b is zero at one level.

        Raises:
            Misshapen: the shapes differ (a number against a vector of equal entries too).
        """
        left, right = builder.of(a), builder.of(b)
        if left.shape != right.shape and not (not left.form and not right.form):
            if not left.form and left.shape == SCALAR:
                left = Value({}, right.shape)
            elif not right.form and right.shape == SCALAR:
                right = Value({}, left.shape)
            else:
                raise Misshapen(a, left.shape, right.shape)
        difference = Value(add(left.form, scaled(right.form, Fraction(-1))), right.shape)
        return self.zero(builder, difference)

    def zero(self, builder: Builder, value: Value) -> bool:
        """Whether a value vanishes, its tokens replaced one after the other by what they are."""
        while True:
            if not value.form or vanishes(builder, value):
                return True
            token = self.next_token(builder, value)
            if token is None:
                return False
            value = self.put_in(builder, value, token)

    def without_tokens(self, builder: Builder, value: Value) -> Value:
        """The value with every token replaced."""
        while value.form and (token := self.next_token(builder, value)) is not None:
            value = self.put_in(builder, value, token)
        return value

    def put_in(self, builder: Builder, value: Value, token: Derivative) -> Value:
        """One token replaced."""
        body = self.scope.token(token)
        assert body is not None
        return builder.token_in(value, token, builder.of(body))

    def next_token(self, builder: Builder, value: Value) -> Derivative | None:
        """The token whose variable comes first in the chain, so that no replacement brings it back."""
        place = self.scope.places
        best: tuple[int, Derivative] | None = None
        for monomial in value.form:
            for component in monomial:
                for number, _, _ in component:
                    tree = builder.table.atoms[number].tree
                    if isinstance(tree, Derivative) and self.scope.token(tree) is not None:
                        rank = place.get(tree.by, -1)
                        if best is None or rank < best[0]:
                            best = (rank, tree)
        return best[1] if best else None
