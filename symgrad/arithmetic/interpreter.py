"""The one interpreter: a tree becomes a closure once, then runs over any values of one kind."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.arithmetic.closures import Run, Truth, all_true, always, any_true, fold, later, one, two
from symgrad.arithmetic.derivatives import X, nth_derivative
from symgrad.arithmetic.kind import Inexact, Kind, NotScalar, Undefined, Unvalued, Value
from symgrad.arithmetic.resolve import VARIADIC, Functions, resolve_applied
from symgrad.arithmetic.written_out import rational, written_out
from symgrad.functions import registry
from symgrad.functions.application import written
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Derivative,
    Div,
    Indicator,
    Logic,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
)


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled tree: call it with the values of its `inputs` (names, tokens and kept subtrees)."""

    inputs: tuple[Tree, ...]
    kind: Kind
    _run: Run = field(repr=False)

    def __call__(self, values: Mapping[Tree, Value]) -> Value:
        """The number; Unvalued if an input has none."""
        slots = []
        for tree in self.inputs:
            if (value := values.get(tree)) is None:
                raise Unvalued(tree)
            slots.append(value)
        with self.kind.working():
            return self._run(slots)


def evaluate(
    tree: Tree, values: Mapping[Tree, Value], kind: Kind, functions: Functions | None = None
) -> Value:
    """The number that a tree is; `values` maps names, tokens or whole subtrees to numbers of the kind."""
    return compile_tree(tree, kind, functions, kept=values)(values)


def compile_tree(
    tree: Tree, kind: Kind, functions: Functions | None = None, kept: Container[Tree] = ()
) -> Program:
    """A program for many evaluations; `kept` are compound subtrees that the values will supply."""
    compiler = Compiler(kind, functions or {}, kept)
    with kind.working():
        run = compiler.tree(written_out(tree))
    return Program(tuple(compiler.slots), kind, run)


def without_value(name: str) -> Callable[[Value], Value]:
    """A primitive that a kind does not have: its rational values apart, it has none of this kind."""

    def refuse(x: Value) -> Value:
        raise Inexact(name)

    return refuse


