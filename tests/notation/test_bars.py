"""`||` is one bracket where it has a partner, and two bars where it has none."""

from __future__ import annotations

import pytest

from symgrad.errors import ParseError
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Tree, strip_spans


def tree(text: str) -> Tree:
    """The text as a tree, without places."""
    return strip_spans(read(text, Context()))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("||x|-|y|| <= |x-y|", "abs(abs(x)-abs(y)) <= abs(x-y)"),
        ("2*||x|-|y||^2+||a|-|b||", "2*abs(abs(x)-abs(y))^2+abs(abs(a)-abs(b))"),
        ("||x|-1|*|y|", "abs(abs(x)-1)*abs(y)"),
        ("|1-|x||", "abs(1-abs(x))"),
        ("||x|| + 1", "abs(x)+1"),
        ("|||x|-1|-2|", "abs(abs(abs(x)-1)-2)"),
        ("|x||y|", "abs(x)*abs(y)"),
    ],
)
def test_bars_pair_up_as_a_person_reads_them(short: str, long: str) -> None:
    assert tree(short) == tree(long)


@pytest.mark.parametrize("text", ["||x|", "||x||y||", "||(" * 30, "||" * 300, "||(x|" * 25, "||x|-|y"])
def test_bars_without_partner_stay_an_error(text: str) -> None:
    with pytest.raises(ParseError):
        tree(text)
