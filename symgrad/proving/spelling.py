"""The kernel's spelling turned into the claim's; values named by a letter; squares completed."""

from __future__ import annotations

from fractions import Fraction

from symgrad.errors import CertificateError
from symgrad.functions import registry
from symgrad.functions.facts import LETTERS
from symgrad.notation.tree import (
    Add,
    Apply,
    Mul,
    Name,
    Neg,
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
from symgrad.proving.kernel.enclosures.bounds import Bounds
from symgrad.proving.problem import Problem


def shown(problem: Problem, tree: Tree) -> Tree:
    """The tree with functions called what the claim calls them (sigma, not sigmoid)."""
    used = {node.function for node in walk(problem.claim.statement) if isinstance(node, Apply)}
    calls = {full: Name(stem) for stem, full in problem.functions.items() if Name(full) not in used}

    def change(node: Tree) -> Tree:
        node = rebuild(node, change)
        if isinstance(node, Apply) and node.function.stem in calls and not node.function.indices:
            return Apply(calls[node.function.stem], node.arguments, node.order, node.options)
        return node

    return change(tree)


def valued(problem: Problem, tree: Tree, beside: Tree) -> tuple[Apply, Name] | None:
    """The one activation value that a polynomial is in, with a free letter for it; None if there are more.

    beside: what stands on the same line; a value that occurs only once needs no letter.
    """
    found = [n for n in walk(tree) if isinstance(n, Apply) and n.function != Name("abs")]
    if len(set(found)) != 1 or found[0].order or len(found[0].arguments) != 1:
        return None
    (value,) = set(found)
    if known.resolve(value.function, problem.functions) is None:
        return None
    if len(found) + sum(node == value for node in walk(beside)) < 2:
        return None
    taken = {n for t in (tree, problem.statement) for n in names_in(t)}
    return value, next(Name(c) for c in LETTERS if Name(c) not in taken)


def completed(tree: Tree, bounds: Bounds) -> Tree | None:
    """A x^2 + b x + c written as a (x + b/2a)^2 + rest, for a polynomial in one atom; else None."""
    try:
        value = bounds.normal(tree)
    except CertificateError:
        return None
    bases = {base for monomial in value.numerator for base, _ in monomial}
    if len(bases) != 1 or set(value.denominator) != {frozenset()}:
        return None
    if max(n for monomial in value.numerator for _, n in monomial) != 2:
        return None
    (x,) = bases
    a, b, c = (value.numerator.get(frozenset({(x, k)} if k else ()), Fraction(0)) for k in (2, 1, 0))
    half, rest = b / (2 * a), c - b * b / (4 * a)
    inside: Tree = x if not half else Add((x, Number(half) if half > 0 else Neg(Number(-half))))
    square: Tree = Pow(inside, number(2))
    square = square if abs(a) == 1 else Mul((Number(abs(a)), square))
    if a > 0:
        return square if not rest else Add((square, Number(rest) if rest > 0 else Neg(Number(-rest))))
    return Add((Number(rest), Neg(square)))


def slope_written(tree: Apply, problem: Problem) -> Tree | None:
    """f'(t) as a polynomial in f(t), called as the claim calls it; None where it is none."""
    name = known.resolve(tree.function, problem.functions)
    found = registry.lookup(name) if name else None
    if found is None or tree.order != 1 or (formula := known.derivative(found.name)) is None:
        return None
    written = shown(problem, substitute(formula, {Name("x"): tree.arguments[0]}))
    value = Apply(tree.function, tree.arguments)
    return written if any(node == value for node in walk(written)) else None
