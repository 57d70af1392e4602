"""Products and sums over ranges whose ends are letters: claims with known truth, and invalid inductions."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from symgrad import prove
from symgrad.errors import CertificateError, InputError
from symgrad.proving import kernel

NATURAL = ("n is integer", "n >= 0")
POSITIVE = ("n is positive integer",)
WHOLE = "n is integer"

CLAIMS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("prod(w_i, i, 1, n) >= 4", (WHOLE, "n >= 2", "w_i >= 4"), True),
    ("prod(w_i, i, 1, n) >= 4", (*NATURAL, "w_i >= 4"), False),
    ("prod(w_i, i, 1, n) >= 4", (WHOLE, "n >= 2", "w_i >= 2"), True),
    ("prod(w_i, i, 1, n) >= 4", (WHOLE, "n >= 2", "w_i >= 1"), False),
    ("prod(w_i, i, 2, n) <= 2^(n-1)", (WHOLE, "n >= 1", "0 <= w_i", "w_i <= 2"), True),
    (
        "prod(w_k, k, i+1, n) <= 2^(n-i)",
        (WHOLE, "i is integer", "n >= i", "0 <= w_k", "w_k <= 2"),
        True,
    ),
    ("prod(w_i, i, 1, n) <= 2^n", (*NATURAL, "w_i <= 2"), False),
    ("prod(abs(w_i), i, 1, n) <= 2^n", (*NATURAL, "abs(w_i) <= 2"), True),
    ("sum(i, i, 1, n) = n*(n+1)/2", NATURAL, True),
    ("sum(i^2, i, 1, n) = n*(n+1)*(2*n+1)/6", NATURAL, True),
    ("sum(i, i, 1, n) = n*(n+1)/3", NATURAL, False),
    ("prod((i+1)/i, i, 1, n) = n+1", NATURAL, True),
    ("sum(2^i, i, 0, n) = 2^(n+1) - 1", NATURAL, True),
    ("sum(r^i, i, 0, n)*(1-r) = 1 - r^(n+1)", NATURAL, True),
    ("sum(x_{i+1} - x_i, i, 1, n) = x_{n+1} - x_1", NATURAL, True),
    ("sum(x_{i+1} - x_i, i, 1, n) = x_n - x_1", NATURAL, False),
    ("(1+x)^n >= 1 + n*x", (*NATURAL, "x >= -1"), True),
    ("(1+x)^n >= 1 + n*x", NATURAL, False),
    ("prod(1+x_i, i, 1, n) >= 1 + sum(x_i, i, 1, n)", (*NATURAL, "x_i >= 0"), True),
    ("2^n >= n + 1", NATURAL, True),
    ("2^n >= n^2", NATURAL, False),
    ("abs(sum(w_i*sigmoid'(z_i), i, 1, n)) <= n/4", (*NATURAL, "abs(w_i) <= 1"), True),
    ("sum(sigmoid'(z_i), i, 1, n) < n/4", NATURAL, False),
    ("sum(abs(w_i), i, 1, n) <= M*n", (*NATURAL, "abs(w_i) <= M"), True),
    ("prod(sigmoid(z_i), i, 1, n) > 0", NATURAL, True),
    ("prod(sigmoid(z_i), i, 1, n) < 1", NATURAL, False),
    ("prod(sigmoid(z_i), i, 1, n) < 1", POSITIVE, True),
    (
        "prod(w_i, i, 1, n) = prod(w_i, i, 1, m)*prod(w_i, i, m+1, n)",
        (WHOLE, "m is integer", "0 <= m", "m <= n"),
        True,
    ),
    (
        "prod(w_i, i, 1, n) = prod(w_i, i, 1, m)*prod(w_i, i, m, n)",
        (WHOLE, "m is integer", "1 <= m", "m <= n"),
        False,
    ),
    (
        "prod(abs(w_i*sigmoid'(z_i)), i, 2, n) <= (1/4)^(n-1)",
        (WHOLE, "n >= 1", "abs(w_i) <= 1", "i >= 2"),
        True,
    ),
    ("prod(c*w_i, i, 1, n) = c^n*prod(w_i, i, 1, n)", NATURAL, True),
    ("prod(w_i, i, 1, n) = w_1*prod(w_i, i, 2, n)", NATURAL, False),
    ("prod(w_i, i, 1, n) = w_1*prod(w_i, i, 2, n)", (WHOLE, "n >= 1"), True),
    ("w_i >= 2 implies prod(w_i, i, 1, n) >= 2^n", NATURAL, False),
    ("prod(abs(w_i)/4, i, 1, n) < 1", (*POSITIVE, "abs(w_i) < 4"), True),
    ("prod(abs(w_i)/4, i, 1, n) < 1", (*POSITIVE, "abs(w_i) <= 4"), False),
    ("prod(abs(w_i*sigmoid'(z_i)), i, 1, n) <= (M/5)^n", (*NATURAL, "abs(w_i) <= M"), False),
    ("sum(x_i^2, i, 1, n) >= 0", NATURAL, True),
    ("(1/4)^n <= (1/3)^n", NATURAL, True),
    ("(1/4)^n < (1/3)^n", NATURAL, False),
    ("(1/4)^n < (1/3)^n", POSITIVE, True),
)


@pytest.mark.parametrize(("text", "given", "true"), CLAIMS)
def test_claims_over_ranges(text: str, given: tuple[str, ...], true: bool) -> None:
    proof = prove(text, given=given)
    assert proof.verdict == ("proved" if true else "refuted")
    assert proof.check()
    for lang in ("en", "zh"):
        assert proof.to("text", lang)


INVALID: tuple[tuple[str, tuple[str, ...]], ...] = (
    # The first case fails: the empty product is 1.
    ("prod(abs(w_i), i, 1, n) < (1/4)^n", (*NATURAL, "abs(w_i) < 1/4")),
    # Nothing is known of the sign of the factors.
    ("prod(w_i, i, 1, n) <= 1", (*NATURAL, "w_i <= 1")),
    # What holds of one member does not hold of all.
    ("prod(abs(w_i), i, 1, n) <= 1", (*NATURAL, "abs(w_1) <= 1")),
    # What holds from the second member on does not hold of the first.
    ("prod(abs(w_i), i, 1, n) <= 1", (*NATURAL, "abs(w_i) <= 1", "i >= 2")),
    # Either alternative may hold of either member.
    ("prod(w_i, i, 1, n) <= 1 or prod(w_i, i, 1, n) >= 2^n", (*POSITIVE, "0 <= w_i", "w_i <= 1 or w_i >= 2")),
    # A range that ends below its start is empty, so the power is of another length.
    ("prod(c, i, 1, n) = c^n", (WHOLE,)),
    # The bound is of the last member only.
    ("prod(abs(w_i), i, 1, n) <= 1", (*NATURAL, "abs(w_n) <= 1")),
    # A strict bound of some factors is no strict bound of none.
    ("prod(sigmoid(z_i), i, 2, n) < 1", POSITIVE),
)


@pytest.mark.parametrize(("text", "given"), INVALID)
def test_invalid_inductions_are_not_proofs(text: str, given: tuple[str, ...]) -> None:
    assert prove(text, given=given, timeout=3).verdict != "proved"


def test_the_counterexample_names_the_depth_and_the_members() -> None:
    proof = prove(
        "prod(abs(w_i*sigmoid'(z_i)), i, 1, n) <= (1/4)^n", given=["n >= 1", "abs(w_i) <= 2", WHOLE]
    )
    assert proof.counterexample == {"n": "1", "w_1": "2", "z_1": "0"}
    empty = prove("prod(abs(w_i), i, 1, n) < (1/4)^n", given=[*NATURAL, "abs(w_i) < 1/4"])
    assert empty.counterexample == {"n": "0"}


def test_no_integer_is_left() -> None:
    with pytest.raises(InputError):
        prove("prod(w_i, i, 1, n) <= 1", given=[WHOLE, "n > 2", "n < 3"])


CERTIFIED = (
    ("prod(abs(w_i*sigmoid'(z_i)), i, 1, n) <= (M/4)^n", (*NATURAL, "abs(w_i) <= M")),
    ("prod(abs(w_i*sigmoid'(z_i)), i, 1, n) < (1/4)^n", (*POSITIVE, "abs(w_i) < 1")),
    ("abs(sum(w_i*sigmoid'(z_i), i, 1, n)) <= n/4", (*NATURAL, "abs(w_i) <= 1")),
    ("sum(i, i, 1, n) = n*(n+1)/2", NATURAL),
    ("(1+x)^n >= 1 + n*x", (*NATURAL, "x >= -1")),
    ("prod(w_k, k, i+1, n) = w_{i+1}*prod(w_k, k, i+2, n)", (WHOLE, "i is integer", "i + 1 <= n")),
)


def changes(data: Any, random_: random.Random) -> Iterator[Any]:
    """Other values for one place."""
    match data:
        case bool():
            yield not data
        case int():
            yield from (data + 1, data - 1)
        case "<" | "<=" | ">" | ">=":
            yield {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}[data]
        case str():
            yield from ("m", "w")
        case None:
            yield 0
        case list() if data:
            yield data[:-1]
        case dict() if data:
            yield {k: v for k, v in data.items() if k != random_.choice(sorted(data))}


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in nested data."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


@pytest.mark.parametrize(("text", "given"), CERTIFIED)
def test_corrupted_arguments_are_rejected_or_still_hold(text: str, given: tuple[str, ...]) -> None:
    """A changed argument for the same claim is refused unless it is an argument for it all the same."""
    proof = prove(text, given=given)
    certificate = json.loads(json.dumps(proof.certificate))
    random_, rejected = random.Random(1), 0
    fields = list(places(certificate["proof"], ("proof",)))[1:]
    for path in fields:
        *front, last = path
        for corrupted in _corrupted(certificate, front, last, random_):
            try:
                kernel.check(corrupted)
            except CertificateError:
                rejected += 1
    assert rejected >= min(20, len(fields))  # an argument of two fields has few ways to be wrong


def _corrupted(certificate: Any, front: list[Any], last: Any, random_: random.Random) -> Iterator[Any]:
    inner = certificate
    for key in front:
        inner = inner[key]
    for new in changes(inner[last], random_):
        other = copy.deepcopy(certificate)
        there = other
        for key in front:
            there = there[key]
        there[last] = new
        yield other


@pytest.mark.parametrize(("text", "given"), CERTIFIED)
def test_an_argument_proves_no_false_claim(text: str, given: tuple[str, ...]) -> None:
    """The certificate of a true claim, its statement replaced by false ones."""
    certificate = json.loads(json.dumps(prove(text, given=given).certificate))
    false = prove("prod(w_i, i, 1, n) <= 1/2", given=NATURAL).certificate
    assert false is not None
    for statement in (false["statement"], ["relation", ["<"], 1, 0], ["relation", ["="], ["name", "n"], 1]):
        with pytest.raises(CertificateError):
            kernel.check({**certificate, "statement": statement})


def test_fewer_assumptions_prove_less() -> None:
    """Every assumption that is listed as used is needed."""
    for text, given in CERTIFIED[:3]:
        certificate = json.loads(json.dumps(prove(text, given=given).certificate))
        for k in range(len(certificate["used"])):
            fewer = certificate["used"][:k] + certificate["used"][k + 1 :]
            with pytest.raises(CertificateError):
                kernel.check({**certificate, "used": fewer})
