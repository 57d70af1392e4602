"""Derivative tokens by the chain rule, from the definitions alone: the kernel's own, not the derivation's."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    BigOp,
    Derivative,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Tree,
    names_in,
    rebuild,
    walk,
)  # fmt: skip

MAX_NODES = 100_000


def local(tree: Tree, by: Name) -> Tree:
    """D tree / d by for an equation's right side, with no 0 + or 1 *."""
    match tree:
        case Number():
            return ZERO
        case Name():
            return ONE if tree == by else ZERO
        case Add(terms):
            return plus([local(term, by) for term in terms])
        case Neg(a):
            inner = local(a, by)
            return ZERO if inner == ZERO else Neg(inner)
        case Mul(factors):
            steps = [(*factors[:k], local(f, by), *factors[k + 1 :]) for k, f in enumerate(factors)]
            return plus([times(step) for step in steps])
        case Div(a, Number(n)) if n:
            return scaled(1 / n, local(a, by))
        case Div(a, b):
            above, below = local(a, by), local(b, by)
            first = ZERO if above == ZERO else Div(above, b)
            second = ZERO if below == ZERO else Neg(Div(times((a, below)), Pow(b, Number(Fraction(2)))))
            return plus([first, second])
        case Pow(base, Number(n)):
            power = ONE if n == 1 else base if n == 2 else Pow(base, Number(n - 1))
            return times((Number(n), power, local(base, by)))
        case Apply(_, (a,), order, ()):
            inner = local(a, by)
            return ZERO if inner == ZERO else times((Apply(tree.function, (a,), order + 1), inner))
    if by in names_in(tree):
        raise CertificateError("certificate-unsupported", kind=type(tree).__name__)
    return ZERO


def scaled(by: Fraction, tree: Tree) -> Tree:
    """By * tree, a leading number multiplied in."""
    match tree:
        case Number(value):
            return Number(by * value)
        case Mul((Number(value), *rest)):
            return times((Number(by * value), *rest))
    return times((Number(by), tree))


def times(factors: Sequence[Tree]) -> Tree:
    """A product without ones; 0 if a factor is 0."""
    if ZERO in factors:
        return ZERO
    kept = tuple(f for f in factors if f != ONE)
    return ONE if not kept else kept[0] if len(kept) == 1 else Mul(kept)


def plus(terms: Sequence[Tree]) -> Tree:
    """A sum without zeros."""
    kept = tuple(t for t in terms if t != ZERO)
    return ZERO if not kept else kept[0] if len(kept) == 1 else Add(kept)


def total(token: Derivative, definitions: Sequence[tuple[Name, Tree]]) -> tuple[Tree, ...]:
    """The total derivative as factors, from the parameter forward; sums over paths become one factor."""
    if token.order != 1 or not isinstance(token.of, Name):
        raise CertificateError("certificate-unsupported", kind="Derivative")
    position = {name: k for k, (name, _) in enumerate(definitions)}
    if token.of not in position:
        raise CertificateError("certificate-unsupported", kind="Derivative")
    moving = {token.by}
    for name, body in definitions:
        if name not in moving and moving.intersection(names_in(body)):
            moving.add(name)
    adjoint: dict[Name, list[tuple[Tree, ...]]] = {token.of: [()]}
    for name, body in reversed(definitions[: position[token.of] + 1]):
        if name not in adjoint or name == token.by:
            continue
        if _ranges_over(body, {n.stem for n in moving}):
            raise CertificateError("certificate-unsupported", kind="BigOp")
        onward = _gather(adjoint[name])
        for parent in names_in(body):
            if parent in moving and (step := local(body, parent)) != ZERO:
                steps = step.factors if isinstance(step, Mul) else () if step == ONE else (step,)
                adjoint.setdefault(parent, []).append((*steps, *onward))
    return _gather(adjoint.get(token.by, [(ZERO,)]))


def _ranges_over(body: Tree, stems: set[str]) -> bool:
    """Whether a sum or product may hold members of families that it does not name: x_2 in sum_k x_k."""
    inside = (n for node in walk(body) if isinstance(node, BigOp) for n in walk(node.body))
    return any(isinstance(n, Name) and n.indices and n.stem in stems for n in inside)


def _gather(paths: list[tuple[Tree, ...]]) -> tuple[Tree, ...]:
    """Several paths as one factor; what they all end in stays outside."""
    if len(paths) == 1:
        return paths[0]
    shared = 0
    while all(len(p) > shared for p in paths) and len({p[len(p) - 1 - shared] for p in paths}) == 1:
        shared += 1
    heads = tuple(times(path[: len(path) - shared]) for path in paths)
    return (plus(heads), *paths[0][len(paths[0]) - shared :])


def written_out(tree: Tree, definitions: Sequence[tuple[Name, Tree]]) -> Tree:
    """The tree with every derivative token replaced by its product."""
    if isinstance(tree, Derivative):
        found = times(total(tree, definitions)) if definitions else tree
        if next(islice(walk(found), MAX_NODES, None), None) is not None:
            raise CertificateError("certificate-too-large")
        return found
    return rebuild(tree, lambda child: written_out(child, definitions))
