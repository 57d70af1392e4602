"""A claim, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symgrad.notation.tree import Tree
from symgrad.values.phrase import Phrase

VERDICTS = ("proved", "refuted", "undecided")


@dataclass(frozen=True, slots=True)
class Claim:
    """A relation between expressions, under assumptions; `functions` says what sigma stands for.

    text, given_text: the claim and its assumptions as they were written.
    """

    statement: Tree
    given: tuple[Tree, ...] = ()
    functions: tuple[tuple[str, str], ...] = ()
    text: str = ""
    given_text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """verdict `proved` | `refuted` | `undecided`, with the reason for it.

    steps: what a student reads. counterexample: name -> exact value as text, in order; `witness` says what
    the two sides are there. attained: where the bound is met with equality. used, unused: which assumptions
    mattered. rescue: an assumption under which a refuted claim holds. certificate: what `proving.kernel`
    re-checks, as plain JSON data; `checked` is True only if it did.
    """

    claim: Claim
    verdict: str
    steps: tuple[Phrase, ...] = ()
    counterexample: tuple[tuple[str, str], ...] = ()
    witness: tuple[Phrase, ...] = ()
    attained: tuple[Phrase, ...] = ()
    used: tuple[Tree, ...] = ()
    unused: tuple[Tree, ...] = ()
    rescue: tuple[Tree, ...] = ()
    method: str = ""
    certificate: Mapping[str, Any] | None = field(default=None, hash=False)
    checked: bool = False
    seconds: float = field(default=0.0, compare=False)
