"""Second derivatives with common factors in front: slopes by values, what cancels cancelled, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import flint

from symgrad.errors import CertificateError
from symgrad.functions.application import written
from symgrad.network.graph import Equation, Network, Pattern
from symgrad.notation.source import Source
from symgrad.notation.tree import (
    ZERO,
    Apply,
    Div,
    Mul,
    Name,
    Number,
    Pow,
    Tree,
    names_in,
    number,
    rebuild,
    substitute,
    walk,
)
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf

MAX_TERMS = 400


def with_formulas(network: Network) -> Network:
    """The chain with the formulas of its named losses."""

    def formula(tree: Tree) -> Tree:
        node = rebuild(tree, formula)
        if isinstance(node, Apply) and len(node.arguments) == 2:
            return written(node, network.functions) or node
        return node

    equations = []
    for equation, body in zip(network.equations, network.bodies, strict=True):
        if (new := formula(body)) != body:
            slots = names_in(new)
            pattern = Pattern(equation.name, new, (), slots, Source("", network.name))
            equation = Equation(equation.name, slots, pattern)
        equations.append(equation)
    return replace(network, equations=tuple(equations))


def factored(tree: Tree, network: Network) -> Tree | None:
    """The same value as a quotient of products; None where nothing is gained.

    Slopes are written by values, `p = sigmoid(z)` is put in. Where the tree has a value, so has the result,
    and the same: both have one normal form.
    """
    quotient = any(isinstance(n, Div) and not isinstance(n.denominator, Number) for n in walk(tree))
    if not quotient and not any(isinstance(n, Apply) and n.order > 1 for n in walk(tree)):
        return None
    values: dict[Tree, Tree] = {
        equation.name: body
        for equation, body in zip(network.equations, network.bodies, strict=True)
        if isinstance(body, Apply) and len(body.arguments) == 1 and isinstance(body.arguments[0], Name)
    }
    normal = nf.Normaliser({})
    try:
        plain = _by_values(substitute(tree, values), network.functions)
        value = normal(plain)
        if len(value.numerator) + len(value.denominator) > MAX_TERMS:
            return None
        found = _quotient(value)
        return found if normal(found).equals(value) else None
    except CertificateError:
        return None


def _by_values(tree: Tree, functions: Mapping[str, str]) -> Tree:
    """Slopes, and slopes of slopes, by the values of built-ins under their own names."""
    node = rebuild(tree, lambda child: _by_values(child, functions))
    if not isinstance(node, Apply) or len(node.arguments) != 1 or node.options:
        return node
    name = known.resolve(node.function, functions)
    if name is None:
        return node
    formula = {1: known.derivative, 2: known.slope_of_slope}.get(node.order, lambda name: None)(name)
    if formula is None:
        return replace(node, function=Name(name))
    return _by_values(substitute(formula, {Name("x"): node.arguments[0]}), {})


def _quotient(value: nf.Rational) -> Tree:
    """Numerator and denominator without what they share, as products of their factors."""
    polys = (value.numerator, value.denominator)
    bases = sorted({base for poly in polys for monomial in poly for base, _ in monomial}, key=repr)
    context = flint.fmpq_mpoly_ctx.get([f"x{k}" for k in range(len(bases))] or ["x0"], "lex")

    def read(poly: nf.Poly) -> flint.fmpq_mpoly:
        terms = {}
        for monomial, c in poly.items():
            powers = dict(monomial)
            key = tuple(powers.get(base, 0) for base in bases) or (0,)
            terms[key] = flint.fmpq(c.numerator, c.denominator)
        return context.from_dict(terms)

    above, below = map(read, polys)
    if not value.numerator:
        return ZERO
    shared = above.gcd(below)
    top, bottom = (_product(poly / shared, bases) for poly in (above, below))
    return top if bottom == number(1) else Div(top, bottom)


def _product(poly: flint.fmpq_mpoly, bases: list[Tree]) -> Tree:
    """A polynomial as the product of its factors, simple ones first; 1 - s rather than -(s - 1)."""
    constant, pairs = poly.factor()
    c = Fraction(int(constant.p), int(constant.q))
    factors: list[Tree] = []
    for factor, power in pairs:
        terms = {
            frozenset((base, int(e)) for base, e in zip(bases, key, strict=False) if e): Fraction(
                int(v.p), int(v.q)
            )
            for key, v in factor.to_dict().items()
        }
        if len(terms) > 1 and terms.get(nf.UNIT, 0) < 0 and power % 2 and c < 0:
            terms, c = {m: -v for m, v in terms.items()}, -c
        base = nf.to_tree(terms)
        factors.append(base if power == 1 else Pow(base, number(int(power))))
    factors.sort(key=lambda f: sum(1 for _ in walk(f)))
    if c != 1 or not factors:
        factors.insert(0, Number(c))
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))
