"""Absolute values and signs away from their kinks: |u| = u sign(u) and 1/|u| = sign(u)/u wherever u != 0."""

from __future__ import annotations

from symgrad.functions import registry
from symgrad.grading.desk import compare
from symgrad.grading.question import Question
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    BigOp,
    Derivative,
    Div,
    Indicator,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    number,
    rebuild,
    walk,
)


def signs(tree: Tree) -> Tree:
    """The tree with sign(u) = 1[u > 0] - 1[u < 0] and the step function 1[u > 0] by indicators."""
    tree = rebuild(tree, signs)
    match tree:
        case Apply(Name("sign"), (argument,), 0):
            return Add((beyond(argument, ">"), Neg(beyond(argument, "<"))))
        case Apply(Name("step"), (argument,), 0):
            return beyond(argument, ">")
    return tree


def beyond(tree: Tree, operator: str) -> Tree:
    """1[u > 0], or with another relation."""
    return Indicator(Relation((operator,), (tree, ZERO)))


def kinks(tree: Tree) -> frozenset[Tree]:
    """What absolute values and indicators ask the sign of."""
    found: set[Tree] = set()
    for node in walk(tree):
        match node:
            case Apply(Name("abs"), (argument,), 0) if not isinstance(argument, Number):
                found.add(argument)
            case Indicator(Relation((_,), (argument, side))) if side == ZERO:
                found.add(argument)
    return frozenset(found)


def apart(tree: Tree) -> Tree:
    """The tree where no such u is 0."""
    tree = rebuild(tree, apart)
    match tree:
        case Indicator(Relation((">=",), (u, side))) if side == ZERO:
            return beyond(u, ">")
        case Indicator(Relation(("<" | "<=",), (u, side))) if side == ZERO:
            return Add((ONE, Neg(beyond(u, ">"))))
        case Div(above, below):
            for factor in below.factors if isinstance(below, Mul) else (below,):
                match factor:
                    case Mul((sign, u)) if sign == sign_of(u):
                        above, below = Mul((above, sign)), replaced(below, factor, u)
            return Div(above, below)
        case Apply(Name("abs"), (u,), 0) if not isinstance(u, Number):
            return Mul((sign_of(u), u))
    return tree


def replaced(tree: Tree, old: Tree, new: Tree) -> Tree:
    """The product with one factor replaced."""
    if tree == old:
        return new
    assert isinstance(tree, Mul)
    return Mul(tuple(new if factor == old else factor for factor in tree.factors))


def sign_of(u: Tree) -> Tree:
    """The sign of what is not 0."""
    return Add((Mul((number(2), beyond(u, ">"))), Neg(ONE)))


def rectified(question: Question, tree: Tree) -> Tree:
    """The tree with 1[z > 0] for 1[a > 0] wherever a = relu(z)."""
    tree = rebuild(tree, lambda child: rectified(question, child))
    match tree:
        case Indicator(Relation((">" | "<=",) as operators, (Name() as name, side))) if side == ZERO:
            match question.bodies.get(name):
                case Apply(Name(stem), (argument,), 0) if question.bindings.get(stem, stem) == "relu":
                    return Indicator(Relation(operators, (argument, ZERO)))
    return tree


def equal_apart(question: Question, answer: Tree) -> frozenset[Tree]:
    """What must not be 0 for the answer to be right; empty where it is not known to be right so.

    Only for what is 0 at single points: relu(z) is 0 on half a line, and there the answer counts.
    """
    mine = kinks(answer)
    found = mine | kinks(question.gold)
    if question.goal is None and not any(map(divides, (answer, question.gold))):
        return frozenset()  # 1[z >= 0] is another function than 1[z > 0]
    if not mine or not all(smooth(question, u) for u in found):
        return frozenset()
    if any(compare(question, u, ZERO).verdict != "different" for u in found):
        return frozenset()
    decision = compare(question, apart(answer), apart(question.gold))
    return found if decision.verdict == "equal" else frozenset()


def divides(tree: Tree) -> bool:
    """Whether something with a kink, or what one hangs on, is divided by."""
    below = [node.denominator for node in walk(tree) if isinstance(node, Div)]
    return any(node == u for side in below for node in walk(side) for u in kinks(tree))


def smooth(question: Question, tree: Tree) -> bool:
    """Whether a formula is analytic in the leaves, through all equations of the chain."""
    waiting, seen = [tree], set[Tree]()
    while waiting:
        for node in walk(waiting.pop()):
            match node:
                case Name() if node in question.bodies and node not in seen:
                    seen.add(node)
                    waiting.append(question.bodies[node])
                case Apply(Name(stem), (_,), _):
                    function = registry.lookup(question.bindings.get(stem, stem))
                    if function is None or function.kinks or function.name == "floor":
                        return False
                case Apply() | Indicator() | Derivative() | BigOp():
                    return False
    return True
