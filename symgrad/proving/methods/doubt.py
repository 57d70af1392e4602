"""A look at simple numbers before the search for a lemma: what fails there need not be searched for."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from symgrad.notation.tree import (
    Add,
    Apply,
    BigOp,
    Derivative,
    Logic,
    Relation,
    Tree,
    names_in,
    substitute,
    walk,
)
from symgrad.proving.kernel.evaluate import Undefined, Value, truth
from symgrad.proving.kernel.rules.ranges import layered
from symgrad.proving.kernel.setting import Setting

POINTS = 40
VALUES = tuple(map(Fraction, ("0", "1", "-1", "1/2", "-1/2", "2", "-2", "3", "5")))


def fails(statement: Relation, here: Setting) -> bool:
    """Whether a comparison fails at simple values of its names, as far as nothing defines them.

    Assumptions about these names alone are respected. In a chain an argument z_j is taken for anything, as a
    bias can make it so, and a_j = f(z_j) follows. Never part of an argument: it only saves a search.
    """
    if any(isinstance(node, BigOp | Derivative) for node in walk(statement)):
        return False
    if layered(statement, here) != statement:
        return False
    called: dict[Tree, Tree] = {name: body for name, body in here.definitions if isinstance(body, Apply)}
    claim = substitute(statement, called)
    names = names_in(claim)
    bodies = {name: body for name, body in here.definitions if name in names}
    if any(set(names_in(body)) & set(names) or not isinstance(body, Add) for body in bodies.values()):
        return False
    about = [u for u in here.used if isinstance(u, Relation | Logic) and set(names_in(u)) & set(names)]
    if any(not set(names_in(u)) <= set(names) for u in about):
        return False
    dice = Random(len(names))
    for _ in range(POINTS):
        values: dict[Tree, Value] = {name: dice.choice(VALUES) for name in names}
        try:
            held = all(truth(u, values, here.functions) is True for u in about)
            if held and truth(claim, values, here.functions) is False:
                return True
        except Undefined:
            continue
    return False
