"""Equality of two scalar expressions: an identity, a point that separates them, or neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from time import monotonic
from typing import Literal

from symgrad.algebra import back, elementary
from symgrad.algebra.forms import Form, Ring, Undefined
from symgrad.algebra.normal import Normaliser, Unsupported
from symgrad.algebra.points import Dependent, Ground, Machine, Point, no_ties
from symgrad.algebra.polynomial import Exponent, TooLarge
from symgrad.algebra.residues import may_agree
from symgrad.algebra.scope import Circular, Level, Scope
from symgrad.arithmetic.kind import Inexact, Kind, NotScalar, Unvalued, Value
from symgrad.arithmetic.kind import Undefined as NoValue
from symgrad.arithmetic.written_out import written_out
from symgrad.notation.tree import Add, BigOp, Div, Name, Pow, Tree, walk

Verdict = Literal["equal", "different", "unknown"]
TIME = 2.0
"""Seconds per decision, unless told otherwise."""
BITS = (96, 320)
MAX_ATOMS = 5000


@dataclass(frozen=True, slots=True)
class Witness:
    """A point at which both sides are defined and provably differ.

    values: leaves and tokens. reached: sums that the biases were chosen to make simple (z_j = 0), in order.
    solved: the biases' exact values where they are rational. functions: what general functions were taken
    to be, a name or a formula in x. left, right: the values, fractions or enclosures that do not overlap.
    """

    values: tuple[tuple[Tree, Fraction], ...]
    reached: tuple[tuple[Name, Fraction], ...]
    solved: tuple[tuple[Tree, Fraction], ...]
    functions: tuple[tuple[str, str | Tree], ...]
    left: Fraction | str
    right: Fraction | str

    @property
    def entry(self) -> tuple[int, int] | None:
        """Which entry of a vector or matrix the values are, counted from 1; None for numbers."""
        return None

    @property
    def exact(self) -> bool:
        """Whether both values are fractions."""
        return isinstance(self.left, Fraction) and isinstance(self.right, Fraction)


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict with its evidence.

    level: how much had to be put in for the identity. witness: the separating point. restrictions: what the
    first expression divides by and the second does not. reason, for unknown: `too-large`, `undefined`,
    `not-scalar`, `symbolic-range`, `condition`, `token`, `circular` or `no-witness`.
    """

    verdict: Verdict
    level: Level | None = None
    witness: Witness | None = None
    restrictions: tuple[Tree, ...] = ()
    reason: str = ""

    def __bool__(self) -> bool:
        """True only for a proved identity."""
        return self.verdict == "equal"


class Algebra:
    """Comparisons in one scope; canonical forms of its equations are computed once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._reset()

    def _reset(self) -> None:
        self.ring = Ring()
        self._levels: dict[Level, Normaliser] = {}

    def normal_form(self, tree: Tree, level: Level = Level.DEFINITIONS) -> Form:
        """The canonical form; equal keys mean equal values wherever both are defined.

        Raises:
            Undefined, TooLarge, Unsupported, Circular: there is none.
        """
        normaliser = self._levels.get(level)
        if normaliser is None:
            normaliser = self._levels[level] = Normaliser(self.ring, self.scope, level)
        return normaliser.of(tree)

    def tree(self, form: Form) -> Tree:
        """A tree with the form's value."""
        return back.to_tree(self.ring, form)

    def ratio(
        self, a: Tree, b: Tree, level: Level = Level.OPAQUE
    ) -> tuple[Fraction, tuple[tuple[Tree, Exponent], ...]]:
        """a/b as a coefficient and factors with exponents: what was forgotten has a negative one."""
        form = self.ring.multiply(
            [self.normal_form(a, level), self.ring.power(self.normal_form(b, level), -1)]
        )
        return back.factors(self.ring, form)

    def equal(self, a: Tree, b: Tree, seconds: float = TIME, *, alike: bool | None = None) -> Decision:
        """Whether a (an answer) and b (the gold) are equal wherever both are defined.

        alike: whether a quick look says so; it only chooses what is tried first.
        """
        if len(self.ring.atoms) > MAX_ATOMS:
            self._reset()
        reason, end = "", monotonic() + seconds
        for stage in _LADDERS[alike]:
            try:
                if isinstance(stage, Level):
                    self.ring.deadline = end
                    if self._same(a, b, stage):
                        return Decision("equal", stage, restrictions=self.restrictions(a, b))
                elif (witness := self._separate(a, b, seconds, stage)) is not None:
                    return Decision("different", witness=witness)
            except FAILURES as failure:
                reason = reason_of(failure)
                if reason in _FINAL:
                    break
            finally:
                self.ring.deadline = None
        return Decision("unknown", reason=reason or "no-witness")

    def _same(self, a: Tree, b: Tree, level: Level) -> bool:
        terms = [self.normal_form(term, level) for term in _terms(a)]
        terms.extend(self.ring.negate(self.normal_form(term, level)) for term in _terms(b))
        if not self.ring.collected(terms):
            return True
        left, right = self.normal_form(a, level), self.normal_form(b, level)
        if left.key() == right.key():
            return True
        if not may_agree(self.ring, left, right):
            return False
        return self.ring.is_zero(self.ring.add([left, self.ring.negate(right)]))

    def restrictions(self, a: Tree, b: Tree) -> tuple[Tree, ...]:
        """The factors that a divides by somewhere and b nowhere, apart from what can never vanish."""
        try:
            mine, gold = self._divisors(a), self._divisors(b)
        except FAILURES:
            return ()
        return tuple(tree for key, tree in mine.items() if key not in gold)

    def _divisors(self, tree: Tree) -> dict[object, Tree]:
        found: dict[object, Tree] = {}
        for node in walk(tree):
            match node:
                case Div(_, below):
                    divisor = below
                case Pow(base, exponent) if self.normal_form(exponent, Level.OPAQUE).coefficient < 0:
                    divisor = base
                case _:
                    continue
            opaque, form = (self.normal_form(divisor, level) for level in (Level.OPAQUE, Level.FUNCTIONS))
            if all(elementary.is_positive(self.ring, factor) for factor in form.factors):
                continue
            for factor, times in opaque.factors.items():
                if times > 0:
                    found.setdefault(factor, back.factor_tree(self.ring, factor))
        return found

    def _separate(self, a: Tree, b: Tree, seconds: float, points: int | None) -> Witness | None:
        """A separating point among the first few simple ones, or (None) among all that there are."""
        end = monotonic() + seconds
        ground = Ground(self.scope, (a, b))
        for kind, candidates in attempts(ground, points):
            for functions in ground.choices():
                machine = Machine.build(ground, kind, functions)
                for point in islice(candidates(), points):
                    if (witness := _try(machine, point, functions)) is not None:
                        return witness
                    if monotonic() > end:
                        return None
        return None


