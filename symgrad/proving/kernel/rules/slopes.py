"""What a derivative says of a function: it is constant where that is 0, and no steeper than its bound."""

from __future__ import annotations

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    Add,
    Apply,
    Constant,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    names_in,
    substitute,
    walk,
)  # fmt: skip
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.analysis.elementary import elementary
from symgrad.proving.kernel.analysis.ends import constant_of
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.kernel.evaluate import compare, signs_of
from symgrad.proving.kernel.gradient import local
from symgrad.proving.kernel.rules.entry import Entry, Prove, comparison, only
from symgrad.proving.kernel.rules.line import open_conditions
from symgrad.proving.kernel.setting import Setting, setting
from symgrad.proving.kernel.walk import compared

T = Name("t")


def constant(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """The difference of both sides has the derivative 0 on an interval and a sign at one place of it."""
    only(entry, "at")
    operator, gap, x, domain = steady(statement, here)
    at = from_data(entry["at"])
    place = constant_of(at).ball
    for end, side in ((domain.low, ">"), (domain.high, "<")):
        if end is not None and not compare(side, place, end):
            raise CertificateError("certificate-gap")
    value = constant_of(substitute(gap, {x: at}))
    low, high = (0, 0) if value.is_zero else signs_of(value.ball)
    if not compared(operator, low, high):
        raise CertificateError("certificate-sign")


def steady(statement: Tree, here: Setting) -> tuple[str, Tree, Name, Interval]:
    """Operator, difference, variable and its interval, where the derivative of the difference is 0."""
    operator, a, b = comparison(statement, here)
    if open_conditions(statement, here):
        raise CertificateError("certificate-missing")
    bounds = here.bounds(a, b)
    gap = elementary(Add((a, Neg(b))), bounds.functions)
    if len(names := set(names_in(gap))) != 1:
        raise CertificateError("certificate-rule")
    (x,) = names
    domain = bounds.enclose(x)
    ends = (
        (">=" if domain.low_closed else ">", domain.low),
        ("<=" if domain.high_closed else "<", domain.high),
    )
    inside = Bounds({}, [Relation((op,), (x, Number(end))) for op, end in ends if end is not None])
    if not all(smooth(node, inside) for node in walk(gap)):
        raise CertificateError("certificate-rule")
    if nf.Normaliser({})(elementary(local(gap, x), {})).numerator:
        raise CertificateError("certificate-sign")
    return operator, gap, x, domain


def smooth(node: Tree, inside: Bounds) -> bool:
    """Whether an operation has a derivative at all its arguments, given where the variable is."""
    match node:
        case Number() | Constant() | Name() | Add() | Mul() | Neg():
            return True
        case Div(_, b):
            return inside.nonzero(b)
        case Pow(base, Number(n)) if n.denominator == 1:
            return n >= 0 or inside.nonzero(base)
        case Apply(Name("exp" | "erf" | "arctan", ()), (_,), 0, ()):
            return True
        case Apply(Name("log" | "sqrt", ()), (a,), 0, ()):
            return inside.enclose(a).positive
    return False


def lipschitz(statement: Tree, entry: Entry, here: Setting, prove: Prove) -> None:
    """|f(u) - f(v)| <= K |u - v| for a constant K, because |f'(t)| <= K for every t; f' and f'' as well."""
    only(entry, "at", "bound", "proof")
    operator, a, b = comparison(statement, here)
    if operator not in ("<=", ">=") or open_conditions(statement, here):
        raise CertificateError("certificate-rule")
    smaller, larger = (a, b) if operator == "<=" else (b, a)
    first, second, bound = (from_data(data) for data in (*entry["at"], entry["bound"]))
    bounds = here.bounds(a, b, first, second)
    apart = Apply(nf.ABS, (Add((first, Neg(second))),))
    rest = Add((larger, Neg(smaller), apart, Neg(Mul((bound, distance(first, second, here))))))
    if names_in(bound) or bounds.normal(rest).numerator:
        raise CertificateError("certificate-rule")
    prove(steepest(first, bound), entry["proof"], setting(here.functions, (), ()))


def distance(first: Tree, second: Tree, here: Setting) -> Tree:
    """|u - v| for f(u) and f(v), or f'(u) and f'(v), which have a derivative everywhere."""
    match first, second:
        case Apply(f, (u,), order, ()), Apply(g, (v,), prime, ()) if f == g and order == prime <= 1:
            name = known.resolve(f, here.functions) or ""
            found = registry.lookup(name)
            smooth_enough = not order or known.slope_of_slope(name) is not None
            jumps = found is None or found.domain or found.derivative_domain or found.kinks
            if smooth_enough and not jumps:
                return Apply(nf.ABS, (Add((u, Neg(v))),))
    raise CertificateError("certificate-rule")


def steepest(value: Tree, bound: Tree) -> Relation:
    """|f'(t)| <= K, or |f''(t)| <= K for a value of f'."""
    if not isinstance(value, Apply):
        raise CertificateError("certificate-rule")
    return Relation(("<=",), (Apply(nf.ABS, (Apply(value.function, (T,), value.order + 1),)), bound))
