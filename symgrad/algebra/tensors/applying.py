"""Functions of vectors and matrices: reductions, losses, and everything that acts entry by entry."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from symgrad.algebra.normal import Unsupported
from symgrad.algebra.scope import Scope
from symgrad.algebra.tensors.shaping import COLUMNS, ROWS, SCALAR, Misshapen, Shape, Value, joined
from symgrad.algebra.tensors.sums import add, constant, scaled
from symgrad.algebra.tensors.table import Table
from symgrad.algebra.tensors.terms import Form
from symgrad.arithmetic.derivatives import X, nth_derivative
from symgrad.arithmetic.resolve import Functions, resolve_applied
from symgrad.functions import registry
from symgrad.functions.application import written
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Constant,
    Div,
    Elementwise,
    Logic,
    Mul,
    Name,
    Neg,
    Pow,
    Relation,
    Tree,
    number,
    rebuild,
)

E = Name("E")
OWN_SQUARE = {"sigmoid": ((0, 1), (1, -1)), "tanh": ((None, 1), (1, -1))}
"""s^2 as terms (order of the derivative or None for 1, number): s - s' for the sigmoid, 1 - t' for tanh."""
MAX_SPLIT = 12


class Formula(dict[Tree, Value]):
    """The names of a function's own formula (x, and E for e^x); built-in names mean the built-ins there."""


@lru_cache(maxsize=512)
def by_entries(tree: Tree) -> Tree:
    """A formula about numbers as one about every entry: products, quotients and powers entry by entry."""
    inner = rebuild(tree, by_entries)
    match inner:
        case Mul(factors):
            result = factors[0]
            for factor in factors[1:]:
                result = Elementwise("*", result, factor)
            return result
        case Div(a, b):
            return Elementwise("/", a, b)
        case Pow(a, b) if a != Constant("e"):
            return Elementwise("^", a, b)
    return inner


