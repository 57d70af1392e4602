"""Other letters for vectors and matrices."""

from symgrad import Chain, Question

CHAIN = """
x : vector(d)
y : vector(k)
W_1 : matrix(m, d)
W_2 : matrix(k, m)
b_1 : vector(m)
b_2 : vector(k)
z_1 = W_1 x + b_1
a_1 = tanh(z_1)
z_2 = W_2 a_1 + b_2
L = half_square(z_2, y)
"""


def test_an_alias_of_a_matrix_is_a_matrix() -> None:
    question = Question(Chain.parse(CHAIN), wrt="b_1", aliases={"V": "W_2", "g": "z_2"})
    assert question.mark("V^T (g-y) .* (1-a_1^2)").verdict == "correct"
    wrong = question.mark("V (g-y) .* (1-a_1^2)")
    assert wrong.verdict == "incorrect" and [m.name for m in wrong.mistakes] == ["missing-transpose"]
