"""What a search remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

from symgrad.errors import CertificateError
from symgrad.notation.tree import Relation, Tree, substitute
from symgrad.proving import kernel
from symgrad.proving.kernel.enclosures.bounds import Missing
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.problem import Problem
from symgrad.proving.tactics.goal import bare, factors_of


@dataclass(slots=True)
class Attempt:
    """What the search has learnt on the way: tactics tried, side conditions that were missing.

    only: the tactics to use, all if empty. splits: how many cases deep the search is.
    """

    problem: Problem
    method: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    missing: list[Tree] = field(default_factory=list)
    only: frozenset[str] = frozenset()
    splits: int = 0

    def has_values(self, statement: Tree, here: kernel.Setting) -> bool:
        """Whether every part of a claim is defined where the assumptions hold; what is missing is noted."""
        try:
            here.bounds(statement).defined(statement)
        except Empty:
            return True
        except Missing as error:
            self.missing.append(error.condition)
            return False
        except CertificateError:
            return False
        return True


def undefined(statement: Relation, here: kernel.Setting) -> list[Tree]:
    """The side conditions that an inequality needs and the assumptions do not give, factor by factor."""
    try:
        bounds = here.bounds(statement)
        for side in statement.operands:
            bounds.enclose(substitute(side, here.settled))
    except Missing as error:
        (operator,), (tree, zero) = error.condition.operators, error.condition.operands
        if operator != "!=":
            return [error.condition]
        factors = [bare(f) for f in factors_of(tree)[1]]
        return [Relation(("!=",), (f, zero)) for f in factors if not bounds.nonzero(f)]
    except CertificateError:
        pass
    return []
