"""A corrupted certificate is rejected, or still proves a true claim; invalid arguments are rejected."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import Any

import mpmath  # type: ignore[import-untyped]
import pytest

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.reader import read
from symgrad.notation.tree import Name, Tree, names_in
from symgrad.proving import kernel, prove
from tests.proving.claims import claim, nielsen
from tests.proving.truth import holds

Path = tuple[Any, ...]
Certificate = dict[str, Any]

PROVED = (
    ("|w*sigma'(z)| <= 1/4", ("|w| <= 1",)),
    ("|w*sigma'(z)| < 1/4", ("|w| < 1",)),
    ("|u*w*sigma'(x)| <= |u|/4", ("|w| <= 1",)),
    ("|w*sigma'(z)| <= c/4", ("c > 0", "|w| <= c")),
    ("sigmoid'(z) >= 49/250", ("|z| <= 1",)),
    ("0 < sigmoid(z) < 1", ()),
    ("sigmoid(z) + sigmoid(-z) = 1", ()),
    ("|(sigmoid(z)-y)*sigmoid'(z)| <= 4/27", ("y = 0 or y = 1",)),
    ("(k-1)/(k+1) < 1", ("k >= 1",)),
    ("|w*sigma'(z)/w| <= 1/4", ("w != 0",)),
    ("x^2 + y^2 >= 2*x*y", ()),
    ("relu(z) >= z", ()),
    ("relu'(x) = 1", ("x > 0",)),
    ("leaky_relu'(x) <= 1", ()),
)
REFUTED = (
    ("|w*sigma'(z)| <= 1/4", ()),
    ("|w*sigma'(z)| < 1/4", ("|w| <= 1",)),
    ("sigmoid(f) >= 9/10", ("f >= 2",)),
)


def certificates() -> Iterator[Certificate]:
    """One of every kind."""
    for text, given in (*PROVED, *REFUTED):
        yield made(text, *given)
    chain, context = nielsen(3)
    for given in (("|w_j| <= 1",), ()):
        proof = prove(claim("|dC/db_1| <= |dC/db_2|/4", *given, context=context), definitions=chain)
        assert proof.checked
        yield json.loads(json.dumps(proof.certificate))


def made(text: str, *given: str) -> Certificate:
    """The certificate of a claim, through JSON."""
    proof = prove(claim(text, *given), timeout=30)
    assert proof.checked, text
    found: Certificate = json.loads(json.dumps(proof.certificate))
    return found


def places(data: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in nested data."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def at(data: Any, path: Path) -> Any:
    """What stands at a place."""
    for key in path:
        data = data[key]
    return data


SIGNS = {"<=": "<", "<": "<=", ">=": ">", ">": ">=", "=": "<=", "!=": "="}


def corruptions(value: Any) -> Iterator[Any]:
    """Near misses of a value."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1, -value)
        case None:
            yield from (0, "1", [])
        case str() if value in SIGNS:
            yield SIGNS[value]
        case str():
            try:
                number = Fraction(value)
            except ValueError:
                yield {"sigmoid": "tanh", "proved": "refuted", "refuted": "proved", "w": "z", "z": "w"}.get(
                    value, "q"
                )
            else:
                yield from (str(number + 1), str(-number - 1), str(number * 2 + Fraction(1, 7)))
                yield None
        case list():
            for k in range(len(value)):
                yield value[:k] + value[k + 1 :]
            for k in range(len(value) - 1):
                yield [*value[:k], value[k + 1], value[k], *value[k + 2 :]]
            yield [*value, *value[-1:]]
        case dict():
            for key in value:
                yield {k: v for k, v in value.items() if k != key}
            yield {**value, "extra": 1}


def mutants(certificate: Certificate) -> Iterator[Certificate]:
    """The certificate with one place corrupted."""
    for path in places(certificate):
        for other in corruptions(at(certificate, path)):
            changed = copy.deepcopy(certificate)
            if not path:
                yield other
                continue
            at(changed, path[:-1])[path[-1]] = other
            if changed != certificate:
                yield changed


def same_claim(a: Certificate, b: Certificate) -> bool:
    """Whether the mutation left the claim itself alone, as trees."""
    keys = ("verdict", "functions")
    if any(a[key] != b[key] for key in keys):
        return False
    trees = [[from_data(c["statement"]), *map(from_data, c["given"])] for c in (a, b)]
    return trees[0] == trees[1] and a["definitions"] == b["definitions"]


def true_by_sampling(certificate: Certificate) -> bool:
    """No sampled point breaks the claim of an accepted certificate (or: its counterexample is one)."""
    statement, given = from_data(certificate["statement"]), [from_data(g) for g in certificate["given"]]
    names = list(dict.fromkeys(n for t in (statement, *given) for n in names_in(t)))
    with mpmath.workdps(40):
        if certificate["verdict"] == "refuted":
            values: dict[Name, Any] = {}
            for name, value in certificate["counterexample"]:
                leaf, number = from_data(name), from_data(value)
                assert isinstance(leaf, Name)
                values[leaf] = Fraction(getattr(number, "value"))  # noqa: B009
            return all(holds(g, values) for g in given) and not holds(statement, values)
        return all(judge(statement, given, names, seed) for seed in range(200))


