"""Derivatives of any order against mpmath, and big operators written out."""

from __future__ import annotations

import mpmath
import pytest

from symgrad.arithmetic import FLOAT64, TooLong, atoms, evaluate, nth_derivative, written_out
from symgrad.functions import registry
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Add, Mul, Name, Tree, number

X = Name("x")


def tree(text: str) -> Tree:
    return read(text, Context("claim", frozenset({X, Name("C"), Name("a", (number(4),))})))


SMOOTH = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "exp": mpmath.exp,
    "log": mpmath.log,
    "sqrt": mpmath.sqrt,
    "identity": lambda z: z,
}


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("order", range(5))
def test_builtin_derivatives(name: str, order: int) -> None:
    formula = nth_derivative(registry.lookup(name), order)
    for x in (0.3, 1.7):
        with mpmath.workdps(40):
            truth = float(mpmath.diff(SMOOTH[name], x, order))
        assert evaluate(formula, {X: FLOAT64.dtype(x)}, FLOAT64) == pytest.approx(truth, rel=1e-9, abs=1e-9)


def test_kinked_derivatives_vanish_beyond_the_first() -> None:
    assert nth_derivative(registry.lookup("relu"), 2) == number(0)


def test_a_formula_is_differentiated_too() -> None:
    formula = nth_derivative(tree("x^3/3 + e^(2 x)/(1 + x)"), 2)
    with mpmath.workdps(40):
        truth = float(mpmath.diff(lambda z: z**3 / 3 + mpmath.exp(2 * z) / (1 + z), 0.4, 2))
    assert evaluate(formula, {X: FLOAT64.dtype(0.4)}, FLOAT64) == pytest.approx(truth, rel=1e-10)


def w(index: int) -> Name:
    return Name("w", (number(index),))


def test_big_operators_are_written_out_with_their_indices() -> None:
    assert written_out(tree("prod(w_{k-1}, k, 2, 4)")) == Mul((w(1), w(2), w(3)))
    assert written_out(tree("sum(k w_k, k, 1, 2)")) == Add((Mul((number(1), w(1))), Mul((number(2), w(2)))))
    assert written_out(tree("prod(w_k, k, 3, 2)")) == number(1)
    assert written_out(tree("sum(w_k, k, 3, 2)")) == number(0)
    nested = written_out(tree("sum(prod(w_k, k, 1, j), j, 1, 2)"))
    assert nested == Add((w(1), Mul((w(1), w(2)))))


def test_symbolic_ranges_stay_and_long_ones_are_refused() -> None:
    symbolic = tree("prod(w_k, k, 2, n)")
    assert written_out(symbolic) == symbolic
    with pytest.raises(TooLong):
        written_out(tree("prod(w_k, k, 1, 65)"))


def test_atoms_are_variables_and_tokens() -> None:
    found = atoms(tree("x dC/da_4 w_2 sum(v_k n, k, 1, m)"))
    assert tree("dC/da_4") in found and w(2) in found and Name("n") in found and Name("m") in found
    assert Name("C") not in found and Name("k") not in found
