"""Functions in pieces: where the assumptions say which piece an argument is on, that piece is put in."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.errors import CertificateError
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    BigOp,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    rebuild,
    substitute,
    walk,
)
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.kernel.gradient import plus, times

NESTED = ("abs", "max", "min", "relu", "leaky_relu", "elu", "selu", "piecewise")
OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def settled(tree: Tree, bounds: Bounds) -> Tree:
    """The tree with every decided 1[...], f(t) in pieces, |t| and settled name replaced by what it is there.

    Deciding a condition shows that its sides are defined, so nothing undefined disappears.
    """
    if isinstance(tree, Name):
        box = bounds.enclose(tree)
        return tree if box.low is None or box.low != box.high else Number(box.low)
    if isinstance(tree, BigOp):  # what is known of w_k says nothing of the w_k inside
        return tree
    node = rebuild(tree, lambda child: settled(child, bounds))
    match node:
        case Indicator(condition):
            held = bounds.decided(condition)
            return node if held is None else ONE if held else ZERO
        case Apply(_, (argument,), order, ()) if order <= 1:
            if known.resolve(node.function, bounds.functions) == "abs":
                if order == 0 and (above := bounds.decided(_not_negative(argument))) is not None:
                    return argument if above else Neg(argument)
                return node
            formula = in_pieces(node, bounds.functions)
            if formula is not None and not _open(here := _put_in(formula, bounds)):
                return here
        case Apply(Name("max" | "min", ()), (_, _, *_), 0, ()):
            return _extreme(node, bounds)
        case Apply(Name("piecewise", ()), _, 0, ()):
            return _chosen(node, bounds)
    return node


def _chosen(node: Apply, bounds: Bounds) -> Tree:
    """Piecewise(v, c, ..., otherwise) up to its first condition that holds, without those that fail."""
    *pairs, last = node.arguments
    kept: list[Tree] = []
    for value, condition in zip(pairs[::2], pairs[1::2], strict=True):
        held = bounds.decided(condition)
        if held:
            last = value
            break
        if held is None:
            kept += [value, condition]
    return Apply(node.function, (*kept, last)) if kept else last


def _extreme(node: Apply, bounds: Bounds) -> Tree:
    """Max or min without the arguments that another one is certainly never behind."""
    operator, kept = (">=" if node.function == Name("max") else "<="), list(node.arguments)
    for argument in node.arguments:
        rest = [other for other in kept if other is not argument]
        if any(bounds.decided(Relation((operator,), (other, argument))) for other in rest):
            kept = rest
    return kept[0] if len(kept) == 1 else Apply(node.function, tuple(kept))


def in_pieces(tree: Apply, functions: Mapping[str, str]) -> Tree | None:
    """The formula with conditions that a function of one argument stands for, or None."""
    name = known.resolve(tree.function, functions)
    if name is None or len(tree.arguments) != 1 or tree.options or tree.order > 1:
        return None
    formula = known.derivative(name) if tree.order else known.value(name)
    if formula is None or not any(isinstance(node, Indicator) for node in walk(formula)):
        return None
    return substitute(formula, {Name("x"): tree.arguments[0]})


def _put_in(formula: Tree, bounds: Bounds) -> Tree:
    """A formula with its decided conditions, without the products with 0 and 1 that this leaves."""
    if isinstance(formula, Indicator):
        held = bounds.decided(formula.condition)
        return formula if held is None else ONE if held else ZERO
    node = rebuild(formula, lambda child: _put_in(child, bounds))
    match node:
        case Mul(factors):
            return times(factors)
        case Add(terms):
            return plus([term for term in terms if term != Neg(ZERO)])
    return node


def _open(formula: Tree) -> bool:
    return any(isinstance(node, Indicator) for node in walk(formula))


def _not_negative(tree: Tree) -> Relation:
    return Relation((">=",), (tree, ZERO))


def undecided(tree: Tree, bounds: Bounds) -> list[Relation]:
    """The conditions on which the pieces of a tree depend and that are open: where a proof may split."""
    found: dict[Relation, None] = {}
    for node in walk(tree):
        conditions: list[Tree] = []
        match node:
            case Indicator(condition):
                conditions = [condition]
            case Apply(_, (argument,), order, ()) if order <= 1:
                if known.resolve(node.function, bounds.functions) == "abs" and not order:
                    conditions = [_not_negative(argument)]
                elif (formula := in_pieces(node, bounds.functions)) is not None:
                    conditions = [n.condition for n in walk(formula) if isinstance(n, Indicator)]
            case Apply(Name("max" | "min", ()), (a, b, *_), 0, ()):
                conditions = [Relation((">=",), (a, b))]
            case Apply(Name("piecewise", ()), arguments, 0, ()):
                conditions = list(arguments[1:-1:2])
        for condition in conditions:
            if not isinstance(condition, Relation) or len(condition.operators) != 1:
                continue
            if condition.operators[0] in OPPOSITE and bounds.decided(condition) is None:
                found[condition] = None
    return sorted(found, key=_nested)


def _nested(condition: Relation) -> int:
    """How many functions in pieces a condition itself holds: inner ones are settled first."""
    return sum(
        isinstance(n, Indicator) or (isinstance(n, Apply) and n.function.stem in NESTED)
        for n in walk(condition)
    )


def alternatives(condition: Tree, bounds: Bounds) -> tuple[Relation, Relation]:
    """A comparison and its opposite: one of them holds, as both sides are defined; else CertificateError."""
    match condition:
        case Relation((operator,), (a, b)) if operator in OPPOSITE:
            bounds.enclose(a), bounds.enclose(b)
            return condition, Relation((OPPOSITE[operator],), (a, b))
    raise CertificateError("certificate-rule")