def judge(statement: Tree, given: list[Tree], names: list[Name], seed: int) -> bool:
    """One random point: outside the assumptions, or the statement holds."""
    dice = random.Random(seed)
    pool = [Fraction(n, 4) for n in range(-12, 13)]
    values = {name: dice.choice(pool) for name in names}
    try:
        return not all(holds(g, values) for g in given) or holds(statement, values, 1e-25)
    except (ZeroDivisionError, KeyError):
        return True


def argument(certificate: Certificate) -> str:
    """The proof without how far functions are unfolded before comparing: a deeper comparison is as good."""

    def plain(data: Any) -> Any:
        if isinstance(data, dict):
            return {k: plain(v) for k, v in data.items() if k not in ("unfold", "definitions")}
        return [plain(item) for item in data] if isinstance(data, list) else data

    return json.dumps(plain(certificate.get("proof")))


def verdict_on(original: Certificate, mutant: Certificate) -> str:
    """`rejected`, or what is wrong with an accepted mutant ("" if nothing is)."""
    try:
        kernel.check(mutant)
    except CertificateError as error:
        return "rejected" if str(error) else "rejected without a message"
    if not mutant["definitions"] and not true_by_sampling(mutant):
        return "accepted for a false claim"
    if same_claim(original, mutant) and argument(original) != argument(mutant):
        return "another argument accepted"
    return ""


@pytest.mark.parametrize("number", range(len(PROVED) + len(REFUTED) + 2))
def test_every_corrupted_field_is_rejected_or_still_true(number: int) -> None:
    original = next(islice(certificates(), number, None))
    kernel.check(original)
    verdicts = Counter(verdict_on(original, mutant) for mutant in mutants(original))
    assert set(verdicts) <= {"", "rejected"}, dict(verdicts)
    assert verdicts["rejected"] > (10 if original["verdict"] == "proved" else 4) * verdicts[""]


@pytest.mark.parametrize("text", [row[0] for row in PROVED[:5]])
def test_an_assumption_that_was_used_cannot_be_dropped(text: str) -> None:
    original = made(text, *dict(PROVED)[text])
    for k in range(len(original["used"])):
        fewer = {**original, "used": original["used"][:k] + original["used"][k + 1 :]}
        with pytest.raises(CertificateError):
            kernel.check(fewer)
    with pytest.raises(CertificateError):
        kernel.check({**original, "given": []})


def difference(common: str, gap: str, **fields: Any) -> dict[str, Any]:
    """An entry as an impostor writes it, its intervals to be filled in as the kernel would."""
    return {"rule": "difference", "common": to_data(read(common)), "difference": to_data(read(gap)),
            "unfold": 0, **fields}  # fmt: skip


INVALID = (
    # true claim, assumptions, an argument for it that does not hold
    ("sigma'(z) <= 1/4", (), difference("1", "(sigma(z) - 1/2)^2")),
    ("sigma'(z) <= 1/4", (), difference("1", "1/4 - sigma(z) sigma(-z)")),
    ("sigma'(z) <= 1/4", (), difference("1", "1/2 - sigma'(z)")),
    ("sigma'(z) <= 1/4", (), difference("2", "1/4 - sigma'(z)")),
    ("|w sigma'(z)| <= 1/4", ("|w| <= 1",), difference("1", "1/4 - sigma'(z)")),
    ("|w sigma'(z)| <= 1/4", ("|w| <= 1",), difference("1", "1/4 - w sigma'(z)")),
    ("w sigma'(z) <= w/4", ("w >= 0",), difference("w", "1/4 - sigma(z)")),
    ("x <= x^2 + 1", (), difference("1", "x^2 - x + 2")),
    ("x^2 >= 0", (), difference("x", "x")),
    ("x/x <= 1", ("x > 0",), difference("1/x", "x - 1")),
    ("|x| <= 2", ("|x| <= 1",), {"rule": "identity", "unfold": 0, "definitions": False}),
    ("x >= 0 or x <= 0", (), {"rule": "or", "choice": 0, "proof": difference("1", "x")}),
    ("x <= 1", ("x <= 0",), {"rule": "absurd"}),
    ("x <= 1", ("x <= 0",), {"rule": "and", "parts": []}),
)


@pytest.mark.parametrize(("text", "given", "entry"), INVALID)
def test_an_invalid_argument_for_a_true_claim_is_rejected(
    text: str, given: tuple[str, ...], entry: dict[str, Any]
) -> None:
    used = [to_data(read(g)) for g in given]
    here = kernel.setting({"sigma": "sigmoid"}, (), [from_data(u) for u in used])

    def filled(part: dict[str, Any]) -> dict[str, Any]:
        if part["rule"] == "or":
            return {**part, "proof": filled(part["proof"])}
        if part["rule"] != "difference":
            return part
        trees = kernel.enclosed(from_data(part["common"]), from_data(part["difference"]))
        return {**part, "intervals": [[to_data(t), here.bounds(*trees).enclose(t).to_data()] for t in trees]}

    certificate = {
        "format": kernel.FORMAT, "verdict": "proved", "statement": to_data(read(text)), "given": used,
        "functions": {"sigma": "sigmoid"}, "definitions": [],
        "used": used, "proof": filled(entry), "attained": None,
    }  # fmt: skip
    with pytest.raises(CertificateError):
        kernel.check(certificate)


@pytest.mark.parametrize("junk", [{}, {"format": kernel.FORMAT}, {"format": "other"}, []])
def test_what_is_no_certificate_is_rejected(junk: Any) -> None:
    with pytest.raises(CertificateError):
        kernel.check(junk)
