"""A tree in elementary functions alone: activations by their formulas, derivatives worked out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.notation.tree import (
    Apply,
    Constant,
    Indicator,
    Name,
    Pow,
    Tree,
    rebuild,
    substitute,
    walk,
)
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.gradient import local

PRIMITIVE = frozenset({"exp", "log", "sqrt", "erf", "arctan", "abs", "max", "min", "piecewise"})
ARGUMENT = Name("x")
MAX_ORDER, MAX_NODES = 4, 3000
TANH = "1 - 2/(1 + exp(2 x))"


def elementary(tree: Tree, functions: Mapping[str, str]) -> Tree:
    """The tree in numbers, powers and PRIMITIVE functions; refused where it speaks of anything else.

    Where the tree is defined, so is what it becomes, and they are equal there.
    """
    node = rebuild(tree, lambda child: elementary(child, functions))
    match node:
        case Pow(Constant("e"), exponent):
            return Apply(Name("exp"), (exponent,))
        case Apply(function, arguments, order, ()):
            name = known.resolve(function, functions)
            if name in ("max", "min", "piecewise") and not order:
                return Apply(Name(name), arguments)
            if name is None or len(arguments) != 1:
                raise CertificateError("certificate-unsupported", kind="Apply")
            if not order and name in PRIMITIVE:
                return Apply(Name(name), arguments)
            return substitute(formula(name, order), {ARGUMENT: arguments[0]})
        case Apply():
            raise CertificateError("certificate-unsupported", kind="Apply")
    return node


@lru_cache(maxsize=256)
def formula(name: str, order: int) -> Tree:
    """The order-th derivative of a built-in as an elementary tree in Name("x")."""
    if order > MAX_ORDER:
        raise CertificateError("certificate-too-large")
    found = registry.lookup(name)
    if found is None:
        raise CertificateError("certificate-unsupported", kind="Apply")
    if order == 0 and name in PRIMITIVE:
        return Apply(Name(name), (ARGUMENT,))
    if order == 0:
        text = TANH if name == "tanh" else found.value
        if text is None:
            raise CertificateError("certificate-unsupported", kind="Apply")
        return elementary(registry.formula(text), {})
    if order == 1:
        return elementary(registry.formula(found.derivative), {})
    slope = known.slope_of_slope(name)
    if slope is None:
        raise CertificateError("certificate-unsupported", kind="Apply")
    for _ in range(order - 2):
        slope = local(slope, ARGUMENT)
    broken = any(isinstance(n, Indicator) or _is(n, "abs") for n in walk(slope))
    if broken or sum(1 for _ in walk(slope)) > MAX_NODES:
        raise CertificateError("certificate-unsupported", kind="Apply")
    return elementary(slope, {})


def _is(node: Tree, name: str) -> bool:
    return isinstance(node, Apply) and node.function == Name(name)