_LADDER: tuple[Level | int | None, ...] = (
    Level.OPAQUE, 4, Level.FUNCTIONS, Level.ACTIVATIONS, Level.DEFINITIONS, None,
)  # fmt: skip
"""Identities first; a few simple points before anything is put in, all points at the end."""

_IDENTITIES: tuple[Level | int | None, ...] = (
    Level.OPAQUE, Level.FUNCTIONS, Level.ACTIVATIONS, Level.DEFINITIONS,
)  # fmt: skip
_LADDERS = {None: _LADDER, True: (*_IDENTITIES, None), False: (4, *_IDENTITIES, None)}

_FINAL = frozenset({"undefined", "not-scalar", "circular", "condition"})
"""Reasons that no further stage can mend."""

FAILURES = (
    TooLarge, Undefined, Unsupported, Circular, Dependent, NotScalar, Unvalued, Inexact, NoValue,
    RecursionError,
)  # fmt: skip
"""What ends a comparison without a decision."""
_FAILURES = FAILURES


def reason_of(failure: BaseException) -> str:
    """One word for why nothing was decided."""
    match failure:
        case Undefined() | NoValue():
            return "undefined"
        case Unsupported(reason=reason):
            return reason
        case Circular():
            return "circular"
        case Dependent() | Unvalued():
            return "token"
        case NotScalar(tree=tree):
            return "symbolic-range" if isinstance(tree, BigOp) else "not-scalar"
    return "too-large"


def _terms(tree: Tree) -> tuple[Tree, ...]:
    tree = written_out(tree)
    return tree.terms if isinstance(tree, Add) else (tree,)


def attempts(ground: Ground, points: int | None) -> Iterator[tuple[Kind, Callable[[], Iterator[Point]]]]:
    """Kinds of numbers with points for them: exact simple ones, then enclosures, then random ones."""
    from symgrad.arithmetic.enclosure import Arb
    from symgrad.arithmetic.exact import Exact

    yield no_ties(Exact()), ground.simple
    if points is not None:
        return
    yield no_ties(Arb(BITS[0])), ground.simple
    yield no_ties(Arb(BITS[0])), lambda: ground.random(8)
    yield no_ties(Arb(BITS[1])), lambda: ground.random(4, seed=2)


def _try(machine: Machine, point: Point, functions: Mapping[str, str | Tree]) -> Witness | None:
    """The witness that this point is, if it is one."""
    try:
        values, (left, right) = machine.run(point)
    except (Inexact, NoValue):
        return None
    with machine.kind.working():
        differ = bool(left != right)  # of enclosures: they do not overlap
        if not differ:
            return None
        ends = (shown(left), shown(right))
    solved = tuple(
        (free.leaf, value) for free in machine.ground.sums if isinstance(value := values[free.leaf], Fraction)
    )
    named = [free.name for free in machine.ground.sums if free.name in machine.ground.scope.bodies]
    reached = tuple((name, point.sums[name]) for name in named)
    return Witness(tuple(point.leaves.items()), reached, solved, tuple(functions.items()), *ends)


def shown(value: Value) -> Fraction | str:
    """A fraction as it is, an enclosure as text."""
    return value if isinstance(value, Fraction) else str(value)
