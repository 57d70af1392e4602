"""Chain files: what is read, and one clear message with place and caret for everything that cannot be."""

from __future__ import annotations

import pytest

from symgrad.errors import SymgradError
from symgrad.network.build import build
from symgrad.network.graph import Network
from symgrad.notation.chainfile import read_chain
from symgrad.notation.writers.plain import plain


def network(text: str) -> Network:
    return build(read_chain(text, "x.chain"))


def equations(text: str) -> list[str]:
    return [f"{plain(e.name)} = {plain(e.body)}" for e in network(text).equations]


def test_loops_are_unrolled_and_leaves_found() -> None:
    text = "sigma = sigmoid\nfor j in 1..2:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\n"
    found = network(text + "C = (a_2 - y)^2 / 2\n")
    assert [plain(e.name) for e in found.equations] == ["z_1", "a_1", "z_2", "a_2", "C"]
    assert [plain(n) for n in found.leaves] == ["w_1", "a_0", "b_1", "w_2", "b_2", "y"]
    assert [plain(n) for n in found.parameters] == ["w_1", "b_1", "w_2", "b_2"]
    assert plain(found.objective) == "C" and dict(found.functions) == {"sigma": "sigmoid"}


def test_latex_lines_labels_and_tied_names() -> None:
    text = "z_{1} &= w x + b \\\\\n\\hat y &= \\tanh(z_1),\nL = \\frac12 (y_{\\text{true}} - \\hat y)^2.\n"
    assert equations(text) == ["z_1 = w x + b", "y_hat = tanh(z_1)", "L = 1/2 (y_true - y_hat)^2"]


def test_nested_loops_and_arithmetic_bounds() -> None:
    assert equations("for i in 1..2:\n  for j in i..2:\n    u_{i,j} = x_i x_j\ns = u_{1,2} + u_{2,2}") == [
        "u_{1,1} = x_1 x_1", "u_{1,2} = x_1 x_2", "u_{2,2} = x_2 x_2", "s = u_{1,2} + u_{2,2}",
    ]  # fmt: skip


def test_objective_parameters_and_general_functions() -> None:
    found = network("function q\nz = w x\na = q(z)\nC = cost(a)\nD = a + c\nobjective C\nparameters w, c\n")
    assert plain(found.objective) == "C"
    assert [plain(n) for n in found.parameters] == ["w", "c"]


def test_full_width_signs_give_a_line_its_form() -> None:
    assert equations("for j in 1..2：\n  a_j ＝ w_j a_{j-1}\nC ＝ （a_2 − y）²/2  ＃ 损失") == [
        "a_1 = w_1 a_0", "a_2 = w_2 a_1", "C = (a_2 - y)^2/2",
    ]  # fmt: skip


BAD = [
    ("p = r\nr = q\nq = p", "1:5", "p -> r -> q -> p"),
    ("a = b\na = c", "2:1", "a is defined twice"),
    ("x : vector\nC = sum(x)", "1:5", "a shape is written x : vector(d)"),
    ("W : matrix(2)\nC = norm(W)", "1:5", "a shape is written W : matrix(m, n)"),
    ("C = 1e-3 w^2", "1:5", "write 0.001 or 10^-3"),
    ("", "1:1", "no equation"),
    ("# only a comment\n", "1:1", "no equation"),
    ("for j in 4..1:\n  z_j = 1", "1:10", "4..1 runs downward"),
    ("for j in 1..2:\nz = x", "1:1", "no equations; indent"),
    ("z = w ((x", "1:8", "( has no partner"),
    ("z = w x)", "1:8", ") has no partner"),
    ("z_1 = w x\nz_2 = z_7", "2:7", "there is no z_7; there are z_1, z_2"),
    ("sigma = sigmod\na = sigma(z)\n", "1:9", "did you mean sigmoid"),
    ("for j in 1..3:\n z_j = w_j a_{k-1}", "2:12", "index k is not bound"),
    ("z = sigmod(x)", "1:5", "did you mean sigmoid"),
    ("for j in 1..2:\n\tz_j = w_j\n    a_j = z_j", "3:1", "tabs and spaces"),
    ("z = 1/0", "1:5", "division by zero"),
    ("z = w x\nparameters w, q", "2:15", "parameter q"),
    ("z = w x\nobjective Q", "2:11", "objective Q"),
    ("foo bar", "1:1", "cannot read this line"),
    ("z =", "1:3", "nothing stands after ="),
    ("z + 1 = w", "1:1", "left side"),
    ("a = z\nz = w x", "1:5", "used before it is defined in line 2"),
    ("z = w x = 3", "1:5", "one = per line"),
    ("for j in 1..2:\n  for j in 1..2:\n    z_j = 1", "2:7", "letter j already"),
    ("z = а x", "1:5", "Cyrillic"),
    ("    z = x", "1:5", "unexpected indentation"),
]


@pytest.mark.parametrize(("text", "place", "message"), BAD, ids=[message for _, _, message in BAD])
def test_bad_input_has_one_message_with_place_and_caret(text: str, place: str, message: str) -> None:
    with pytest.raises(SymgradError) as caught:
        network(text)
    shown = str(caught.value)
    assert shown.startswith(f"x.chain:{place}:"), shown
    assert message in shown
    assert "Traceback" not in shown
    if text.strip():
        assert shown.splitlines()[-1].strip().strip("^") == "", shown


@pytest.mark.parametrize(("text", "place", "message"), BAD, ids=[message for _, _, message in BAD])
def test_every_message_exists_in_chinese(text: str, place: str, message: str) -> None:
    with pytest.raises(SymgradError) as caught:
        network(text)
    first = caught.value.message("zh").splitlines()[0]
    assert any("\u4e00" <= c <= "\u9fff" for c in first)


def test_a_chain_of_depth_ten_thousand_is_read() -> None:
    found = network("for j in 1..10000:\n  z_j = w_j z_{j-1}\nC = z_10000\n")
    assert len(found.equations) == 10_001
