"""What a search remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

from symgrad.errors import CertificateError
from symgrad.notation.tree import Tree
from symgrad.proving import kernel
from symgrad.proving.kernel.enclosures.bounds import Missing
from symgrad.proving.kernel.enclosures.intervals import Empty
from symgrad.proving.problem import Problem


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
