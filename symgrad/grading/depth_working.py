"""Recursions that answers about symbolic depth state, delta_k = w_{k+1} delta_{k+1} sigma'(z_k): all checked.

A line holds if it is true of dC/dz_k at every k; or all lines together if they are true of dC/da_k, for which
some write delta_k. Else the answer is computed as the student would, with the recursion as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from symgrad.algebra import algebra_of
from symgrad.algebra.ranges import limits_at
from symgrad.errors import SymgradError
from symgrad.grading.question import Question
from symgrad.grading.reading import Answer, Line
from symgrad.notation.places import distance, letters_of
from symgrad.notation.tree import Apply, Derivative, Name, Relation, Tree, number, substitute, walk

if TYPE_CHECKING:
    from symgrad.grading.depths import Bench

Rules = Sequence[tuple[Derivative, Tree]]


def meanings(bench: Bench, answer: Answer) -> Iterator[dict[Tree, Tree]]:
    """What the gradients that the lines speak of may stand for: themselves, then dC/da_k for dC/dz_k."""
    yield {}
    network = bench.network
    swaps: dict[Tree, Tree] = {}
    parts = [answer.tree, *(tree for line in answer.stated for tree in (line.left, line.right) if tree)]
    for token in {node for tree in parts for node in walk(tree) if isinstance(node, Derivative)}:
        if len(token.by.indices) == 1 and network.argument(token.by.indices) == token.by:
            for line in network.layer(token.by.indices[0]):
                match line.body:
                    case Apply(_, (inner,)) if inner == token.by:
                        swaps[token] = Derivative(token.of, line.target)
    if swaps and not answer.mixed:
        yield swaps


def holds(bench: Bench, line: Line) -> bool:
    """Whether a line is true of the chain at every layer below the last, or at the one it speaks of."""
    token = line.left
    if not isinstance(token, Derivative) or not isinstance(token.of, Name):
        return False
    if line.right == token:
        return True
    try:
        own = Question.about(bench.network, token.by, token.of, functions=bench.question.functions)
        needed = type(bench)(own, bench.network).same(line.right, own.gold)
    except SymgradError:
        return False
    return needed is not None and all(allowed(bench, token, relation) for relation in needed)


def allowed(bench: Bench, token: Derivative, relation: Relation) -> bool:
    """Whether a condition on the layer k leaves out none but the last: k + 1 <= n."""
    network = bench.network
    depth = 4 + (distance(network.high, Name(network.depth)) or 0)
    free = letters_of(token) - {network.depth}
    if len(free) != 1:
        return not free and limits_at((relation,), {network.depth: depth})
    (letter,) = free
    top = depth - (distance(network.high, Name(network.depth)) or 0)
    places = range(int(network.low.value), top)
    return all(limits_at((relation,), {network.depth: depth, letter: k}) for k in places)


def first_false(bench: Bench, lines: Sequence[Line]) -> Line:
    """The line to name: the first that is not known to hold."""
    return next((line for line in lines if not holds(bench, line)), lines[0])


def carried(bench: Bench, tree: Tree, rules: Rules, values: Mapping[str, int]) -> Tree | None:
    """The answer in a chain of definite depth, the gradients in it by the student's own lines."""
    known: dict[Tree, Tree] = {}
    waiting = [token for token in walk(tree) if isinstance(token, Derivative)]
    while waiting:
        token = waiting.pop()
        if token in known:
            continue
        found = by_rule(bench, token, rules, values)
        if found is None:
            continue
        known[token] = found
        waiting.extend(node for node in walk(found) if isinstance(node, Derivative))
    for _ in range(len(known)):
        if not any(node in known for node in walk(tree)):
            return tree
        tree = substitute(tree, known)
    return tree if not any(node in known for node in walk(tree)) else None


def by_rule(bench: Bench, token: Derivative, rules: Rules, values: Mapping[str, int]) -> Tree | None:
    """What the student's lines say of a gradient at one layer; at the last only one about it."""
    top = values[bench.network.depth] - (distance(bench.network.high, Name(bench.network.depth)) or 0)
    for general in (False, True):
        for left, right in rules:
            free = letters_of(left) - {bench.network.depth}
            if bool(free) != general or len(free) > 1:
                continue
            for place in range(top + 2) if free else (0,):
                here = {
                    **{letter: place for letter in free},
                    bench.network.depth: values[bench.network.depth],
                }
                if bench.concrete(left, here) != token:
                    continue
                if general and last(token, top):
                    continue
                return bench.concrete(right, here)
    return None


def last(token: Derivative, top: int) -> bool:
    """Whether a gradient is one of the last layer."""
    return token.by.indices[:1] == (number(top),)


def refuted(bench: Bench, tree: Tree, lines: Sequence[Line]) -> bool:
    """Whether the answer, computed by the student's own lines, is certainly wrong in some chain."""
    rules = [(line.left, line.right) for line in lines if isinstance(line.left, Derivative)]
    for question, concrete, values in bench.instances(tree):
        own = carried(bench, concrete, rules, values)
        if own is not None and algebra_of(question.scope).equal(own, question.gold).verdict == "different":
            return True
    return False
