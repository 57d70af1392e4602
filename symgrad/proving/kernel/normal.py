"""Normal form of a tree: a quotient of polynomials over atoms, with exact rational coefficients.

Two trees with cross-equal normal forms are equal wherever both are defined. Atoms are names, applied
functions in canonical spelling, and absolute values; what is not understood is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Constant,
    Derivative,
    Div,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Tree,
    children,
    number,
    substitute,
    walk,
)  # fmt: skip
from symgrad.proving.kernel import functions as known

Monomial: TypeAlias = frozenset[tuple[Tree, int]]
Poly: TypeAlias = dict[Monomial, Fraction]
UNIT: Monomial = frozenset()
MAX_TERMS, MAX_DEGREE, MAX_BITS, MAX_NODES = 2000, 64, 40_000, 4000
ABS = Name("abs")
ODD = frozenset({"erf", "arctan"})
"""Functions that are odd by definition."""
BY_LOGARITHMS = frozenset({"softplus", "silu", "mish", "gelu"})
"""Functions that unfolding writes by exponentials, logarithms and the error function."""


@dataclass(frozen=True, slots=True)
class Rational:
    """numerator / denominator; the denominator is never the zero polynomial."""

    numerator: Poly
    denominator: Poly

    def equals(self, other: Rational) -> bool:
        """Equal wherever both are defined."""
        if self.denominator == other.denominator:
            return self.numerator == other.numerator
        return times(self.numerator, other.denominator) == times(other.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Normaliser:
    """What the names of functions stand for, and how far they are unfolded.

    unfold: 0 keeps applied functions; 1 writes f' as a polynomial in f; 2 also f by exponentials.
    never_negative: which atoms need no bars. nonzero: where the slope of |w| is w/|w|.
    """

    functions: Mapping[str, str]
    unfold: int = 0
    never_negative: Callable[[Tree], bool] = lambda tree: False
    nonzero: Callable[[Tree], bool] = lambda tree: False
    _memo: dict[Tree, Rational] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __call__(self, tree: Tree) -> Rational:
        """The normal form."""
        if (found := self._memo.get(tree)) is None:
            found = self._memo[tree] = self._form(tree)
        return found

    def _form(self, tree: Tree) -> Rational:
        match tree:
            case Number(value):
                return Rational(constant(value), constant(1))
            case Name() | Constant("pi" | "e") | Derivative() | BigOp():
                return atom(tree)
            case Add(terms):
                total = Rational({}, constant(1))
                for term in terms:
                    total = plus(total, self(term))
                return total
            case Neg(operand):
                inner = self(operand)
                return Rational(scale(inner.numerator, Fraction(-1)), inner.denominator)
            case Mul(factors):
                product = Rational(constant(1), constant(1))
                for factor in factors:
                    product = multiply(product, self(factor))
                return product
            case Div(a, b):
                return multiply(self(a), inverse(self(b)))
            case Pow(Constant("e"), exponent):
                return self._apply(Apply(Name("exp"), (exponent,)))
            case Pow(base, exponent):
                return self._power(base, exponent)
            case Apply():
                return self._apply(tree)
        raise CertificateError("certificate-unsupported", kind=type(tree).__name__)

    def _power(self, base: Tree, exponent: Tree) -> Rational:
        power = self(exponent)
        n = power.numerator.get(UNIT, Fraction(0))
        if power.denominator != constant(1) or power.numerator not in ({}, {UNIT: n}) or n.denominator != 1:
            return atom(Pow(self.canonical(base), self.canonical(exponent)))
        if abs(n) > MAX_DEGREE:
            raise CertificateError("certificate-too-large")
        value = self(base) if n >= 0 else inverse(self(base))
        product = Rational(constant(1), constant(1))
        for _ in range(abs(int(n))):
            product = multiply(product, value)
        return product

    def _apply(self, tree: Apply) -> Rational:
        name = known.resolve(tree.function, self.functions)
        if name == "abs" and tree.order == 0 and len(tree.arguments) == 1:
            return self._absolute(tree.arguments[0])
        arguments = tuple(map(self.canonical, tree.arguments))
        plain = Apply(Name(name) if name else tree.function, arguments, tree.order, tree.options)
        if name == "exp" and len(arguments) == 1:
            return self._exponential(arguments[0])
        if name == "log" and not tree.order and len(arguments) == 1:
            return self._logarithm(plain)
        if self.unfold and name and len(arguments) == 1 and not tree.options:
            if (name, tree.order) == ("log", 1):
                return inverse(self(arguments[0]))
            if (name, tree.order) == ("abs", 1) and self.nonzero(arguments[0]):
                return self(Div(arguments[0], Apply(ABS, arguments)))
            if tree.order == 1 and (formula := known.derivative(name)) is not None:
                return self(substitute(formula, {Name("x"): arguments[0]}))
            if self.unfold > 1 and tree.order == 0 and (formula := known.exponential(name)) is not None:
                return self(substitute(formula, {Name("E"): Apply(Name("exp"), arguments)}))
            if self.unfold > 1 and name in BY_LOGARITHMS and (formula := known.value(name)) is not None:
                return self(substitute(formula, {Name("x"): arguments[0]}))
        if name in ODD and not tree.order and not tree.options and len(arguments) == 1:
            return self._odd(Name(name), arguments[0])
        return atom(plain)

    def _odd(self, function: Name, argument: Tree) -> Rational:
        """F(-t) = -f(t), so that one of the two spellings is enough."""
        value = self(argument)
        if not value.numerator:
            return Rational({}, constant(1))
        if value.numerator[min(value.numerator, key=order)] > 0:
            return atom(Apply(function, (argument,)))
        inside = self.tree(Rational(scale(value.numerator, Fraction(-1)), value.denominator))
        positive = atom(Apply(function, (inside,)))
        return Rational(scale(positive.numerator, Fraction(-1)), positive.denominator)

    @staticmethod
    def _logarithm(tree: Apply) -> Rational:
        """Log 1 = 0, log e^t = t; anything else stays as it is."""
        match tree.arguments[0]:
            case Number(value) if value == 1:
                return Rational({}, constant(1))
            case Apply(Name("exp", ()), (inside,), 0, ()):
                return Normaliser({})(inside)
        return atom(tree)

    def _exponential(self, argument: Tree) -> Rational:
        """exp(sum c m) = product of exp(m/q)^(c q): every exp in the same few atoms."""
        value = self(argument)
        if set(value.denominator) != {UNIT}:
            return atom(Apply(Name("exp"), (argument,)))
        result, below = Rational(constant(1), constant(1)), value.denominator[UNIT]
        for monomial, coefficient in value.numerator.items():
            c = coefficient / below
            if abs(c.numerator) > MAX_DEGREE:
                raise CertificateError("certificate-too-large")
            power = self._to_the_logarithm(monomial, c)
            if power is None:
                base = Apply(Name("exp"), (to_tree({monomial: Fraction(1, c.denominator)}),))
                power = Rational({frozenset({(base, abs(c.numerator))}): Fraction(1)}, constant(1))
            result = multiply(result, power if c > 0 else inverse(power))
        return result

    def _to_the_logarithm(self, monomial: Monomial, c: Fraction) -> Rational | None:
        """E^(|c| log u) = u^|c| for a whole or half c, where log u is defined."""
        match tuple(monomial):
            case ((Apply(Name("log", ()), (u,), 0, ()), 1),) if c.denominator <= 2:
                root = u if c.denominator == 1 else Apply(Name("sqrt"), (u,))
                return self(Pow(root, number(abs(c.numerator))))
        return None

    def _absolute(self, argument: Tree) -> Rational:
        """|c x y / z| = |c| |x| |y| / |z|, an atom's bars dropped where its function is never negative."""
        match argument:
            case Mul(factors):
                product = Rational(constant(1), constant(1))
                for factor in factors:
                    product = multiply(product, self._absolute(factor))
                return product
            case Neg(a):
                return self._absolute(a)
            case Div(a, b):
                return multiply(self._absolute(a), inverse(self._absolute(b)))
            case Apply() if self.never_negative(argument):
                return self(argument)
        value = self(argument)
        return multiply(self.bars(value.numerator), inverse(self.bars(value.denominator)))

    def bars(self, poly: Poly) -> Rational:
        """|poly|."""
        if not poly:
            return Rational({}, constant(1))
        if len(poly) > 1:
            if shared := content(poly):
                drop = dict(shared)
                rest = {strip(monomial, drop): c for monomial, c in poly.items()}
                return multiply(self.bars({shared: Fraction(1)}), self.bars(rest))
            lead = poly[min(poly, key=order)]
            inside = to_tree(scale(poly, 1 / lead))
            for sign in (1, -1):
                if self.never_negative(to_tree(scale(poly, Fraction(sign)))):
                    return Rational(scale(poly, Fraction(sign)), constant(1))
            return Rational({frozenset({(Apply(ABS, (inside,)), 1)}): abs(lead)}, constant(1))
        (monomial, coefficient), *_ = poly.items()
        product = Rational(constant(abs(coefficient)), constant(1))
        for base, exponent in monomial:
            bare = exponent % 2 == 0 or self.never_negative(base)
            factor = base if bare else Apply(ABS, (base,))
            product = multiply(product, Rational({frozenset({(factor, exponent)}): Fraction(1)}, constant(1)))
        return product

    def canonical(self, tree: Tree) -> Tree:
        """A tree with one spelling per normal form."""
        return self.tree(self(tree))

    @staticmethod
    def tree(value: Rational) -> Tree:
        """A Rational as a tree."""
        above = to_tree(value.numerator)
        return above if value.denominator == constant(1) else Div(above, to_tree(value.denominator))


