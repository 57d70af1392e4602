"""What the kernel takes from the questionnaires: canonical names, and the formulas it works with.

Trusted as definitions: `value`, `derivative`, `exponential` and the table `exact`. Claimed ranges are not
trusted; `bounds` derives them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.functions.questionnaire import Extremum
from symgrad.notation.tree import ZERO, Apply, Indicator, Name, Neg, Relation, Tree, substitute, walk
from symgrad.proving.kernel.gradient import local

ELEMENTARY = frozenset({"abs", "exp", "log", "sqrt", "max", "min", "piecewise"})


def resolve(function: Name, functions: Mapping[str, str]) -> str | None:
    """The canonical built-in that a function's name stands for, or None for a general function."""
    if function.indices:
        return None
    name = functions.get(function.stem, function.stem)
    found = registry.lookup(name)
    if found is not None:
        return found.name
    return name if name in ELEMENTARY else None


def renamed(functions: Mapping[str, str]) -> list[str]:
    """Names of built-ins that are made to stand for others; formulas, which speak of them, would change."""
    own = ((name, resolve(Name(name), {}), resolve(Name(meaning), {})) for name, meaning in functions.items())
    return [name for name, built_in, meaning in own if built_in not in (None, meaning)]


@cache
def derivative(name: str) -> Tree | None:
    """f'(x) as a tree in Name("x")."""
    found = registry.lookup(name)
    return None if found is None or name in ELEMENTARY else registry.formula(found.derivative)


@cache
def value(name: str) -> Tree | None:
    """f(x) by more elementary functions."""
    found = registry.lookup(name)
    if found is None or found.value is None or name in ELEMENTARY:
        return None
    return registry.formula(found.value)


@cache
def exponential(name: str) -> Tree | None:
    """f(x) as a rational function of Name("E"), E = exp(x) > 0."""
    found = registry.lookup(name)
    if found is None or found.exponential is None or name in ELEMENTARY:
        return None
    return registry.formula(found.exponential)


def applicable(tree: Apply, name: str | None) -> None:
    """Refuse what no rule speaks of: a slope of max, sqrt(a, b), a second slope with jumps."""
    if name in ("max", "min", "piecewise"):
        plain = not tree.order and not tree.options
    elif name in ELEMENTARY:
        plain = len(tree.arguments) == 1 and not tree.options and (tree.order <= 1 or name != "abs")
    else:
        plain = name is None or tree.order <= 1 or slope_of_slope(name) is not None
    if not plain:
        raise CertificateError("certificate-unsupported", kind="Apply")


def domain(name: str, order: int, argument: Tree) -> Relation | None:
    """Where a built-in or its derivative has a value, as a condition on the argument; None for everywhere."""
    if name in ("log", "sqrt"):
        return Relation((">=" if name == "sqrt" and not order else ">",), (argument, ZERO))
    return derivative_domain(name, argument) if order else None


@cache
def slope_of_slope(name: str) -> Tree | None:
    """The second derivative of a built-in that has one everywhere, by f itself where f' is; or None."""
    found = registry.lookup(name)
    if found is None or found.kinks or found.domain or found.derivative_domain:
        return None
    try:
        slope = local(registry.formula(found.derivative), Name("x"))
    except CertificateError:
        return None
    return None if any(isinstance(n, Indicator) or _is_bars(n) for n in walk(slope)) else slope


@cache
def even_slope(name: str) -> bool:
    """Whether f'(-x) = f'(x), f' being a formula in e^x or x without pieces."""
    formula = None if slope_of_slope(name) is None else derivative(name)
    if formula is None:
        return False
    from symgrad.proving.kernel.normal import Normaliser

    normal = Normaliser({}, 2)
    try:
        return normal(formula).equals(normal(substitute(formula, {Name("x"): Neg(Name("x"))})))
    except CertificateError:
        return False


def _is_bars(node: Tree) -> bool:
    """Whether a tree is |...| or a slope of it."""
    return isinstance(node, Apply) and node.function == Name("abs")


def derivative_domain(name: str, argument: Tree) -> Relation | None:
    """Where f' exists, as a condition on the argument; None for everywhere and for what the kernel knows."""
    found = registry.lookup(name)
    if found is None or found.derivative_domain is None or name in ELEMENTARY:
        return None
    condition = substitute(registry.formula(found.derivative_domain), {Name("x"): argument})
    return condition if isinstance(condition, Relation) else None


def kinks(name: str) -> tuple[tuple[Fraction, Fraction], ...]:
    """The arguments where f' jumps, with the value that convention gives it there."""
    found = registry.lookup(name)
    return () if found is None else tuple((kink.at, kink.derivative) for kink in found.kinks)


def claimed(name: str, order: int) -> tuple[Fraction | None, Fraction | None]:
    """The ends of the range that the questionnaire claims, to be verified."""
    found = registry.lookup(name)
    stated = None if found is None else found.derivative_range if order else found.range
    return (None, None) if stated is None else (stated.low.value, stated.high.value)


def stated(name: str, order: int) -> tuple[Extremum, ...]:
    """What the questionnaire says about the bounds of f, f' or f'', to be proved."""
    found = registry.lookup(name)
    return () if found is None else tuple(e for e in found.extrema if e.order == order)


def exact(name: str, at: Fraction) -> Fraction | None:
    """f(at) where it is rational and listed."""
    found = registry.lookup(name)
    return None if found is None else dict(found.exact).get(at)