@dataclass(slots=True)
class Compiler:
    """Turns trees into closures over slots; `shaped` extends it to vectors and matrices."""

    kind: Kind
    functions: Functions
    kept: Container[Tree]
    slots: dict[Tree, int] = field(default_factory=dict)
    switching: bool = False
    """Whether u 1[c] is 0 where c fails, whatever u is there: so in the formulas of functions."""

    def tree(self, tree: Tree) -> Run:
        """The closure of one node."""
        match tree:
            case Name() | Derivative():
                return self.slot(tree)
            case Number(value):
                return always(self.kind.number(value))
            case Constant(name):
                return later(self.kind.constant, name)
            case _ if tree in self.kept:
                return self.slot(tree)
            case Add(terms):
                return fold(self.kind.add, [self.tree(term) for term in terms])
            case Mul(factors):
                if self.switching and (switched := self.switched(factors)) is not None:
                    return switched
                return fold(self.kind.multiply, [self.tree(factor) for factor in factors])
            case Neg(operand):
                return one(self.kind.negate, self.tree(operand))
            case Div(a, b):
                return two(self.kind.divide, self.tree(a), self.tree(b))
            case Pow(a, b):
                return self.power(a, b)
            case Apply():
                return self.apply(tree)
            case Indicator(condition):
                return self.indicator(condition)
        raise NotScalar(tree)

    def slot(self, tree: Tree) -> Run:
        """An input, looked up when it runs."""
        position = self.slots.setdefault(tree, len(self.slots))
        return lambda slots: slots[position]

    def power(self, base: Tree, exponent: Tree) -> Run:
        """A power, by its exponent's kind."""
        kind, n = self.kind, rational(exponent)
        if n is not None and n.denominator == 1:
            inner, power = self.tree(base), n.numerator
            return lambda slots: kind.power_integer(inner(slots), power)
        if base == Constant("e"):
            return self.apply(Apply(Name("exp"), (exponent,)))
        if n == Fraction(1, 2):
            return self.apply(Apply(Name("sqrt"), (base,)))
        return two(kind.power, self.tree(base), self.tree(exponent))

    def apply(self, tree: Apply) -> Run:
        """A function of arguments: native, by its questionnaire, by a formula, or general."""
        function = resolve_applied(tree, self.functions)
        if function is None and tree.function.stem in VARIADIC and tree.order == 0:
            return self.variadic(tree.function.stem, tree)
        if function is None and (formula := written(tree, self.functions)) is not None:
            return self.tree(formula)
        if function is None and tree.options:
            raise NotScalar(tree)
        if function is None:
            general = self.kind.general(tree.function, tree.order)
            if general is None:
                return self.slot(tree)
            arguments = [self.tree(argument) for argument in tree.arguments]
            return lambda slots: general(*[argument(slots) for argument in arguments])
        if len(tree.arguments) != 1:
            raise NotScalar(tree)
        return one(self.unary(function, tree.order), self.tree(tree.arguments[0]))

    def unary(self, function: Function | Tree, order: int) -> Callable[[Value], Value]:
        """f^(order) of one number."""
        kind = self.kind
        if not isinstance(function, Function):
            return self._formula(nth_derivative(function, order))
        direct = kind.native(function.name, order)
        if direct is None:
            formula = self._by_questionnaire(function, order)
            direct = without_value(function.name) if formula is None else self._formula(formula)
        if kind.exact_points() and order == 0 and function.exact:
            known, other = dict(function.exact), direct
            return lambda x: known[x] if x in known else other(x)
        return direct

    def _by_questionnaire(self, function: Function, order: int) -> Tree | None:
        if order == 1 and self.kind.prefers_stable:
            return registry.stable_derivative(function)
        if order:
            return nth_derivative(function, order)
        return registry.stable_value(function) if self.kind.prefers_stable else registry.value(function)

    def _formula(self, formula: Tree) -> Callable[[Value], Value]:
        """A formula in x as a function of one number; built-in names mean the built-ins."""
        inner = Compiler(self.kind, {}, (), switching=True)
        run = inner.tree(formula)
        if not inner.slots:
            return lambda x: run([])
        if list(inner.slots) != [X]:
            raise Unvalued(next(name for name in inner.slots if name != X))
        return lambda x: run([x])

    def variadic(self, name: str, tree: Apply) -> Run:
        """max, min, clip and piecewise as choices."""
        if name == "piecewise":
            return self.piecewise(tree)
        runs = [self.tree(argument) for argument in tree.arguments]
        if not runs or (name == "clip" and len(runs) != 3):
            raise NotScalar(tree)
        if name == "clip":
            return self._extreme("<=", self._extreme(">=", runs[0], runs[1]), runs[2])
        best = runs[0]
        for run in runs[1:]:
            best = self._extreme(">=" if name == "max" else "<=", best, run)
        return best

    def _extreme(self, operator: str, left: Run, right: Run) -> Run:
        kind = self.kind

        def choose(slots: list[Value]) -> Value:
            a, b = left(slots), right(slots)
            first = kind.compare(operator, a, b)
            if first is None:
                return kind.unknown_choice((a, b))
            return a if first else b

        return choose

    def piecewise(self, tree: Apply) -> Run:
        """The first branch whose condition holds; Undefined where none does."""
        kind, parts = self.kind, tree.arguments
        pairs = [(self.truth(parts[i + 1]), self.tree(parts[i])) for i in range(0, len(parts) - 1, 2)]
        otherwise = self.tree(parts[-1]) if len(parts) % 2 else None

        def choose(slots: list[Value]) -> Value:
            possible = []
            for condition, branch in pairs:
                holds = condition(slots)
                if holds is not False:
                    possible.append(branch(slots))
                if holds:
                    break
            else:
                if otherwise is None:
                    raise Undefined("no branch holds")
                possible.append(otherwise(slots))
            return possible[0] if len(possible) == 1 else kind.unknown_choice(tuple(possible))

        return choose

    def switched(self, factors: tuple[Tree, ...]) -> Run | None:
        """A product with indicators, its other factors computed only where they count; None without any."""
        kind = self.kind
        conditions = [factor.condition for factor in factors if isinstance(factor, Indicator)]
        others = [self.tree(factor) for factor in factors if not isinstance(factor, Indicator)]
        if not conditions or not others or hasattr(kind, "indicator"):
            return None
        rest = others[0] if len(others) == 1 else fold(kind.multiply, others)
        truths, zero = [self.truth(condition) for condition in conditions], kind.number(Fraction(0))

        def choose(slots: list[Value]) -> Value:
            holds = all_true(truth(slots) for truth in truths)
            if holds is False:
                return zero
            return rest(slots) if holds else kind.unknown_choice((zero, rest(slots)))

        return choose

    def indicator(self, condition: Tree) -> Run:
        """1 where the condition holds, else 0."""
        kind = self.kind
        zero, one = kind.number(Fraction(0)), kind.number(Fraction(1))
        atom = getattr(kind, "indicator", None)
        if atom is not None and isinstance(condition, Relation) and len(condition.operands) == 2:
            operator = condition.operators[0]
            left, right = (self.tree(side) for side in condition.operands)
            return lambda slots: atom(operator, left(slots), right(slots))
        truth = self.truth(condition)

        def decide(slots: list[Value]) -> Value:
            holds = truth(slots)
            return kind.unknown_choice((zero, one)) if holds is None else one if holds else zero

        return decide

    def truth(self, condition: Tree) -> Truth:
        """Whether a condition holds: True, False or None (cannot tell)."""
        match condition:
            case Relation(operators, operands):
                sides, compare = [self.tree(side) for side in operands], self.kind.compare

                def related(slots: list[Value]) -> bool | None:
                    numbers = [side(slots) for side in sides]
                    return all_true(
                        compare(o, a, b) for o, a, b in zip(operators, numbers, numbers[1:], strict=False)
                    )

                return related
            case Logic("not", (inner,)):
                opposite = self.truth(inner)
                return lambda slots: None if (t := opposite(slots)) is None else not t
            case Logic("and", parts):
                every = [self.truth(part) for part in parts]
                return lambda slots: all_true(part(slots) for part in every)
            case Logic("or", parts):
                some = [self.truth(part) for part in parts]
                return lambda slots: any_true([part(slots) for part in some])
        raise NotScalar(condition)
