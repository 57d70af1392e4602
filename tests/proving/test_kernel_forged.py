"""Forged certificates for false claims, and hostile ones: rejected, and soon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from symgrad import prove
from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data, to_data
from symgrad.notation.reader import read
from symgrad.notation.tree import (
    ONE,
    ZERO,
    Add,
    Apply,
    BigOp,
    Indicator,
    Is,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    number,
)
from symgrad.proving import kernel
from symgrad.proving.kernel.normal import Normaliser

Text = str | Tree
Entry = dict[str, Any]
IDENTITY: Entry = {"rule": "identity", "unfold": 0, "definitions": False}
FROM_DEFINITIONS: Entry = {**IDENTITY, "definitions": True}
X, N = Name("x"), Name("n")


def tree(text: Text) -> Tree:
    """A text as a tree."""
    return read(text) if isinstance(text, str) else text


def data(text: Text) -> Any:
    """A text as data."""
    return to_data(tree(text))


def forged(
    statement: Text,
    proof: Entry,
    given: Sequence[Text] = (),
    definitions: Sequence[tuple[Text, Text]] = (),
    functions: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A certificate of a proof, whatever it is worth."""
    assumed = [data(g) for g in given]
    return {
        "format": kernel.FORMAT, "verdict": "proved", "statement": data(statement), "given": assumed,
        "functions": functions or {}, "definitions": [[data(n), data(b)] for n, b in definitions],
        "used": assumed, "proof": proof, "attained": None,
    }  # fmt: skip


def difference(common: Text, gap: Text, *given: Text, functions: dict[str, str] | None = None) -> Entry:
    """An entry by signs, its intervals as the kernel itself has them."""
    trees = kernel.enclosed(tree(common), tree(gap))
    bounds = kernel.setting(functions or {}, (), [tree(g) for g in given]).bounds(*trees)
    return {"rule": "difference", "common": data(common), "difference": data(gap), "unfold": 0,
            "intervals": [[to_data(t), bounds.enclose(t).to_data()] for t in trees]}  # fmt: skip


def total(body: Text, index: str = "k") -> Tree:
    """A sum over 1..n."""
    return BigOp("sum", tree(body), index, ONE, N, True)


def equal(a: Tree, b: Tree) -> Tree:
    """An equation."""
    return Relation(("=",), (a, b))


def renamed(*names: str) -> Entry:
    """A generalisation of the first name to the second, which the statement has already."""
    return {"rule": "generalise", "names": [[data(names[1]), data(names[0])]], "given": [], "proof": IDENTITY}


