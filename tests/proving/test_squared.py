"""Both sides squared: only where the larger side is not negative, and only with the right squares."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from symgrad import prove
from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Tree, strip_spans
from symgrad.proving import kernel

TRUE = (
    ("sqrt((x+a)^2+(y+b)^2+(z+c)^2) <= sqrt(x^2+y^2+z^2)+sqrt(a^2+b^2+c^2)", ()),
    ("|x*a+y*b+z*c| <= sqrt(x^2+y^2+z^2)*sqrt(a^2+b^2+c^2)", ()),
    ("sqrt(a)+sqrt(b)+sqrt(c) <= sqrt(3*(a+b+c))", ("a >= 0", "b >= 0", "c >= 0")),
    ("sqrt(x^2+1) <= 1+x^2/2", ()),
    ("|sqrt(x^2+1)-sqrt(y^2+1)| <= |x-y|", ()),
    ("sqrt(a*b)+sqrt(c*d) <= sqrt((a+c)*(b+d))", ("a >= 0", "b >= 0", "c >= 0", "d >= 0")),
    ("sqrt(x+1)-sqrt(x) <= 1", ("x >= 0",)),
)
FALSE = (
    ("sqrt((x+a)^2+(y+b)^2) < sqrt(x^2+y^2)+sqrt(a^2+b^2)", ()),
    ("sqrt(a)+sqrt(b)+sqrt(c) <= sqrt(29/10*(a+b+c))", ("a >= 0", "b >= 0", "c >= 0")),
    ("sqrt(1+x) <= 1+x/3", ("x >= -1",)),
    ("sqrt(x^2+1) <= x+1", ()),
)


def data(text: str) -> Any:
    """A claim or a term as a certificate holds it."""
    tree: Tree = strip_spans(read(text, Context()))
    return to_data(tree)


@pytest.mark.parametrize(("claim", "given"), TRUE)
def test_roots_are_compared(claim: str, given: tuple[str, ...]) -> None:
    proof = prove(claim, given=list(given))
    assert proof.verdict == "proved"
    assert proof.checked


@pytest.mark.parametrize(("claim", "given"), FALSE)
def test_false_claims_about_roots_are_refuted(claim: str, given: tuple[str, ...]) -> None:
    assert prove(claim, given=list(given)).verdict == "refuted"


def certificate(statement: str, sides: list[str], squares: list[str], given: tuple[str, ...] = ()) -> Any:
    """A claim by its squares, whose comparison is left to the signs of the difference."""
    proved = prove(f"{squares[0]} <= {squares[1]}", given=list(given))
    assert proved.checked
    return {
        **json.loads(json.dumps(proved.certificate)),
        "statement": data(statement),
        "attained": None,
        "proof": {
            "rule": "squares",
            "sides": [data(side) for side in sides],
            "squares": [data(square) for square in squares],
            "proof": json.loads(json.dumps(proved.certificate))["proof"],
        },
    }


def test_the_rule_takes_what_is_right() -> None:
    good = certificate("sqrt(x^2+1) <= 1+x^2/2", ["sqrt(x^2+1)", "1+x^2/2"], ["x^2+1", "1+x^2+x^4/4"])
    kernel.check(good)


@pytest.mark.parametrize(
    ("statement", "sides", "squares"),
    [
        # the larger side may be negative: x = -2
        ("sqrt(x^2) <= x", ["sqrt(x^2)", "x"], ["x^2", "x^2"]),
        ("1 <= x^3", ["1", "x^3"], ["1", "1+x^6"]),
        # squares of something else
        ("sqrt(x^2+4) <= 1+x^2/2", ["sqrt(x^2+4)", "1+x^2/2"], ["x^2+1", "1+x^2+x^4/4"]),
        ("sqrt(x^2+1) <= 1", ["sqrt(x^2+1)", "1"], ["x^2+1", "1+x^2+x^4/4"]),
        # sides whose difference is another
        ("sqrt(x^2+2)-1 <= x^2/2", ["sqrt(x^2+1)", "1+x^2/2"], ["x^2+1", "1+x^2+x^4/4"]),
        ("sqrt(x^2+1) < 1+x^2/2", ["sqrt(x^2+1)", "1+x^2/2"], ["x^2+1", "1+x^2+x^4/4"]),
        ("sqrt(x^2+1) = 1+x^2/2", ["sqrt(x^2+1)", "1+x^2/2"], ["x^2+1", "1+x^2+x^4/4"]),
        # roots that are not defined
        ("sqrt(x) <= 1+x^2/2", ["sqrt(x)", "1+x^2/2"], ["x", "1+x^2+x^4/4"]),
    ],
)
def test_invalid_squares_are_refused(statement: str, sides: list[str], squares: list[str]) -> None:
    provable = ["x^2+1", "1+x^2+x^4/4"] if squares[0] in ("x", "1") else squares
    bad = certificate(statement, sides, provable)
    bad["proof"]["squares"] = [data(square) for square in squares]
    with pytest.raises(CertificateError):
        kernel.check(bad)


def parts(entry: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a certificate's proof."""
    items = entry.items() if isinstance(entry, dict) else enumerate(entry) if isinstance(entry, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from parts(value, (*path, key))


def test_corrupted_numbers_are_refused() -> None:
    """Each number of the proof changed."""
    good = json.loads(json.dumps(prove("sqrt((x+a)^2+(y+b)^2) <= sqrt(x^2+y^2)+sqrt(a^2+b^2)").certificate))
    assert good["proof"]["rule"] == "squares"
    changed = 0
    for path in parts(good["proof"]):
        bad = copy.deepcopy(good)
        place = bad["proof"]
        for key in path[:-1]:
            place = place[key]
        value = place[path[-1]]
        if isinstance(value, bool) or not isinstance(value, int) or "unfold" in path:
            continue
        place[path[-1]] = value + 1
        changed += 1
        with pytest.raises(CertificateError):
            kernel.check(bad)
    assert changed > 5
