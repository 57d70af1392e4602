"""The functions as Coq knows them: a chapter each, with definition, derivative and ranges proved there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "chapters"


@dataclass(frozen=True, slots=True)
class Chapter:
    """What a chapter offers.

    needs: chapters it uses. ranges: the orders with a lemma f_range or f'_range. monotone: f_monotone is
    there. formula: f' is defined by values of f and other functions. by_exp: f_by_exp is there. at_zero:
    f_0 is there. pieces: f and f' are defined piece by piece, the tactic f_piece settles them. increasing:
    f_increasing is there. derivative: f_is_derivative holds everywhere.
    """

    needs: tuple[str, ...] = ()
    ranges: frozenset[int] = frozenset({0, 1})
    monotone: bool = True
    formula: bool = False
    by_exp: bool = False
    at_zero: bool = False
    pieces: bool = False
    increasing: bool = False
    derivative: bool = True


KINKED = Chapter(pieces=True, derivative=False)
CHAPTERS: dict[str, Chapter] = {
    "sigmoid": Chapter(formula=True, by_exp=True, at_zero=True, increasing=True),
    "tanh": Chapter(formula=True, by_exp=True, at_zero=True, increasing=True),
    "relu": KINKED,
    "leaky_relu": KINKED,
    "elu": KINKED,
    "hard_tanh": KINKED,
    "hard_sigmoid": KINKED,
    "softsign": Chapter(derivative=False, monotone=False),
    "silu": Chapter(needs=("sigmoid",), ranges=frozenset(), monotone=False, by_exp=True),
    "softplus": Chapter(needs=("sigmoid",), formula=True, increasing=True),
    "arctan": Chapter(formula=True, at_zero=True, increasing=True),
    "sinh": Chapter(ranges=frozenset({1}), by_exp=True, at_zero=True, increasing=True),
    "cosh": Chapter(needs=("sinh",), ranges=frozenset({0}), monotone=False, by_exp=True),
    "sech": Chapter(needs=("cosh", "tanh"), ranges=frozenset({0}), monotone=False, by_exp=True),
}
"""Every function but exp, log, sqrt and the absolute value, which Coq has."""

PRODUCT = "product"
"""The chapter of products over an index."""


def text(names: Iterable[str]) -> Iterator[str]:
    """The prelude, then the chapters named and those they need, each once."""
    yield (FOLDER / "prelude.v").read_text(encoding="utf-8")
    wanted: dict[str, None] = {}
    for name in names:
        _reach(name, wanted)
    for name in wanted:
        yield (FOLDER / f"{name}.v").read_text(encoding="utf-8")


def _reach(name: str, wanted: dict[str, None]) -> None:
    for need in CHAPTERS[name].needs if name in CHAPTERS else ():
        _reach(need, wanted)
    wanted[name] = None