FORGED: dict[str, Callable[[], dict[str, Any]]] = {
    "a fresh name that is an index": lambda: forged("w_j <= w_s", renamed("j", "s")),
    "a definition put under an index": lambda: forged(
        "a_n = a_3", FROM_DEFINITIONS, definitions=[("n", "3"), ("a_n", "5")]
    ),
    "a label taken for a number": lambda: forged(
        "w_f = w_1", FROM_DEFINITIONS, definitions=[("f", "1"), ("C", "w_f + w_1 + f")]
    ),
    "a label settled by an assumption": lambda: forged(
        "w_f = w_1", IDENTITY, ["f = 1"], definitions=[("C", "w_f + w_1 + f")]
    ),
    "a body captured by a sum": lambda: forged(
        equal(total("z"), total("k")), FROM_DEFINITIONS, definitions=[("z", "k"), ("C", "z + k")]
    ),
    "a bound letter with a definition": lambda: forged(
        equal(total("k x"), total("3 x")), FROM_DEFINITIONS, definitions=[("k", "3"), ("C", "k x")]
    ),
    "a bound letter with a value": lambda: forged(equal(total("k x"), total("3 x")), IDENTITY, ["k = 3"]),
    "a kind of number that holds another": lambda: forged(
        "x > 0", difference("1", "x", Is(X, "positive")), [Is(X, "nonpositive")]
    ),
    "bars that stand for relu": lambda: forged(
        "abs(x) > 0", difference("1", "abs(x)", "x != 0"), ["x != 0"], functions={"abs": "relu"}
    ),
    "a product downward taken for an empty one": lambda: forged(
        equal(BigOp("prod", tree("w_k"), "k", number(3), ONE, False), ONE), IDENTITY
    ),
    "a third derivative of log on the whole line": lambda: forged("log'''(x) - log'''(x) + 1 >= 1", IDENTITY),
    "a second derivative at a kink": lambda: forged("relu''(x)^2 >= 0", difference("1", "x^2")),
    "a condition that has no value": lambda: forged(
        Relation(("<=",), (Indicator(tree("1/x > 0")), ONE)), IDENTITY
    ),
    "a slope of max": lambda: forged(
        Relation(("<=",), (Apply(Name("max"), (X, ZERO), 1), Apply(Name("max"), (X, ZERO), 1))), IDENTITY
    ),
    "roots with two arguments": lambda: forged(
        Relation((">=",), (Apply(Name("sqrt"), (X, X)), ZERO)), difference("1", "x^2")
    ),
    "a choice from behind": lambda: forged(
        "x > 5 or x^2 >= 0", {"rule": "or", "choice": -1, "proof": difference("1", "x^2")}
    ),
    "a choice that is a truth value": lambda: forged(
        "x > 5 or x^2 >= 0", {"rule": "or", "choice": True, "proof": difference("1", "x^2")}
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_certificate_is_rejected(name: str) -> None:
    with pytest.raises(CertificateError):
        kernel.check(FORGED[name]())


def nested(times: int, wrap: Callable[[Tree], Tree], start: Tree = X) -> Tree:
    """A tree wrapped many times."""
    for _ in range(times):
        start = wrap(start)
    return start


def switched(times: int) -> Tree:
    """1[x > 0] (1 + 1[x > 0] (1 + ...))."""
    condition = Indicator(tree("x > 0"))
    return nested(times, lambda inner: Mul((condition, Add((ONE, inner)))))


def paths(depth: int) -> list[tuple[Text, Text]]:
    """Two states that feed each other: 2^depth paths."""
    rows: list[tuple[Text, Text]] = [("x_0", "p"), ("y_0", "p")]
    for k in range(depth):
        rows += [(f"x_{k + 1}", f"x_{k} y_{k}"), (f"y_{k + 1}", f"x_{k} + y_{k}")]
    return [*rows, ("C", f"x_{depth} y_{depth}")]


BOMBS: dict[str, Callable[[], dict[str, Any]]] = {
    "powers of powers of a number": lambda: forged(
        equal(*[nested(12, lambda t: Pow(t, number(64)), number(2))] * 2), IDENTITY
    ),
    "sums of sums": lambda: forged(
        equal(*[nested(6, lambda t: BigOp("sum", t, "k", ONE, number(200), True))] * 2), IDENTITY
    ),
    "slopes of slopes": lambda: forged(
        equal(*[nested(60, lambda t: Apply(Name("sigmoid"), (t,), 1))] * 2), {**IDENTITY, "unfold": 2}
    ),
    "bars in bars": lambda: forged(
        equal(*[nested(60, lambda t: Apply(Name("abs"), (Add((t, ONE)),)))] * 2), IDENTITY
    ),
    "conditions in conditions": lambda: forged(
        Relation((">=",), (switched(60), ZERO)), {**difference("1", "x^2"), "difference": data(switched(60))}
    ),
    "paths without number": lambda: forged("dC/dp = dC/dp", IDENTITY, definitions=paths(40)),
    "a long sum of long fractions": lambda: forged(
        equal(*[Add(tuple(Number(ONE.value / (7**k)) for k in range(1, 3000)))] * 2), IDENTITY
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_certificate_cannot_make_the_kernel_work_without_end(name: str) -> None:
    try:
        kernel.check(BOMBS[name]())
    except CertificateError:
        return


@pytest.mark.parametrize(
    ("claim", "given", "verdicts"),
    [
        ("n >= 0", ["n is natural"], {"proved"}),
        ("n >= 0", ["n is nonnegative integer"], {"proved"}),
        ("n >= 1", ["n is natural"], {"undecided"}),
        ("x >= 1", ["x is positive"], {"refuted"}),
        ("w_2 <= 1", ["w_{2*j} <= 1"], {"undecided"}),
        ("w_2 <= 1", ["w_{2-j} <= 1"], {"undecided"}),
        ("w_n <= 1", ["w_{j+1} <= 1"], {"undecided", "proved"}),
        ("w_1 <= 1", ["w_{j-1} <= 1"], {"proved"}),
        (r"\prod_{k=3}^{1} w_k = 1", [], {"refuted"}),
        (r"\prod_{k=3}^{1} w_k = w_1 w_2 w_3", [], {"proved"}),
        ("prod(w_k, k, 3, 1) = 1", [], {"proved"}),
    ],
)
def test_kinds_places_and_directions_mean_what_they_say(
    claim: str, given: list[str], verdicts: set[str]
) -> None:
    assert prove(claim, given=given, timeout=3).verdict in verdicts


def test_a_counterexample_meets_all_instances_of_an_assumption() -> None:
    members = [to_data(Name("w", (number(k),))) for k in range(150)]
    statement = Relation(("<=",), (Add(tuple(map(from_data, members))), ZERO))
    certificate: dict[str, Any] = {
        "format": kernel.FORMAT, "verdict": "refuted", "statement": to_data(statement),
        "given": [data("|w_i w_j| <= 1")], "functions": {}, "definitions": [],
        "counterexample": [[m, 2 if k == 149 else 0] for k, m in enumerate(members)],
    }  # fmt: skip
    with pytest.raises(CertificateError):
        kernel.check(certificate)


def test_a_memo_keeps_sides_apart() -> None:
    """The same tree in settings with other assumptions has other bounds."""
    here = kernel.setting({}, (), [tree("x >= 1")])
    further = here.with_assumption(tree("x >= 5"))
    assert here.bounds(X).enclose(X).low == 1
    assert further.bounds(X).enclose(X).low == 5
    assert here.bounds(X).enclose(Neg(X)).high == -1


def test_a_changed_normal_form_remembers_nothing() -> None:
    plain = Normaliser({})
    plain(tree("|x y|"))
    changed = replace(plain, never_negative=lambda inner: True)
    assert changed(tree("|x y|")).equals(plain(tree("x y")))
