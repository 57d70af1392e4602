"""A look at simple numbers before the search for a lemma: what fails there need not be searched for."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from symgrad.notation.tree import BigOp, Derivative, Logic, Relation, Tree, names_in, walk
from symgrad.proving.kernel.evaluate import Undefined, Value, truth
from symgrad.proving.kernel.rules.ranges import layered
from symgrad.proving.kernel.setting import Setting

POINTS = 40
VALUES = tuple(map(Fraction, ("0", "1", "-1", "1/2", "-1/2", "2", "-2", "3", "5")))


def fails(statement: Relation, here: Setting) -> bool:
    """Whether a comparison fails at simple values of its names, as far as nothing defines them.

    Assumptions about these names alone are respected. Never part of an argument: it only saves a search.
    """
    if any(isinstance(node, BigOp | Derivative) for node in walk(statement)):
        return False
    names = names_in(statement)
    if any(name in names for name, _ in here.definitions) or layered(statement, here) != statement:
        return False
    about = [u for u in here.used if isinstance(u, Relation | Logic) and set(names_in(u)) & set(names)]
    if any(not set(names_in(u)) <= set(names) for u in about):
        return False
    dice = Random(len(names))
    for _ in range(POINTS):
        values: dict[Tree, Value] = {name: dice.choice(VALUES) for name in names}
        try:
            held = all(truth(u, values, here.functions) is True for u in about)
            if held and truth(statement, values, here.functions) is False:
                return True
        except Undefined:
            continue
    return False
