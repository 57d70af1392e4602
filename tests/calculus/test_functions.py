"""Chains through every function, with options and with losses: derived, checked, valued against mpmath."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from mpmath import mp, mpf

from symgrad.calculus.check import check
from symgrad.calculus.derive import derive
from symgrad.errors import DerivationError, InputError, UnknownNameError
from symgrad.functions import registry
from symgrad.functions.application import expanded
from symgrad.network.graph import Network
from symgrad.notation.tree import Apply, Derivative, Name, Number, rebuild, walk
from symgrad.notation.writers.plain import plain
from symgrad.numerics.evaluate import evaluate
from symgrad.values.derivation import RULES, Derivation
from tests.calculus.chains import chain
from tests.functions.evaluation import TRUTH

VALUES = {"w": Fraction(7, 5), "x": Fraction(2, 3), "y": Fraction(1, 4)}


def slope(f: Callable[[Any], Any], at: Any) -> Any:
    with mp.workdps(60):
        return mp.diff(f, at)


def number(network: Network, values: dict[str, Fraction], precision: str = "float64") -> Any:
    found = derive(network, Name("w"))
    assert check(network, found)
    assert {step.rule for step in found.steps} <= set(RULES)
    return evaluate(network, [found], values, precision)[0].value


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", registry.names())
def test_a_chain_through_every_function(name: str, sign: int) -> None:
    if name == "erfc" or (sign < 0 and name in ("log", "sqrt")):
        return
    network = chain(f"z = w x\na = {name}(z)\nC = half_square(a, y)\n")
    values = {**VALUES, "w": sign * VALUES["w"]}
    x, y = mpf(2) / 3, mpf(1) / 4
    expected = slope(lambda w: (TRUTH[name](w * x) - y) ** 2 / 2, mpf(sign * 7) / 5)
    assert number(network, values) == pytest.approx(float(expected), rel=1e-12, abs=1e-15)


def test_options_go_from_the_chain_file_to_the_numbers() -> None:
    bound = chain("rho = leaky_relu(slope=1/5)\nz = w x\na = rho(z)\nC = mse(a, y)\n")
    assert bound.functions == {"rho": "leaky_relu(slope=1/5)"}
    inline = chain("z = w x\na = leaky_relu(z, slope=0.2)\nC = mse(a, y)\n")
    usual = chain("rho = leaky_relu(slope=1/100)\nz = w x\na = rho(z)\nC = mse(a, y)\n")
    assert usual.functions == {"rho": "leaky_relu"}
    values = {**VALUES, "w": Fraction(-3)}
    for network, rate in ((bound, Fraction(1, 5)), (inline, Fraction(1, 5)), (usual, Fraction(1, 100))):
        expected = 2 * (rate * -2 - Fraction(1, 4)) * rate * Fraction(2, 3)
        assert number(network, values, "exact") == expected
    assert [plain(f) for f in derive(bound, Name("w")).factors] == ["x", "rho'(z)", "dC/da"]


def test_two_functions_that_differ_in_an_option_are_not_taken_for_each_other() -> None:
    network = chain("a = leaky_relu(w x, slope=1/5)\nC = a - y\n")
    found = derive(network, Name("w"))
    assert check(network, found)

    def other(tree: Any) -> Any:
        if isinstance(tree, Apply):
            return Apply(tree.function, tree.arguments, tree.order, (("slope", Number(Fraction(1, 4))),))
        return rebuild(tree, other)

    with pytest.raises(DerivationError):
        check(network, changed(found, other))


def changed(found: Derivation, change: Callable[[Any], Any]) -> Derivation:
    steps = tuple(
        replace(s, after=change(s.after)) if isinstance(s.before, Derivative) else s for s in found.steps
    )
    return replace(found, steps=steps, factors=tuple(map(change, found.factors)))


LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "half_square(a, y)": lambda a, y: (a - y) ** 2 / 2,
    "mse(a, y)": lambda a, y: (a - y) ** 2,
    "huber(a, y)": lambda a, y: (a - y) ** 2 / 2 if abs(a - y) <= 1 else abs(a - y) - mpf(1) / 2,
    "huber(a, y, delta=1/10)": lambda a, y: abs(a - y) / 10 - mpf(1) / 200,
    "binary_cross_entropy(a, y)": lambda a, y: -y * mp.log(a) - (1 - y) * mp.log(1 - a),
    "cross_entropy(a, y)": lambda a, y: -y * mp.log(a),
    "hinge(a, y)": lambda a, y: max(mpf(0), 1 - y * a),
    "max(a, y)": max,
    "min(a, y, 3)": min,
    "max(y, 0, a, a^2)": lambda a, y: max(y, 0, a, a * a),
    "a + max(y, min(2 a, 3))": lambda a, y: a + max(y, min(2 * a, mpf(3))),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_by_their_formula(loss: str) -> None:
    network = chain(f"a = sigmoid(w x)\nC = {loss}\n")
    assert plain(network.bodies[-1]) == loss
    expected = slope(lambda w: LOSSES[loss]((1 + mp.tanh(w * mpf(1) / 3)) / 2, mpf(1) / 4), mpf(7) / 5)
    assert number(network, VALUES) == pytest.approx(float(expected), rel=1e-12, abs=1e-15)


def test_steps_say_which_formula_was_used_and_where_it_is_smooth() -> None:
    network = chain("a = w x\nC = huber(a, y, delta=1/2)\n")
    (step,) = [s for s in derive(network, Name("w")).steps if s.rule == "objective-derivative"]
    first = step.substeps[0]
    assert first.rule == "formula-rule" and plain(first.before) == "huber(a, y, delta=1/2)"
    assert first.after == step.after and not step.conditions
    hinge = chain("a = w x\nC = hinge(a, y)\n")
    (step,) = [s for s in derive(hinge, Name("w")).steps if s.rule == "objective-derivative"]
    assert [plain(c) for c in step.conditions] == ["y a != 1"]
    assert plain(step.after) == "-y*1[0 < 1 - y a]"


def test_the_first_argument_counts_at_a_tie_and_relu_is_flat_there() -> None:
    tie = {"w": Fraction(1), "x": Fraction(1), "y": Fraction(1)}
    for text, expected in (
        ("max(w x, y)", 1),
        ("max(y, w x)", 0),
        ("min(w x, y)", 1),
        ("min(y, w x)", 0),
        ("max(0, w x - 1)", 0),
        ("relu(w x - 1)", 0),
        ("abs(w x - 1)", 0),
        ("leaky_relu(w x - 1, slope=1/3)", Fraction(1, 3)),
        ("hard_tanh(w x)", 1),
        ("hard_tanh(w x - 2)", 0),
        ("elu(w x - 1, alpha=2)", 2),
    ):
        network = chain(f"C = {text}\n")
        values = {name: tie[name] for name in map(plain, network.leaves)}
        assert number(network, values, "exact") == expected, text


def test_conditions_of_kinks_and_jumps() -> None:
    for text, expected in (
        ("hardswish(w)", ["w != -3", "w != 3"]),
        ("elu(w)", []),
        ("elu(w, alpha=2)", ["w != 0"]),
        ("leaky_relu(w, slope=1)", []),
        ("floor(w)", ["w != floor(w)"]),
        ("sqrt(w)", ["w > 0"]),
        ("log(w)", []),
    ):
        (step,) = [s for s in derive(chain(f"C = {text}\n"), Name("w")).steps if s.rule != "chain-rule"]
        assert [plain(c) for c in step.conditions] == expected, text


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("rho = leaky_relu(slop=1/5)\nC = rho(w)\n", "unknown-option", 1),
        ("rho = tanh(slope=1/5)\nC = rho(w)\n", "unknown-option", 1),
        ("rho = leaky_relu(slope=v)\nC = rho(w)\n", "option-not-number", 1),
        ("z = w x\nC = elu(z, alpha=w)\n", "option-not-number", 2),
        ("z = w x\nC = huber(z, y, size=2)\n", "unknown-option", 2),
    ],
)
def test_bad_options_are_errors_at_their_place(text: str, what: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        chain(text)
    assert caught.value.what == what and caught.value.where is not None and caught.value.where.line == line
    assert isinstance(caught.value, UnknownNameError) is (what == "unknown-option")
    assert "slop" in str(caught.value) or "alpha" in str(caught.value) or "size" in str(caught.value)


def test_formulas_expand_to_elementary_functions() -> None:
    tree = chain("a = w x\nC = hinge(a, y) + huber(a, y)\n").bodies[-1]
    stems = {n.function.stem for n in walk(expanded(tree, {})) if isinstance(n, Apply)}
    assert stems == {"abs"}