def constant(value: int | Fraction) -> Poly:
    """A number as a polynomial."""
    return {UNIT: Fraction(value)} if value else {}


def atom(tree: Tree) -> Rational:
    """A tree as an unanalysed unknown."""
    return Rational({frozenset({(tree, 1)}): Fraction(1)}, constant(1))


def scale(poly: Poly, by: Fraction) -> Poly:
    """By * poly."""
    return {monomial: by * c for monomial, c in poly.items()} if by else {}


def add(a: Poly, b: Poly) -> Poly:
    """A + b."""
    total = dict(a)
    for monomial, c in b.items():
        total[monomial] = short(total.get(monomial, Fraction(0)) + c)
        if not total[monomial]:
            del total[monomial]
    return total


def times(a: Poly, b: Poly) -> Poly:
    """A * b; refuses to grow beyond the cap."""
    if len(a) * len(b) > MAX_TERMS:
        raise CertificateError("certificate-too-large")
    total: Poly = {}
    for m, c in a.items():
        for n, d in b.items():
            key = join(m, n)
            total[key] = short(total.get(key, Fraction(0)) + c * d)
    return {monomial: c for monomial, c in total.items() if c}


def short(value: Fraction) -> Fraction:
    """The number; refused where it has too many digits."""
    if value.numerator.bit_length() + value.denominator.bit_length() > MAX_BITS:
        raise CertificateError("certificate-too-large")
    return value