class Applying:
    """The part of a builder that knows functions."""

    __slots__ = ()
    table: Table
    scope: Scope
    functions: str

    @abstractmethod
    def visit(self, tree: Tree, names: Mapping[Tree, Value]) -> Value:
        """The value of a tree in which `names` have values."""

    @abstractmethod
    def entrywise(self, a: Value, b: Value, tree: Tree) -> Value:
        """A product entry by entry."""

    @abstractmethod
    def times(self, a: Value, b: Value, tree: Tree) -> Value:
        """The matrix product."""

    @abstractmethod
    def added(self, parts: Sequence[Value], tree: Tree) -> Value:
        """A sum."""

    @abstractmethod
    def power(self, value: Value, exponent: Fraction) -> Value:
        """Every entry to a power."""

    @abstractmethod
    def size(self, size: Tree) -> Form:
        """A size as a form."""

    @abstractmethod
    def total(self, value: Value) -> Value:
        """The sum of all entries."""

    @abstractmethod
    def count(self, value: Value) -> Value:
        """How many entries there are."""

    def apply(self, tree: Apply, names: Mapping[Tree, Value]) -> Value:
        """A function of arguments."""
        known: Functions = self.scope.functions if not isinstance(names, Formula) else {}
        stem = tree.function.stem
        if stem in ("ones", "eye"):
            return self.filled(stem, tree.arguments)
        arguments = [self.visit(argument, names) for argument in tree.arguments]
        if not tree.order and not tree.function.indices and stem not in known:
            if (found := self.whole(stem, arguments, tree)) is not None:
                return found
            if (found := self.loss(tree, arguments)) is not None:
                return found
        function = resolve_applied(tree, known)
        if function is None and stem in ("max", "min") and not tree.order and len(arguments) > 1:
            return self.extreme(stem, arguments, tree)
        if function is None and (found := self.formula(tree, arguments, known)) is not None:
            return found
        if len(arguments) != 1:
            raise Unsupported("function")
        if function is None:
            return self.atom("apply", arguments[0], tree.function, tree.order)
        return self.concrete(function, tree.order, arguments[0])

    def filled(self, stem: str, sizes: tuple[Tree, ...]) -> Value:
        """ones(n), ones(m, n), eye(n)."""
        if stem == "eye":
            return Value(self.table.delta(sizes[0]), (sizes[0], sizes[0]))
        return Value(constant(1), (sizes[0], sizes[1] if len(sizes) > 1 else ONE))

    def whole(self, stem: str, arguments: list[Value], tree: Apply) -> Value | None:
        """A function of a whole vector or matrix, or None."""
        match stem, arguments:
            case "sum", [v]:
                return self.total(v)
            case "mean", [v]:
                return self.entrywise(self.total(v), self.power(self.count(v), Fraction(-1)), tree)
            case "norm", [v]:
                return self.power(self.total(self.entrywise(v, v, tree)), Fraction(1, 2))
            case "trace", [v]:
                return self.trace(v, tree)
            case "diag", [v]:
                return self.diagonal(v, tree)
            case "softmax", [v] if ONE in v.shape and v.shape != SCALAR:
                e = self.exponential(v)
                return self.entrywise(e, self.power(self.total(e), Fraction(-1)), tree)
            case ("outer", [a, b]):
                return self.times(self.column(a, tree), self.row(b, tree), tree)
            case ("dot", [a, b]) if ONE in a.shape and ONE in b.shape:
                return self.times(self.row(a, tree), self.column(b, tree), tree)
            case (("opnorm" | "max" | "min"), [v]) if v.shape != SCALAR:
                inner, _ = self.table.function(stem, v.form, dict(enumerate(v.shape)), Name(stem), 0)
                atom = self.table.atom("whole", (), Name(stem), inner, ())
                return Value({(((atom, 1, ()),),): Fraction(1)}, SCALAR)
        return None

    def loss(self, tree: Apply, arguments: list[Value]) -> Value | None:
        """A loss of two vectors."""
        if len(arguments) != 2:
            return None
        a, y = arguments
        match tree.function.stem:
            case "half_square" | "mse" as stem:
                d = self.added([a, Value(scaled(y.form, Fraction(-1)), y.shape)], tree)
                square = self.total(self.entrywise(d, d, tree))
                half = Value(constant(Fraction(1, 2)), SCALAR)
                scale = half if stem == "half_square" else self.power(self.count(d), Fraction(-1))
                return self.entrywise(scale, square, tree)
            case "cross_entropy":
                log = self.concrete_named("log", a)
                return Value(scaled(self.total(self.entrywise(y, log, tree)).form, Fraction(-1)), SCALAR)
            case "binary_cross_entropy" | "huber" if joined(a.shape, y.shape, tree) != SCALAR:
                each = self.formula(tree, arguments, {})
                if each is None:
                    raise Unsupported("function")
                return self.entrywise(self.total(each), self.power(self.count(each), Fraction(-1)), tree)
        return None

    def formula(self, tree: Apply, arguments: Sequence[Value], known: Functions) -> Value | None:
        """A function of several arguments by its formula, entry by entry."""
        places = tuple(Name("_", (number(i),)) for i in range(len(arguments)))
        formula = written(replace(tree, arguments=places), known)
        if formula is None:
            return None
        return self.visit(by_entries(formula), Formula(zip(places, arguments, strict=True)))

    def column(self, value: Value, tree: Tree) -> Value:
        """A vector as a column."""
        if value.shape[COLUMNS] == ONE:
            return value
        if value.shape[ROWS] == ONE:
            return Value(self.table.renamed(value.form, {1: 0}), value.shape[::-1])
        raise Misshapen(tree, value.shape, SCALAR)

    def row(self, value: Value, tree: Tree) -> Value:
        """A vector as a row."""
        up = self.column(value, tree)
        return Value(self.table.renamed(up.form, {0: 1}), up.shape[::-1])

    def trace(self, value: Value, tree: Tree) -> Value:
        """The sum of the diagonal."""
        rows, columns = value.shape
        if rows != columns:
            raise Misshapen(tree, value.shape, SCALAR)
        if rows == ONE:
            return value
        return Value(self.table.summed(value.form, {0: 2, 1: 2}, {2: self.size(rows)}), SCALAR)

    def diagonal(self, value: Value, tree: Tree) -> Value:
        """diag(v)_ij = delta_ij v_i."""
        if ONE not in value.shape:
            raise Unsupported("function")
        up = self.column(value, tree)
        size = up.shape[ROWS]
        if size == ONE:
            return up
        return Value(self.table.multiply(self.table.delta(size), up.form), (size, size))

    # -- entry by entry ------------------------------------------------------------------------------------

    def atom(self, kind: str, value: Value, tree: Tree | None, order: int = 0) -> Value:
        """A function that stays an atom."""
        found, labels = self.table.function(kind, value.form, dict(enumerate(value.shape)), tree, order)
        return Value({(((found, 1, labels),),): Fraction(1)}, value.shape)

    def concrete_named(self, name: str, value: Value) -> Value:
        """A built-in function by its name."""
        function = registry.lookup(name)
        assert function is not None
        return self.concrete(function, 0, value)

    def concrete(self, function: Function | Tree, order: int, value: Value) -> Value:
        """f^(order) of every entry by the function's own rules."""
        if not isinstance(function, Function):
            return self.visit(by_entries(nth_derivative(function, order)), Formula({X: value}))
        name = function.name
        if name in OWN_SQUARE and self.functions == "slopes" and order < 2:
            return self.sigmoidal(name, order, value)
        if order:
            return self.visit(by_entries(nth_derivative(function, order)), Formula({X: value}))
        match name:
            case "exp":
                return self.exponential(value)
            case "log":
                return self.logarithm(value)
            case "sqrt":
                return self.power(value, Fraction(1, 2))
            case "identity":
                return value
            case "relu":
                return self.rectified(value)
        if function.exponential is not None and self.functions == "exponentials":
            formula = registry.formula(function.exponential)
            return self.visit(by_entries(formula), Formula({E: self.exponential(value), X: value}))
        text = registry.value(function)
        if text is not None and name not in ("sigmoid", "tanh", "softplus"):
            return self.visit(by_entries(text), Formula({X: value}))
        return self.atom("apply", value, Name(name))

    def sigmoidal(self, name: str, order: int, value: Value) -> Value:
        """S or s' as atoms that know s^2 = s - s' (or t^2 = 1 - t')."""
        sizes = dict(enumerate(value.shape))
        both = [self.table.function("apply", value.form, sizes, Name(name), n) for n in (0, 1)]
        terms = tuple((() if n is None else (both[n][0],), Fraction(c)) for n, c in OWN_SQUARE[name])
        self.table.squares[both[0][0]] = terms
        found, labels = both[order]
        return Value({(((found, 1, labels),),): Fraction(1)}, value.shape)

    def exponential(self, value: Value) -> Value:
        """exp(sum c m) = product of E(m)^c over the terms m."""
        if len(value.form) > MAX_SPLIT:
            return self.atom("exp", value, None)
        result = Value(constant(1), value.shape)
        for monomial, c in value.form.items():
            one: Form = {monomial: Fraction(1)}
            found, labels = self.table.function("exp", one, dict(enumerate(value.shape)))
            exponent = c.numerator if c.denominator == 1 else c
            factor = Value({(((found, exponent, labels),),): Fraction(1)}, value.shape)
            result = self.entrywise(result, factor, X)
        return result

    def logarithm(self, value: Value) -> Value:
        """Log of a product of surely positive things is a sum; else one atom."""
        table = self.table
        if len(value.form) == 1:
            ((monomial, c),) = value.form.items()
            single = all(len(component) == 1 for component in monomial)
            if c == 1 and single and all(table.is_positive(f[0]) for (f,) in monomial):
                parts = [self._log_of(atom, e, labels, value.shape) for ((atom, e, labels),) in monomial]
                return Value(add(*parts), value.shape)
        return self.atom("log", value, None)

    def _log_of(self, place: int, exponent: int | Fraction, labels: tuple[int, ...], shape: Shape) -> Form:
        """log(a^e) for one atom that is positive."""
        atom = self.table.atoms[place]
        if atom.kind == "exp":
            inner = self.table.renamed(dict(atom.argument), dict(enumerate(labels)))
        else:
            one: Form = {(((place, 1, labels),),): Fraction(1)}
            log, places = self.table.function("log", one, dict(enumerate(shape)))
            inner = {(((log, 1, places),),): Fraction(1)}
        return scaled(inner, Fraction(exponent))

    def step(self, value: Value) -> Value:
        """1 where an entry is positive, else 0."""
        form = value.form
        if not form:
            return Value({}, value.shape)
        lead = abs(form[min(form)])
        scaled_form = scaled(form, 1 / lead)
        if scaled_form == constant(1) or scaled_form == constant(-1):
            return Value(constant(int(scaled_form == constant(1))), value.shape)
        return self.atom("step", Value(scaled_form, value.shape), None)

    def rectified(self, value: Value) -> Value:
        """relu(u) = u step(u), by the step of whichever of u, -u has a positive leading number."""
        form = value.form
        if not form or form[min(form)] > 0:
            return self.entrywise(value, self.step(value), X)
        below = self.entrywise(value, self.step(Value(scaled(form, Fraction(-1)), value.shape)), X)
        return Value(add(form, scaled(below.form, Fraction(-1))), value.shape)

    def extreme(self, stem: str, arguments: list[Value], tree: Tree) -> Value:
        """max(a, b) = b + relu(a - b), min(a, b) = a - relu(a - b)."""
        best = arguments[0]
        for other in arguments[1:]:
            gap = self.added([best, Value(scaled(other.form, Fraction(-1)), other.shape)], tree)
            excess = self.rectified(gap)
            if stem == "max":
                best = self.added([other, excess], tree)
            else:
                best = self.added([best, Value(scaled(excess.form, Fraction(-1)), excess.shape)], tree)
        return best

    def truth(self, condition: Tree, names: Mapping[Tree, Value]) -> Value:
        """The indicator of a condition, entry by entry."""
        one = Value(constant(1), SCALAR)
        match condition:
            case Relation(operators, operands):
                result = one
                for operator, a, b in zip(operators, operands, operands[1:], strict=False):
                    above = self.step(self.visit(Add((a, Neg(b))), names))
                    below = self.step(self.visit(Add((b, Neg(a))), names))
                    part = self._related(operator, above, below)
                    result = self.entrywise(result, part, condition)
                return result
            case Logic("and", parts):
                result = one
                for each in parts:
                    result = self.entrywise(result, self.truth(each, names), condition)
                return result
        raise Unsupported("condition")

    def _related(self, operator: str, above: Value, below: Value) -> Value:
        def without(value: Value) -> Value:
            return Value(add(constant(1), scaled(value.form, Fraction(-1))), value.shape)

        match operator:
            case ">":
                return above
            case "<":
                return below
            case ">=":
                return without(below)
            case "<=":
                return without(above)
        raise Unsupported("condition")
