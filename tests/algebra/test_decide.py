"""Verdicts on the answers a class gives: right ones in many dresses, slips, and what nobody can decide."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest

from symgrad.algebra import Algebra, Decision, Level, Scope, close, equal, fingerprint
from symgrad.arithmetic import EXACT, Inexact, atoms, evaluate
from symgrad.functions import registry
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Derivative, Name, Tree, number, strip_spans

FUNCTIONS = frozenset(registry.names()) | {"sigma", "cost", "sech", "cosh"}


def member(stem: str, index: int) -> Name:
    return Name(stem, (number(index),))


class Chain:
    """Neurons in a row: z_j = w_j a_{j-1} + b_j, a_j = sigma(z_j), C = what is asked."""

    def __init__(
        self, depth: int = 4, cost: str = "cost(a_4)", token: str | None = None, **functions: str
    ) -> None:
        names = {member(s, j) for s in "wbza" for j in range(depth + 1)} | {Name(s) for s in "yCz"}
        self.context = Context("claim", frozenset(names), functions=FUNCTIONS)
        self.definitions: list[tuple[Name, Tree]] = []
        for j in range(1, depth + 1):
            self.definitions.append((member("z", j), self.read(f"w_{{{j}}} a_{{{j - 1}}} + b_{{{j}}}")))
            self.definitions.append((member("a", j), self.read(f"sigma(z_{{{j}}})")))
        self.definitions.append((Name("C"), self.read(cost)))
        tokens = {Derivative(Name("C"), member("a", depth)): self.read(token)} if token else {}
        self.scope = Scope(self.definitions, functions, tokens)

    def read(self, text: str) -> Tree:
        return strip_spans(read(text, self.context))

    def decide(self, answer: str, gold: str) -> Decision:
        return equal(self.read(answer), self.read(gold), self.scope)


GENERAL = Chain()
LOGISTIC = Chain(sigma="sigmoid")
SQUARE = Chain(cost="(a_4 - y)^2/2", token="a_4 - y", sigma="sigmoid")
ENTROPY = Chain(
    cost="-(y log(a_4) + (1 - y) log(1 - a_4))", token="-(y/a_4 - (1 - y)/(1 - a_4))", sigma="sigmoid"
)
PATH = "sigma'(z_1) w_2 sigma'(z_2) w_3 sigma'(z_3) w_4 sigma'(z_4)"
B1 = f"{PATH} dC/da_4"
W3 = "a_2 sigma'(z_3) w_4 sigma'(z_4) dC/da_4"


@pytest.mark.parametrize(
    "answer",
    [
        "dC/da_4 sigma'(z_4) w_4 sigma'(z_3) w_3 sigma'(z_2) w_2 sigma'(z_1)",
        "sigma'(z_1) prod(w_j sigma'(z_j), j, 2, 4) dC/da_4",
        "w_2 w_3 w_4 prod(sigma'(z_k), k, 1, 4) dC/da_4",
        "sigma'(w_1 a_0 + b_1) w_2 sigma'(z_2) w_3 sigma'(z_3) w_4 sigma'(z_4) cost'(a_4)",
    ],
)
@pytest.mark.parametrize("chain", [GENERAL, LOGISTIC])
def test_right_for_every_activation(chain: Chain, answer: str) -> None:
    assert chain.decide(answer, B1).verdict == "equal"


@pytest.mark.parametrize(
    "answer",
    [
        "w_2 w_3 w_4 prod(sigma(z_k)(1-sigma(z_k)), k, 1, 4) dC/da_4",
        "a_1 (1-a_1) w_2 a_2 (1-a_2) w_3 a_3 (1-a_3) w_4 a_4 (1-a_4) dC/da_4",
    ],
)
def test_right_for_the_sigmoid_only(answer: str) -> None:
    assert LOGISTIC.decide(answer, B1).verdict == "equal"
    general = GENERAL.decide(answer, B1)
    assert general.verdict == "different"
    assert dict(general.witness.functions)["sigma"] != "sigmoid"


@pytest.mark.parametrize(
    ("chain", "answer", "gold"),
    [
        (SQUARE, f"(a_4-y) {PATH}", B1),
        (SQUARE, f"-(y-a_4) {PATH}", B1),
        (SQUARE, f"a_4 {PATH} - y {PATH}", B1),
        (SQUARE, f"{PATH} (sigma(z_4) - y)", B1),
        (SQUARE, f"2(a_4-y)/2 {PATH}", B1),
        (LOGISTIC, "sigma(z_2) sigma'(z_3) w_4 sigma'(z_4) dC/da_4", W3),
        (LOGISTIC, "dC/da_4 sigma'(z_4) w_4 sigma'(z_3) a_2", W3),
        (ENTROPY, "sigma(z_4) - y", "sigma'(z_4) dC/da_4"),
        (ENTROPY, "1/(1 + e^(-z_4)) - y", "sigma'(z_4) dC/da_4"),
        (SQUARE, "(a_4-y) a_4 (1-a_4)", "sigma'(z_4) dC/da_4"),
    ],
)
def test_right_with_the_chain_as_context(chain: Chain, answer: str, gold: str) -> None:
    assert chain.decide(answer, gold).verdict == "equal"


SLIPS = [
    (GENERAL, "sigma'(z_1) w_2 sigma'(z_2) w_3 sigma'(z_3) sigma'(z_4) dC/da_4", B1),
    (GENERAL, "sigma'(z_1) w_2 sigma'(z_2) w_3 w_4 sigma'(z_4) dC/da_4", B1),
    (GENERAL, "w_2 sigma'(z_2) w_3 sigma'(z_3) w_4 sigma'(z_4) dC/da_4", B1),
    (GENERAL, f"w_1 sigma'(z_1) {B1}", B1),
    (GENERAL, f"a_0 {B1}", B1),
    (GENERAL, "sigma'(z_1) w_1 sigma'(z_2) w_2 sigma'(z_3) w_3 sigma'(z_4) dC/da_4", B1),
    (GENERAL, "sigma'(z_1) w_2 sigma'(z_2) w_3 sigma'(z_2) w_4 sigma'(z_4) dC/da_4", B1),
    (LOGISTIC, "sigma'(z_1) w_2 sigma'(z_2) w_3 sigma'(z_2) w_4 sigma'(z_4) dC/da_4", B1),
    (GENERAL, "sigma(z_1) w_2 sigma(z_2) w_3 sigma(z_3) w_4 sigma(z_4) dC/da_4", B1),
    (LOGISTIC, "sigma'(z_1) w_2 sigma'(z_2) w_3 sigma(z_3) w_4 sigma'(z_4) dC/da_4", B1),
    (LOGISTIC, "sigma''(z_1) w_2 sigma'(z_2) w_3 sigma'(z_3) w_4 sigma'(z_4) dC/da_4", B1),
    (GENERAL, f"-{B1}", B1),
    (GENERAL, "sigma'(z_1) + w_2 sigma'(z_2) + w_3 sigma'(z_3) + w_4 sigma'(z_4) dC/da_4", B1),
    (GENERAL, "sigma'(z_1) prod(w_j sigma'(z_j), j, 2, 3) dC/da_4", B1),
    (GENERAL, "dC/da_4 prod(w_j sigma'(z_j), j, 1, 4)", B1),
    (LOGISTIC, PATH, B1),
    (LOGISTIC, "sigma'(a_1) w_2 sigma'(a_2) w_3 sigma'(a_3) w_4 sigma'(a_4) dC/da_4", B1),
    (GENERAL, "sigma'(z_1) w_2 sigma'(z_2) w_3 sigma'(z_3) sigma'(z_4)/w_4 dC/da_4", B1),
    (LOGISTIC, "sigma(z_1)(1+sigma(z_1)) w_2 sigma'(z_2) w_3 sigma'(z_3) w_4 sigma'(z_4) dC/da_4", B1),
    (LOGISTIC, f"{PATH} C/a_4", B1),
    (SQUARE, f"2(a_4-y) {PATH}", B1),
    (SQUARE, f"1/2 (a_4-y) {PATH}", B1),
    (SQUARE, f"(y-a_4) {PATH}", B1),
    (SQUARE, f"(a_4-y)^2 {PATH}", B1),
    (GENERAL, "a_3 sigma'(z_3) w_4 sigma'(z_4) dC/da_4", W3),
    (GENERAL, "w_3 sigma'(z_3) w_4 sigma'(z_4) dC/da_4", W3),
    (GENERAL, "sigma'(z_3) w_4 sigma'(z_4) dC/da_4", W3),
    (ENTROPY, "(a_4-y) sigma'(z_4)", "sigma'(z_4) dC/da_4"),
    (SQUARE, "a_4-y", "sigma'(z_4) dC/da_4"),
]


@pytest.mark.parametrize(("chain", "answer", "gold"), SLIPS)
def test_slips_are_different_at_a_point(chain: Chain, answer: str, gold: str) -> None:
    decision = chain.decide(answer, gold)
    assert decision.verdict == "different"
    assert decision.witness.left != decision.witness.right


@pytest.mark.parametrize(("chain", "answer", "gold"), SLIPS)
def test_exact_witnesses_can_be_recomputed_by_hand(chain: Chain, answer: str, gold: str) -> None:
    witness = chain.decide(answer, gold).witness
    if not witness.exact:
        return
    functions = {**chain.scope.functions, **dict(witness.functions)}
    values: dict[Tree, Fraction] = {**dict(witness.values), **dict(witness.solved), **dict(witness.reached)}
    for name, body in chain.definitions:
        if name in values and name.stem == "z":
            leaves = {**values}
            del leaves[name]
            assert evaluate(body, leaves, EXACT, functions) == values[name]
            values = leaves | {name: values[name]}
        elif all(part in values for part in atoms(body)):
            with suppress(Inexact):
                values[name] = evaluate(body, values, EXACT, functions)
    token = Derivative(Name("C"), member("a", 4))
    if member("a", 4) in values and token not in values:
        slope = chain.scope.derivatives.get(token) or chain.read("cost'(a_4)")
        if all(part in values for part in atoms(slope)):
            values[token] = evaluate(slope, values, EXACT, functions)
    assert evaluate(chain.read(answer), values, EXACT, functions) == witness.left
    assert evaluate(chain.read(gold), values, EXACT, functions) == witness.right


def test_the_first_witness_is_the_simplest() -> None:
    witness = SQUARE.decide(f"(y-a_4) {PATH}", B1).witness
    assert set(dict(witness.reached).values()) == {0}
    assert dict(witness.values)[Name("y")] == 0
    assert {value for name, value in witness.values if name != Name("y")} == {1}
    assert (witness.left, witness.right) == (Fraction(-1, 512), Fraction(1, 512))


DRESSES = [
    "e^(-z)/(1+e^(-z))^2",
    "e^z/(1+e^z)^2",
    "sech(z/2)^2/4",
    "(1-tanh(z/2)^2)/4",
    "sigma(z)-sigma(z)^2",
    "sigma(z) sigma(-z)",
    "1/(2+e^z+e^(-z))",
    "sigma'(z)",
    "softplus''(z)",
    "1/(2 + 2 cosh(z))",
    "sigma(z)^2 e^(-z)",
]


@pytest.mark.parametrize("text", DRESSES)
def test_one_slope_in_every_dress(text: str) -> None:
    scope = Scope(functions={"sigma": "sigmoid"})
    gold = LOGISTIC.read("sigma(z)(1-sigma(z))")
    assert equal(LOGISTIC.read(text), gold, scope).verdict == "equal"
    assert equal(LOGISTIC.read(text), gold, scope).level <= Level.FUNCTIONS
    assert close(fingerprint(LOGISTIC.read(text), scope), fingerprint(gold, scope))


@pytest.mark.parametrize(
    "text",
    [
        "1-sigma(z)",
        "sigma(z)(1-z)",
        "e^(-z)/(1+e^(-z))",
        "-e^(-z)/(1+e^(-z))^2",
        "sech(z)^2/4",
        "1-tanh(z)^2",
    ],
)
def test_not_the_slope(text: str) -> None:
    scope = Scope(functions={"sigma": "sigmoid"})
    gold = LOGISTIC.read("sigma(z)(1-sigma(z))")
    assert equal(LOGISTIC.read(text), gold, scope).verdict == "different"
    assert not close(fingerprint(LOGISTIC.read(text), scope), fingerprint(gold, scope))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("abs(z)", "2 relu(z) - z"),
        ("abs(z)", "sqrt(z^2)"),
        ("abs(z)", "max(z, -z)"),
        ("abs(y z)", "abs(y) abs(z)"),
        ("relu(z)", "z relu'(z)"),
        ("relu'(z)^2", "relu'(3 z)"),
        ("sqrt(z)^2", "z"),
        ("sqrt(8 z)", "2 sqrt(2) sqrt(z)"),
        ("log(e^z)", "z"),
        ("softplus(z)", "log(1 + e^z)"),
        ("softplus(z) - softplus(-z)", "z"),
        ("log(8)", "3 log(2)"),
        ("sqrt(6) sqrt(10)", "2 sqrt(15)"),
        ("1/(1 + sqrt(2))", "sqrt(2) - 1"),
        ("sqrt((1 + y^2) z)", "sqrt(1 + y^2) sqrt(z)"),
        ("e^(2 log(z))", "z^2"),
        ("e^(z+y)", "e^z e^y"),
        ("2^(y+1)", "2 2^y"),
        ("tanh(z)", "2 sigmoid(2 z) - 1"),
        ("1/sqrt(z)", "sqrt(z)/z"),
        ("min(y, z) + max(y, z)", "y + z"),
        ("sum(1/(z + k), k, 1, 60)", "sum(1/(z + 61 - k), k, 1, 60)"),
        ("(y^2 - 1)^1000000/(y - 1)^1000000", "(y + 1)^1000000"),
    ],
)
def test_rules_of_elementary_functions(left: str, right: str) -> None:
    assert equal(LOGISTIC.read(left), LOGISTIC.read(right)).verdict == "equal"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("abs(z)", "z"),
        ("sqrt(z^2)", "z"),
        ("abs(y + z)", "abs(y) + abs(z)"),
        ("log(y + z)", "log(y) + log(z)"),
        ("relu(y z)", "relu(y) relu(z)"),
        ("relu'(-z)", "relu'(z)"),
        ("sqrt(y + z)", "sqrt(y) + sqrt(z)"),
        ("log(z^2)", "2 log(y)"),
        ("e^(y z)", "e^y e^z"),
        ("sqrt(2)", "1.4142135623730950488016887242"),
        ("C", "c"),
    ],
)
def test_tempting_but_false(left: str, right: str) -> None:
    assert equal(LOGISTIC.read(left), LOGISTIC.read(right)).verdict == "different"


def test_a_convention_at_a_kink_is_no_witness() -> None:
    left, right = LOGISTIC.read("1[z > 0]"), LOGISTIC.read("1[z >= 0]")
    assert equal(left, right).verdict == "unknown"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1/(z - z)", "undefined"),
        ("prod(w_k, k, 1, n) z", "symbolic-range"),
        ("z^(9^9^9^9)", "too-large"),
        ("a_j (1 - a_j)", "token"),
        ("dz_3/dz_1", "token"),
    ],
)
def test_unknown_says_why(text: str, reason: str) -> None:
    decision = LOGISTIC.decide(text, "sigma'(z_1)")
    assert (decision.verdict, decision.reason) == ("unknown", reason)


def test_what_is_divided_by_is_remembered() -> None:
    decision = GENERAL.decide(f"w_2^2 {B1}/w_2/w_2", B1)
    assert decision.verdict == "equal"
    assert decision.restrictions == (member("w", 2),)
    assert LOGISTIC.decide("e^(-z_1)/(1+e^(-z_1))^2", "sigma'(z_1)").restrictions == ()


def test_ratio_names_what_is_missing() -> None:
    algebra = Algebra(GENERAL.scope)
    answer = GENERAL.read("-2 sigma'(z_1) w_2 sigma'(z_2) w_3 sigma'(z_2) sigma'(z_4) dC/da_4")
    coefficient, factors = algebra.ratio(answer, GENERAL.read(B1))
    assert coefficient == -2
    assert dict(factors) == {
        member("w", 4): -1,
        GENERAL.read("sigma'(z_2)"): 1,
        GENERAL.read("sigma'(z_3)"): -1,
    }


def test_64_layers_stay_linear() -> None:
    deep = Chain(64, cost="(a_64 - y)^2/2", token="a_64 - y", sigma="sigmoid")
    gold = "sigma'(z_1) prod(w_j sigma'(z_j), j, 2, 64) dC/da_64"
    right = "a_1 (1-a_1) prod(w_j a_j (1-a_j), j, 2, 64) (sigma(w_64 a_63 + b_64) - y)"
    wrong = "a_1 (1-a_1) prod(w_j a_j (1-a_j), j, 2, 63) (sigma(w_64 a_63 + b_64) - y)"
    assert deep.decide(right, gold).verdict == "equal"
    assert deep.decide(wrong, gold).verdict == "different"


def test_a_tied_leaf_is_not_solved_for() -> None:
    names = frozenset({member("y", j) for j in range(4)} | {member("w", j) for j in range(4)} | {Name("b")})
    context = Context("claim", names)
    bodies = [(member("y", j), strip_spans(read(f"w_{j} y_{j - 1} + b", context))) for j in (1, 2, 3)]
    scope = Scope(bodies)
    assert scope.free_sums == ()
    left = strip_spans(read("y_3", context))
    assert equal(left, strip_spans(read("w_3 w_2 w_1 y_0 + b (1 + w_3 + w_3 w_2)", context)), scope)
    assert (
        equal(left, strip_spans(read("w_3 w_2 w_1 y_0 + b (1 + w_3)", context)), scope).verdict == "different"
    )


def test_recurrence_without_biases_is_a_shared_graph() -> None:
    names = frozenset({member("a", j) for j in range(6)} | {member("w", j) for j in range(6)})
    context = Context("claim", names, functions=FUNCTIONS)
    bodies = [(member("a", j), strip_spans(read(f"sigma(w_{j} a_{j - 1})", context))) for j in range(1, 6)]
    scope = Scope(bodies, {"sigma": "sigmoid"})
    left = strip_spans(read("sigma'(w_5 a_4) w_5 sigma'(w_4 a_3)", context))
    assert equal(strip_spans(read("a_5 (1-a_5) w_5 a_4 (1-a_4)", context)), left, scope)
    assert (
        equal(strip_spans(read("a_5 (1-a_5) w_5 a_3 (1-a_3)", context)), left, scope).verdict == "different"
    )


def test_sums_without_a_name_are_freed_by_their_bias() -> None:
    names = frozenset({member(s, j) for s in "awb" for j in range(4)})
    context = Context("claim", names, functions=FUNCTIONS)

    def tree(text: str) -> Tree:
        return strip_spans(read(text, context))

    bodies = [(member("a", j), tree(f"sigma(w_{j} a_{j - 1} + b_{j})")) for j in (1, 2, 3)]
    scope = Scope(bodies, {"sigma": "sigmoid"})
    assert [free.leaf for free in scope.free_sums] == [member("b", j) for j in (1, 2, 3)]
    gold = tree("sigma'(w_1 a_0 + b_1) w_2 sigma'(w_2 a_1 + b_2) w_3 sigma'(w_3 a_2 + b_3)")
    assert equal(tree("a_1 (1-a_1) w_2 a_2 (1-a_2) w_3 a_3 (1-a_3)"), gold, scope)
    nested = "sigma'(w_2 sigma(w_1 a_0 + b_1) + b_2)"
    assert equal(tree(f"a_1 (1-a_1) w_2 {nested} w_3 a_3 (1-a_3)"), gold, scope)
    wrong = equal(tree("a_1 (1-a_1) w_2 a_2 (1-a_2) w_3 a_3 (1+a_3)"), gold, scope)
    assert (wrong.witness.left, wrong.witness.right) == (Fraction(3, 64), Fraction(1, 64))


def test_a_leaf_used_twice_is_never_solved_for() -> None:
    names = frozenset({Name(n) for n in "xbh"} | {member("z", 1), member("z", 2)})
    context = Context("claim", names, functions=FUNCTIONS)
    bodies = [
        (member("z", 1), strip_spans(read("x + b", context))),
        (member("z", 2), strip_spans(read("x - b", context))),
        (Name("h"), strip_spans(read("sigma(z_1) sigma(z_2)", context))),
    ]
    scope = Scope(bodies, {"sigma": "sigmoid"})
    assert scope.free_sums == ()
    assert equal(strip_spans(read("z_1 + z_2", context)), strip_spans(read("2 x", context)), scope)
