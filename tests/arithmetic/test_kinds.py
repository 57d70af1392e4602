"""One interpreter, many kinds of number: each against independent truth."""

from __future__ import annotations

import math
import struct
import subprocess
import sys
from fractions import Fraction

import mpmath
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
    Kind,
    ModP,
    NotScalar,
    SignedLog,
    Undefined,
    Unvalued,
    compile_tree,
    evaluate,
)
from symgrad.functions import registry
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Name, Tree, number

X = Name("x")
FUNCTIONS = frozenset(registry.names()) | {"sigma", "sech", "cosh", "max", "min"}
LOGISTIC = {"sigma": "sigmoid"}
fractions = st.fractions(min_value=-20, max_value=20, max_denominator=50)


def tree(text: str) -> Tree:
    return read(text, Context("claim", frozenset({X}), functions=FUNCTIONS))


def at(text: str, x: Fraction | int, kind: Kind) -> object:
    with kind.working():
        value = kind.number(Fraction(x))
    return evaluate(tree(text), {X: value}, kind, LOGISTIC)


def mp_sigmoid(z: object) -> object:
    return 1 / (1 + mpmath.exp(-z))  # type: ignore[operator]


TRUTH = {
    "sigma(x)": mp_sigmoid,
    "sigma'(x)": lambda z: mp_sigmoid(z) * mp_sigmoid(-z),
    "sigma''(x)": lambda z: mpmath.diff(mp_sigmoid, z, 2),
    "tanh(x)": mpmath.tanh,
    "tanh'(x)": lambda z: mpmath.sech(z) ** 2,
    "softplus(x)": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "softplus''(x)": lambda z: mp_sigmoid(z) * mp_sigmoid(-z),
    "e^(-x^2/50)": lambda z: mpmath.exp(-z * z / 50),
    "sech(x/2)^2/4": lambda z: mpmath.sech(z / 2) ** 2 / 4,
    "sqrt(x^2 + 1)": lambda z: mpmath.sqrt(z * z + 1),
    "(x^2 + 1)^(1/3)": lambda z: mpmath.cbrt(z * z + 1),
    "relu(x) - abs(x)/2": lambda z: z / 2,
    "max(x, 1) min(x, 1)": lambda z: z,
    "sum(x^k/k, k, 1, 4)": lambda z: sum(z**k / k for k in range(1, 5)),
}


@pytest.mark.parametrize("text", TRUTH)
@given(x=fractions)
def test_enclosures_hold_the_truth(text: str, x: Fraction) -> None:
    with mpmath.workdps(60):
        truth = TRUTH[text](mpmath.mpf(x.numerator) / x.denominator)
        ball = at(text, x, Arb(160))
        middle, radius = mpmath.mpf(ball.mid().str(60, radius=False)), float(ball.rad())
        assert abs(middle - truth) <= radius + mpmath.mpf(10) ** -40 * (1 + abs(truth))
        assert radius <= 1e-25 * (1 + abs(truth))


@pytest.mark.parametrize("text", TRUTH)
@given(x=fractions)
def test_doubles_are_near_the_truth(text: str, x: Fraction) -> None:
    with mpmath.workdps(50):
        truth = float(TRUTH[text](mpmath.mpf(x.numerator) / x.denominator))
    value = at(text, x, FLOAT64)
    assert isinstance(value, np.float64)
    assert math.isclose(value, truth, rel_tol=1e-12, abs_tol=1e-13)


@given(x=fractions)
def test_log_space_agrees_with_doubles(x: Fraction) -> None:
    for text in TRUTH:
        value = float(at(text, x, SIGNED_LOG))
        assert math.isclose(value, float(at(text, x, FLOAT64)), rel_tol=1e-9, abs_tol=1e-9)


@given(a=fractions, b=fractions, c=fractions)
def test_rational_operations_are_exact_and_modular_ones_agree(a: Fraction, b: Fraction, c: Fraction) -> None:
    values = dict(zip((Name("a"), Name("b"), Name("c")), (a, b, c), strict=True))
    expression = read("a b - c^3/(1 + b^2) + (a - c)^2 relu(b)", Context("claim", frozenset(values)))
    exact = evaluate(expression, values, EXACT)
    assert exact == a * b - c**3 / (1 + b**2) + (a - c) ** 2 * max(b, 0)
    plain = read("a b - c^3/(1 + b^2) + (a - c)^2", Context("claim", frozenset(values)))
    residues = {name: MOD_P.number(value) for name, value in values.items()}
    assert evaluate(plain, residues, MOD_P) == MOD_P.number(evaluate(plain, values, EXACT))


def test_exact_values_where_the_questionnaire_has_them() -> None:
    assert at("sigma(x)", 0, EXACT) == Fraction(1, 2)
    assert at("sigma'(x)", 0, EXACT) == Fraction(1, 4)
    assert at("sigma''(x) + tanh(x)", 0, EXACT) == 0
    assert at("sqrt(x) + x^(3/2)", Fraction(9, 4), EXACT) == Fraction(3, 2) + Fraction(27, 8)
    assert at("x^100", Fraction(4, 5), EXACT) == Fraction(4, 5) ** 100


@pytest.mark.parametrize(
    ("text", "x"),
    [("sigma(x)", 1), ("sqrt(x)", 2), ("e^x", 1), ("softplus(x)", 0), ("x^(9^9)", 9), ("pi x", 1)],
)
def test_irrational_or_huge_is_refused_not_rounded(text: str, x: int) -> None:
    with pytest.raises(Inexact):
        at(text, x, EXACT)


@pytest.mark.parametrize("kind", [EXACT, MOD_P, SIGNED_LOG, Arb(64)])
def test_division_by_zero_has_no_value(kind: Kind) -> None:
    with pytest.raises(Undefined):
        at("1/(x - x)", 3, kind)


