"""Claims with their truth, and a chain to make claims about."""

from __future__ import annotations

from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Name, Tree, names_in
from symgrad.values.proof import Claim

SIGMA = (("sigma", "sigmoid"),)
Chain = tuple[tuple[Name, Tree], ...]

DECIDED: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("(abs(1-a*l) <= 1) iff (a > 0 and a < 2/l)", ("l > 0",), False),
    ("(k-1)/(k+1) >= 0 and (k-1)/(k+1) < 1", ("k >= 1",), True),
    ("(2*x+3)/6 > -1/2 and (2*x+3)/6 < 3/2", ("abs(x) < 3",), True),
    ("n*log(4/5) <= -n/5", ("n >= 0",), True),
    ("relu'(x_1)*relu'(x_2) > 0", (), False),
    ("sigmoid(f_1)*sigmoid(f_2)*sigmoid(f_3) >= 3/4", ("f_1 >= 3", "f_2 >= 3", "f_3 >= 3"), True),
    ("sigmoid(f) >= 9/10", ("f >= 2",), False),
    ("abs((sigmoid(z)-y)*sigmoid'(z)) <= 4/27", ("y = 0 or y = 1",), True),
    ("abs((sigmoid(z)-y)*sigmoid'(z)) <= 1/8", ("y = 0 or y = 1",), False),
    ("(a-y)/(a*(1-a))*(a*(1-a)) = a-y", ("a > 0", "a < 1"), True),
    ("abs(w_1*sigmoid'(z_1))*abs(w_2*sigmoid'(z_2)) <= 1/16", ("abs(w_1) <= 1", "abs(w_2) <= 1"), True),
    ("abs(w_1*sigmoid'(z_1)*w_2*sigmoid'(z_2)) < 1/16", ("abs(w_1) <= 1", "abs(w_2) <= 1"), False),
    ("sigmoid'(z_1)*sigmoid'(z_2)*sigmoid'(z_3) > 0", (), True),
    ("abs((sigmoid'(z_1)*w_2*g)/(w_2*g)) <= 1/4", ("w_2 != 0", "g != 0"), True),
    ("abs(sigmoid'(z_1)*w_2*g) <= abs(g)/4", ("abs(w_3) <= 1",), False),
    ("abs(sigmoid'(z_1)*w_2*g) < abs(g)/4", ("abs(w_2) < 1",), False),
    ("1+w*sigmoid'(z) >= 3/4 and 1+w*sigmoid'(z) <= 5/4", ("abs(w) <= 1",), True),
    ("(1+w_1*sigmoid'(z_1))*(1+w_2*sigmoid'(z_2)) <= 25/16", ("abs(w_1) <= 1", "abs(w_2) <= 1"), True),
    ("sigmoid'(z) <= 1/4", (), True),
    ("sigmoid'(z) < 1/4", (), False),
    ("sigmoid'(z) > 0", (), True),
    ("0 < sigmoid(z) < 1", (), True),
    ("sigmoid(z)+sigmoid(-z) = 1", (), True),
    ("sigmoid(z)+sigmoid(-z) = 2", (), False),
    ("sigmoid(z) >= 1/2", ("z >= 0",), True),
    ("sigmoid(z) > 1/2", ("z >= 0",), False),
    ("sigmoid'(z) >= 49/250", ("abs(z) <= 1",), True),
    ("log(sigmoid(z)) < 0", (), True),
    ("1/(1+abs(x))^2 > 0 and 1/(1+abs(x))^2 <= 1", (), True),
    ("tanh'(x) > 0 and tanh'(x) <= 1", (), True),
    ("tanh'(x) < 1", (), False),
    ("tanh(x) = 2*sigmoid(2*x)-1", (), True),
    ("tanh'(x_1)*tanh'(x_2)*tanh'(x_3) <= 1", (), True),
    ("abs(w*sigmoid'(z)) <= 1/4", ("abs(w) <= 1",), True),
    ("abs(w*sigmoid'(z)) < 1/4", ("abs(w) < 1",), True),
    ("abs(w*sigmoid'(z)) < 1/4", ("abs(w) <= 1",), False),
    ("abs(w*sigmoid'(z)) <= 1/4", (), False),
    ("abs(w) > 4", ("abs(w*sigmoid'(z)) > 1",), True),
    ("w*sigmoid'(z) >= 1", ("w >= 4",), False),
    ("w*sigmoid'(z) > 1", ("w >= 5", "abs(z) <= 1/2"), True),
    ("sigmoid'(z) > 1/w", ("w > 0", "w*sigmoid'(z) > 1"), True),
    ("abs(w*sigmoid'(z)) <= c/4", ("c > 0", "abs(w) <= c"), True),
    ("w*sigmoid'(z) <= 1/4", ("w <= 1",), True),
    ("w*sigmoid'(z) > 0", ("abs(w) <= 1",), False),
    ("2/(m+n)*n <= 2", ("m > 0", "n > 0"), True),
    ("2/(m+n)*n <= 1", ("m > 0", "n > 0"), False),
)


def claim(text: str, *given: str, context: Context | None = None) -> Claim:
    """A claim as the face makes it; sigma is the logistic sigmoid."""
    return Claim(read(text, context), tuple(read(g, context) for g in given), SIGMA)


def nielsen(layers: int = 4) -> tuple[Chain, Context]:
    """The chain of sigmoid neurons with cost (a_n - y)^2/2, and the context of its names."""
    lines = []
    for j in range(1, layers + 1):
        lines += [(f"z_{j}", f"w_{j} a_{j - 1} + b_{j}"), (f"a_{j}", f"sigma(z_{j})")]
    lines.append(("C", f"(a_{layers} - y)^2/2"))
    equations = []
    for left, right in lines:
        name = read(left)
        assert isinstance(name, Name)
        equations.append((name, read(right)))
    known = frozenset(n for name, body in equations for n in (name, *names_in(body)))
    return tuple(equations), Context("claim", known)