def join(m: Monomial, n: Monomial) -> Monomial:
    """The product of two monomials, with |x|^2 = x^2."""
    if not m or not n:
        return m or n
    exponents = dict(m)
    for base, exponent in n:
        exponents[base] = exponents.get(base, 0) + exponent
    for base in [b for b, e in exponents.items() if e > 1 and is_bars(b)]:
        assert isinstance(base, Apply)
        inside, exponent = base.arguments[0], exponents.pop(base)
        if isinstance(inside, Name | Apply):
            exponents[inside] = exponents.get(inside, 0) + exponent - exponent % 2
            exponent %= 2
        if exponent:
            exponents[base] = exponent
    return frozenset(exponents.items())


def is_bars(tree: Tree) -> bool:
    """Whether a tree is |...|."""
    return isinstance(tree, Apply) and tree.function == ABS and tree.order == 0


def plus(a: Rational, b: Rational) -> Rational:
    """A + b."""
    if a.denominator == b.denominator:
        return Rational(add(a.numerator, b.numerator), a.denominator)
    above = add(times(a.numerator, b.denominator), times(b.numerator, a.denominator))
    return Rational(above, times(a.denominator, b.denominator))


def multiply(a: Rational, b: Rational) -> Rational:
    """A * b, common monomial factors and numbers cancelled."""
    above, below = times(a.numerator, b.numerator), times(a.denominator, b.denominator)
    if not above:
        return Rational({}, constant(1))
    drop = dict(content({**above, **below})) if below != constant(1) else {}
    number_below = next(iter(below.values())) if len(below) == 1 else Fraction(1)
    return Rational(
        {strip(m, drop): c / number_below for m, c in above.items()},
        {strip(m, drop): c / number_below for m, c in below.items()},
    )


def content(poly: Poly) -> Monomial:
    """The monomial that divides every term."""
    first, *rest = map(dict, poly)
    shared = {base: min(e, *(m.get(base, 0) for m in rest)) if rest else e for base, e in first.items()}
    return frozenset((base, e) for base, e in shared.items() if e)


def strip(monomial: Monomial, drop: Mapping[Tree, int]) -> Monomial:
    """Monomial / drop."""
    if not drop:
        return monomial
    return frozenset((base, e - drop.get(base, 0)) for base, e in monomial if e != drop.get(base, 0))


def inverse(value: Rational) -> Rational:
    """1 / value; division by what is identically zero is refused."""
    if not value.numerator:
        raise CertificateError("certificate-division")
    return multiply(Rational(value.denominator, value.numerator), Rational(constant(1), constant(1)))


def order(monomial: Monomial) -> tuple[int, str]:
    """A fixed order of monomials: the constant first, then by degree and spelling."""
    return sum(e for _, e in monomial), "|".join(sorted(f"{spelled(base)}^{e}" for base, e in monomial))


@lru_cache(maxsize=4096)
def spelled(tree: Tree) -> str:
    """A tree as text; refused where it is too long to be compared so."""
    if next(islice(walk(tree), MAX_NODES, None), None) is not None:
        raise CertificateError("certificate-too-large")
    return repr(tree)


def to_tree(poly: Poly) -> Tree:
    """A polynomial as a tree, always the same one for the same polynomial."""
    terms: list[Tree] = []
    for monomial in sorted(poly, key=order):
        c = poly[monomial]
        factors: list[Tree] = [number(abs(c))] if abs(c) != 1 or not monomial else []
        for base, e in sorted(monomial, key=lambda pair: (spelled(pair[0]), pair[1])):
            factors.append(base if e == 1 else Pow(base, number(e)))
        product = factors[0] if len(factors) == 1 else Mul(tuple(factors))
        terms.append(Neg(product) if c < 0 else product)
    if not terms:
        return number(0)
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def unknowns(tree: Tree) -> set[Tree]:
    """The names and applied functions that a tree is arithmetic in; bars are seen through."""
    found: set[Tree] = set()
    stack = [tree]
    while stack:
        node = stack.pop()
        match node:
            case Apply(Name("abs", ()), (a,), 0):
                stack.append(a)
            case Name() | Apply() | Constant() | Indicator():
                found.add(node)
            case _:
                stack.extend(children(node))
    return found