def test_doubles_divide_by_zero_silently() -> None:
    assert at("1/(x - x)", 3, FLOAT64) == math.inf


@pytest.mark.parametrize(("kind", "z"), [(FLOAT16, 9), (FLOAT32, 17), (FLOAT64, 37)])
def test_the_slope_does_not_cancel(kind: Kind, z: int) -> None:
    truth = math.exp(-z) / (1 + math.exp(-z)) ** 2
    assert float(at("sigma(x)(1 - sigma(x))", z, kind)) == 0.0
    assert math.isclose(float(at("sigma'(x)", z, kind)), truth, rel_tol=2e-2)


def test_large_arguments_do_not_overflow() -> None:
    assert at("sigma(x)", -1000, FLOAT64) == 0 and at("softplus(x)", 1000, FLOAT64) == 1000
    assert at("softplus(x)", 1000, FLOAT32) == 1000 and at("tanh(x)", 1000, FLOAT16) == 1


@given(x=st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_bfloat16_is_the_nearest_with_ties_to_even(x: float) -> None:
    from symgrad.arithmetic.floats import round_to_bfloat16

    bits = struct.unpack("<I", struct.pack("<f", x))[0]
    below, above = bits & 0xFFFF0000, (bits & 0xFFFF0000) + 0x10000
    rounded = int(round_to_bfloat16(np.float32(x)).view(np.uint32))
    assert rounded in (below, above)
    distance = bits - below
    expected = below if distance < 0x8000 else above if distance > 0x8000 else below + (below & 0x10000)
    assert rounded == expected


def test_every_operation_of_narrow_kinds_is_rounded() -> None:
    assert at("x + 1 - x", 2048, FLOAT16) == 0
    assert at("x + 1 - x", 256, BFLOAT16) == 0
    assert at("x + 1 - x", 2**24, FLOAT32) == 0
    assert at("1/3 + x", 0, BFLOAT16) == np.float32(0.333984375)
    assert isinstance(at("sigma'(x)", 1, FLOAT16), np.float16)


def test_log_space_never_underflows() -> None:
    tiny = at("sigma'(x)", -5000, SIGNED_LOG)
    assert tiny.sign == 1 and math.isclose(tiny.log, -5000)
    product = SignedLog.of(1)
    for _ in range(10_000):
        product = product * SignedLog.of(Fraction(-1, 4))
    assert product.sign == 1 and math.isclose(product.log, -10_000 * math.log(4))
    assert float(product) == 0.0 and str(product).endswith("e-6021")
    assert SignedLog.of(Fraction(10) ** -5000) - SignedLog.of(Fraction(10) ** -5000) == SignedLog.of(0)


@given(a=fractions, b=fractions)
def test_log_space_arithmetic(a: Fraction, b: Fraction) -> None:
    left, right = SignedLog.of(a), SignedLog.of(b)
    assert math.isclose(float(left + right), float(a + b), rel_tol=1e-9, abs_tol=1e-12)
    assert math.isclose(float(left - right), float(a - b), rel_tol=1e-9, abs_tol=1e-12)
    assert math.isclose(float(left * right), float(a * b), rel_tol=1e-12)
    if b:
        assert math.isclose(float(left / right), float(a / b), rel_tol=1e-12)


def test_atoms_modulo_p_depend_on_function_order_argument_and_seed() -> None:
    values = {X: 7}
    general = evaluate(tree("f(x)"), values, MOD_P)
    others = [
        evaluate(tree("g(x)"), values, MOD_P),
        evaluate(tree("f'(x)"), values, MOD_P),
        evaluate(tree("f(x + 1)"), values, MOD_P),
        evaluate(tree("f(x)"), values, ModP(1)),
    ]
    assert general == evaluate(tree("f(2 x - 7)"), values, MOD_P)
    assert len({general, *others}) == 5
    assert at("sigma'(x)", 3, MOD_P) == at("sigma(x) - sigma(x)^2", 3, MOD_P)


def test_values_may_stand_for_whole_subtrees() -> None:
    kept = tree("sigma'(x)")
    token = read("dC/dx", Context("claim", frozenset({X, Name("C")})))
    from symgrad.notation.tree import Mul

    product = Mul((kept, token, X))
    assert evaluate(product, {kept: Fraction(1, 4), token: Fraction(8), X: Fraction(3)}, EXACT, LOGISTIC) == 6
    program = compile_tree(product, EXACT, LOGISTIC, kept={kept})
    assert program({kept: Fraction(1), token: Fraction(1), X: Fraction(5)}) == 5


def test_missing_values_and_vectors_are_named() -> None:
    with pytest.raises(Unvalued) as missing:
        evaluate(tree("x y_2"), {X: Fraction(1)}, EXACT)
    assert missing.value.tree == Name("y", (number(2),))
    with pytest.raises(NotScalar):
        evaluate(tree("prod(x, k, 1, n)"), {X: Fraction(1), Name("n"): Fraction(2)}, EXACT)


def test_conditions() -> None:
    assert at("1[0 < x <= 2]", 2, EXACT) == 1 and at("1[0 < x <= 2]", 3, EXACT) == 0
    assert at("relu'(x) + abs'(x)", 0, EXACT) == 0
    hull = evaluate(
        tree("1[x > 0]"),
        {X: Arb(64).unknown_choice((Arb(64).number(Fraction(-1)), Arb(64).number(Fraction(1))))},
        Arb(64),
    )
    assert hull.contains(0) and hull.contains(1)


def test_importing_arithmetic_loads_no_numerics() -> None:
    code = "import sys, symgrad.arithmetic, symgrad.algebra; "
    code += "print(sorted({'numpy', 'flint', 'sympy'} & {*sys.modules}))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
