"""A statement in the few kinds of nodes that the kernel knows: losses and finite products written out."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.functions.application import written
from symgrad.notation.places import at
from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Mul,
    Number,
    Tree,
    number,
    rebuild,
    walk,
)
from symgrad.proving.kernel import functions as known

MAX_FACTORS, MAX_NODES = 200, 100_000


def spelled_out(tree: Tree, functions: Mapping[str, str]) -> Tree:
    """The tree with named losses as their formulas, and products and sums with whole ends written out."""
    node = rebuild(tree, lambda child: spelled_out(child, functions))
    match node:
        case BigOp(kind, body, index, Number(low), Number(high), _):
            return _factors(kind, body, index, low, high) or node
        case Apply() if known.resolve(node.function, functions) not in ("max", "min"):
            if (formula := written(node, functions)) is not None:
                return spelled_out(formula, functions)
    return node


def _factors(kind: str, body: Tree, index: str, low: Fraction, high: Fraction) -> Tree | None:
    """The body at low, ..., high; None if the index may mean something else inside."""
    if low.denominator != 1 or high.denominator != 1 or any(isinstance(n, BigOp) for n in walk(body)):
        return None
    ends = range(int(low), int(high) + 1)
    if len(ends) > MAX_FACTORS or sum(1 for _ in walk(body)) * len(ends) > MAX_NODES:
        raise CertificateError("certificate-too-large")
    parts = tuple(at(body, {index: number(k)}) for k in ends)
    if not parts:
        return number(1 if kind == "prod" else 0)
    return parts[0] if len(parts) == 1 else Mul(parts) if kind == "prod" else Add(parts)
