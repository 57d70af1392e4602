"""Vectors and matrices in every kind of number: against hand values, NumPy and one another."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.arithmetic import (
    BFLOAT16,
    EXACT,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    MOD_P,
    SIGNED_LOG,
    Arb,
    Inexact,
    Undefined,
    compile_shaped,
)
from symgrad.arithmetic.arrays import numbers_of
from symgrad.arithmetic.kind import Kind
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Apply, Name, Tree, number
from symgrad.numerics.sizes import Sizes

M, N, K = Name("m"), Name("n"), Name("k")
SHAPES: dict[Name, tuple[Tree, ...]] = {
    Name("A"): (M, N), Name("B"): (N, K), Name("Q"): (N, N),
    Name("u"): (N,), Name("v"): (N,), Name("w"): (M,), Name("s"): (),
}  # fmt: skip
KINDS: list[Kind] = [FLOAT16, BFLOAT16, FLOAT32, FLOAT64, EXACT, Arb(128), SIGNED_LOG]
DIGITS = {"float16": 4e-3, "bfloat16": 3e-2, "float32": 1e-6}


def tree(text: str) -> Tree:
    names = frozenset(SHAPES)
    return read(text, Context("value", names, arrays=frozenset(n.stem for n, s in SHAPES.items() if s)))


def fractions(values: Any) -> Any:
    found = np.empty(np.shape(values), dtype=object)
    for place in np.ndindex(found.shape):
        found[place] = (
            Fraction(values) if found.shape == () else Fraction(np.asarray(values, dtype=object)[place])
        )
    return found


def value(text: str, kind: Kind, values: dict[str, Any]) -> Any:
    dimensions = {M: np.shape(values["A"])[0], N: np.shape(values["A"])[1], K: np.shape(values["B"])[1]}
    numbers: dict[Tree, Any] = {}
    for name, given_ in values.items():
        entries = fractions(given_)
        numbers[Name(name)] = numbers_of(entries, kind) if entries.shape else kind.number(entries[()])
    program = compile_shaped(tree(text), kind, Sizes(SHAPES, dict(dimensions)), {})
    return program(numbers)


def plain(found: Any) -> Any:
    return np.vectorize(float, otypes=[float])(found)


def point(m: int = 2, n: int = 3, k: int = 2, seed: int = 0) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    draw = lambda *size: random.integers(-4, 5, size) / 4  # noqa: E731
    return {
        "A": draw(m, n),
        "B": draw(n, k),
        "Q": draw(n, n),
        "u": draw(n),
        "v": draw(n),
        "w": draw(m),
        "s": 0.5,
    }


CASES = {
    "A u": lambda p: p["A"] @ p["u"],
    "A B": lambda p: p["A"] @ p["B"],
    "A^T w": lambda p: p["A"].T @ p["w"],
    "u^T v": lambda p: p["u"] @ p["v"],
    "w u^T": lambda p: np.outer(p["w"], p["u"]),
    "w^T A Q v": lambda p: p["w"] @ p["A"] @ p["Q"] @ p["v"],
    "w u^T v": lambda p: p["w"] * (p["u"] @ p["v"]),
    "(w u^T)^T": lambda p: np.outer(p["u"], p["w"]),
    "u .* v - s": lambda p: p["u"] * p["v"] - p["s"],
    "diag(u) v": lambda p: p["u"] * p["v"],
    "s A B/2": lambda p: p["s"] * p["A"] @ p["B"] / 2,
    "trace(Q)": lambda p: np.trace(p["Q"]),
    "sum(A) + mean(u)": lambda p: p["A"].sum() + p["u"].mean(),
    "sum(Q .^ 2)": lambda p: (p["Q"] ** 2).sum(),
    "max(u)": lambda p: p["u"].max(),
    "u[2] + A[1, 3]": lambda p: p["u"][1] + p["A"][0, 2],
    "half_square(u, v)": lambda p: ((p["u"] - p["v"]) ** 2).sum() / 2,
    "mse(u, v)": lambda p: ((p["u"] - p["v"]) ** 2).mean(),
    "huber(u, v)": lambda p: np.where(
        abs(p["u"] - p["v"]) <= 1, (p["u"] - p["v"]) ** 2 / 2, abs(p["u"] - p["v"]) - 0.5
    ).mean(),
    "max(u, v)": lambda p: np.maximum(p["u"], p["v"]),
    "relu(u - v)": lambda p: np.maximum(p["u"] - p["v"], 0),
    "norm(u)^2": lambda p: p["u"] @ p["u"],
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("text", CASES)
def test_operations_agree_with_numpy(text: str, kind: Kind) -> None:
    if text == "norm(u)^2" and kind is EXACT:
        return
    for seed, sizes in enumerate([(2, 3, 2), (1, 3, 1), (2, 3, 1)]):
        values = point(*sizes, seed=seed)
        found, wanted = value(text, kind, values), CASES[text](values)
        assert np.shape(found) == np.shape(wanted)
        assert np.allclose(plain(found), wanted, rtol=DIGITS.get(kind.name, 1e-12), atol=1e-12)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 999))
def test_sizes_of_one_change_nothing(m: int, n: int, k: int, seed: int) -> None:
    values = point(m, n, k, seed)
    for text in ("A B", "w^T A", "(A^T w) u^T", "A Q B", "(w u^T)^T w", "A u + w"):
        by_numpy = {
            "A B": lambda p: p["A"] @ p["B"],
            "w^T A": lambda p: (p["w"] @ p["A"]).reshape(1, -1),
            "(A^T w) u^T": lambda p: np.outer(p["A"].T @ p["w"], p["u"]),
            "A Q B": lambda p: p["A"] @ p["Q"] @ p["B"],
            "(w u^T)^T w": lambda p: np.outer(p["u"], p["w"]) @ p["w"],
            "A u + w": lambda p: p["A"] @ p["u"] + p["w"],
        }[text](values)
        found = value(text, EXACT, values)
        assert np.shape(found) == by_numpy.shape
        assert np.array_equal(plain(found), by_numpy)


@pytest.mark.parametrize("kind", [FLOAT64, FLOAT32, Arb(128), SIGNED_LOG], ids=lambda kind: kind.name)
def test_softmax_norms_and_their_like(kind: Kind) -> None:
    values = point()
    p = np.exp(values["u"]) / np.exp(values["u"]).sum()
    assert np.allclose(plain(value("softmax(u)", kind, values)), p, rtol=1e-6)
    assert float(value("norm(Q)", kind, values)) == pytest.approx(np.linalg.norm(values["Q"]), rel=1e-6)
    assert float(value("opnorm(A)", kind, values)) == pytest.approx(np.linalg.norm(values["A"], 2), rel=1e-6)
    assert float(value("cross_entropy(softmax(u), v)", kind, values)) == pytest.approx(
        -(values["v"] * np.log(p)).sum(), rel=1e-5
    )


def test_the_spectral_norm_is_enclosed() -> None:
    values = point() | {"Q": [[3, 0, 0], [0, 3, 0], [0, 0, -3]], "A": [[1, 2, 0], [3, 4, 0]]}
    assert value("opnorm(Q)", Arb(128), values).contains(3)
    assert value("opnorm(Q)", EXACT, values) == 3
    ball = value("opnorm(A)", Arb(256), values)
    assert float(ball) == pytest.approx(((30 + 884**0.5) / 2) ** 0.5, rel=1e-15)
    assert ball.rel_accuracy_bits() > 100
    with pytest.raises(Inexact):
        value("opnorm(A)", EXACT, values)


def test_stable_forms_survive_large_numbers() -> None:
    values = point() | {"u": [1000, 0, -1000], "v": [1, 0, 0]}
    assert plain(value("softmax(u)", FLOAT64, values)).tolist() == [1, 0, 0]
    assert float(value("norm(u)", FLOAT16, values | {"u": [300, 400, 0]})) == 500  # squares overflow
    assert float(value("norm(u)", FLOAT64, values | {"u": [3 * 10**200, 4 * 10**200, 0]})) == pytest.approx(
        5e200
    )
    small = value("softmax(u)", SIGNED_LOG, values)
    assert small[2].log == pytest.approx(-2000)


def test_narrow_formats_round_every_partial_sum() -> None:
    values = point(1, 3) | {"u": [2048, 1, 1], "v": [1, 1, 1]}
    assert float(value("u^T v", FLOAT16, values)) == 2048  # 2048 + 1 rounds back, twice
    assert float(value("sum(u)", FLOAT16, values)) == 2048
    assert float(value("u^T v", FLOAT32, values)) == 2050
    assert float(value("u^T v", BFLOAT16, values | {"u": [256, 1, 1]})) == 256


def test_exact_numbers_by_hand() -> None:
    values = point() | {"u": ["1/3", "1/6", "1/2"], "v": [0, 0, 0], "A": [[1, 2, 3], [4, 5, 6]]}
    assert value("A u", EXACT, values).tolist() == [Fraction(13, 6), Fraction(31, 6)]
    assert value("softmax(v)", EXACT, values).tolist() == [Fraction(1, 3)] * 3
    with pytest.raises(Inexact):
        value("softmax(u)", EXACT, values)
    with pytest.raises(Undefined):
        value("u ./ v", EXACT, values)


def test_residues_satisfy_the_identities_of_matrices() -> None:
    values = point()
    left, right = value("(A Q) B", MOD_P, values), value("A (Q B)", MOD_P, values)
    assert (left == right).all()
    assert value("trace(u v^T)", MOD_P, values) == value("u^T v", MOD_P, values)
    softmax = value("softmax(u)", MOD_P, values)
    assert MOD_P.total(softmax) == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ones(2, 3)", np.ones((2, 3))),
        ("eye(2)", np.eye(2)),
        ("unit(2, 3)", [0, 1, 0]),
        ("ones(n)", [1, 1, 1]),
    ],
)
def test_constructors(text: str, wanted: Any) -> None:
    name, _, rest = text.partition("(")
    arguments = tuple(number(int(a)) if a.strip().isdecimal() else N for a in rest.rstrip(")").split(","))
    program = compile_shaped(Apply(Name(name), arguments), EXACT, Sizes(SHAPES, {N: 3}), {})
    assert np.array_equal(plain(program({})), np.asarray(wanted, dtype=float))


def test_the_slope_of_a_maximum_is_its_first_place() -> None:
    for kind in (EXACT, FLOAT64):
        numbers = {Name("u"): numbers_of(fractions([1, 5, 5]), kind)}
        slope = Apply(Name("max"), (Name("u"),), 1)
        found = compile_shaped(slope, kind, Sizes(SHAPES, {N: 3}), {})(numbers)
        assert plain(found).tolist() == [0, 1, 0]
    ball = Arb(64)
    wide = numbers_of(fractions([1, 5, 5]), ball)
    wide[1] = wide[1].union(wide[2] + 1)
    found = compile_shaped(Apply(Name("max"), (Name("u"),), 1), ball, Sizes(SHAPES, {N: 3}), {})
    assert found({Name("u"): wide})[1].contains(1)
