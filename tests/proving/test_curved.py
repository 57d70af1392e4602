"""Jensen's inequality and parabolas: accepted where f'' says so, refused everywhere else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from mpmath import mp, mpf  # type: ignore[import-untyped]

from symgrad import prove
from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import Tree, number, strip_spans
from symgrad.proving import kernel
from symgrad.proving.kernel.enclosures.intervals import Interval
from symgrad.proving.kernel.evaluate import precise
from symgrad.proving.kernel.rules.curved import second


def tree(text: str) -> Tree:
    """A claim or a term without places."""
    return strip_spans(read(text, Context()))


def accepted(statement: str, fact: str, at: list[str], given: tuple[str, ...] = ()) -> bool:
    """Whether the kernel takes the statement as that fact at these places."""
    entry = {
        "rule": "known",
        "fact": fact,
        "at": [to_data(tree(place)) for place in at],
        "by": to_data(number(1)),
        "unfold": 0,
    }
    here = kernel.setting({}, (), [tree(piece) for piece in given])
    try:
        with precise():
            kernel.prove_entry(tree(statement), entry, here)
    except CertificateError:
        return False
    return True


T = ("0 <= t", "t <= 1")


@pytest.mark.parametrize(
    ("statement", "fact", "at", "given"),
    [
        ("t*exp(x)+(1-t)*exp(y) >= exp(t*x+(1-t)*y)", "convex", ["t", "exp(x)", "1-t", "exp(y)"], T),
        (
            "(softplus(x)+softplus(y))/2 >= softplus((x+y)/2)",
            "convex",
            ["1/2", "softplus(x)", "1/2", "softplus(y)"],
            (),
        ),
        (
            "p*abs(x)+q*abs(y) >= abs(p*x+q*y)",
            "convex",
            ["p", "abs(x)", "q", "abs(y)"],
            ("p >= 0", "q >= 0", "p+q = 1"),
        ),
        (
            "log((x+y)/2) >= (log(x)+log(y))/2",
            "concave",
            ["1/2", "log(x)", "1/2", "log(y)"],
            ("x > 0", "y > 0"),
        ),
        (
            "sqrt((x+y)/2) >= (sqrt(x)+sqrt(y))/2",
            "concave",
            ["1/2", "sqrt(x)", "1/2", "sqrt(y)"],
            ("x >= 0", "y >= 0"),
        ),
        (
            "softplus(x)-softplus(y)-softplus'(y)*(x-y) >= 0",
            "above-parabola",
            ["softplus(x)", "softplus(y)"],
            (),
        ),
        (
            "(x-y)^2/8 >= softplus(x)-softplus(y)-softplus'(y)*(x-y)",
            "below-parabola",
            ["softplus(x)", "softplus(y)"],
            (),
        ),
    ],
)
def test_true_facts_are_accepted(statement: str, fact: str, at: list[str], given: tuple[str, ...]) -> None:
    assert accepted(statement, fact, at, given)


@pytest.mark.parametrize(
    ("statement", "fact", "at", "given"),
    [
        # weights that are negative, unknown, or do not add up to 1
        ("t*exp(x)+(1-t)*exp(y) >= exp(t*x+(1-t)*y)", "convex", ["t", "exp(x)", "1-t", "exp(y)"], ()),
        (
            "t*exp(x)+(1-t)*exp(y) >= exp(t*x+(1-t)*y)",
            "convex",
            ["t", "exp(x)", "1-t", "exp(y)"],
            ("0 <= t",),
        ),
        ("(exp(x)+exp(y))/4 >= exp((x+y)/4)", "convex", ["1/4", "exp(x)", "1/4", "exp(y)"], ()),
        ("p*abs(x)+q*abs(y) >= abs(p*x+q*y)", "convex", ["p", "abs(x)", "q", "abs(y)"], ("p >= 0", "q >= 0")),
        # functions that bend the other way, or both ways
        (
            "(log(x)+log(y))/2 >= log((x+y)/2)",
            "convex",
            ["1/2", "log(x)", "1/2", "log(y)"],
            ("x > 0", "y > 0"),
        ),
        (
            "(sigmoid(x)+sigmoid(y))/2 >= sigmoid((x+y)/2)",
            "convex",
            ["1/2", "sigmoid(x)", "1/2", "sigmoid(y)"],
            (),
        ),
        ("(silu(x)+silu(y))/2 >= silu((x+y)/2)", "convex", ["1/2", "silu(x)", "1/2", "silu(y)"], ()),
        ("(abs(x)+abs(y))/2 <= abs((x+y)/2)", "concave", ["1/2", "abs(x)", "1/2", "abs(y)"], ()),
        (
            "(leaky_relu(x)+leaky_relu(y))/2 <= leaky_relu((x+y)/2)",
            "concave",
            ["1/2", "leaky_relu(x)", "1/2", "leaky_relu(y)"],
            (),
        ),
        # the strict inequality, which fails at x = y
        ("(exp(x)+exp(y))/2 > exp((x+y)/2)", "convex", ["1/2", "exp(x)", "1/2", "exp(y)"], ()),
        # two functions, and places that are not the mean's
        ("(exp(x)+softplus(y))/2 >= exp((x+y)/2)", "convex", ["1/2", "exp(x)", "1/2", "softplus(y)"], ()),
        ("(exp(x)+exp(y))/2 >= exp(x/3+2*y/3)", "convex", ["1/2", "exp(x)", "1/2", "exp(y)"], ()),
        # parabolas that are too flat or on the wrong side, and functions with a kink
        (
            "(x-y)^2/16 >= softplus(x)-softplus(y)-softplus'(y)*(x-y)",
            "below-parabola",
            ["softplus(x)", "softplus(y)"],
            (),
        ),
        ("sigmoid(x)-sigmoid(y)-sigmoid'(y)*(x-y) >= 0", "above-parabola", ["sigmoid(x)", "sigmoid(y)"], ()),
        ("relu(x)-relu(y)-relu'(y)*(x-y) <= 0", "below-parabola", ["relu(x)", "relu(y)"], ()),
        ("exp(x)-exp(y)-exp(y)*(x-y) <= (x-y)^2", "below-parabola", ["exp(x)", "exp(y)"], ()),
    ],
)
def test_invalid_uses_are_refused(statement: str, fact: str, at: list[str], given: tuple[str, ...]) -> None:
    assert not accepted(statement, fact, at, given)


def test_undefined_places_are_refused() -> None:
    at = ["1/2", "log(x)", "1/2", "log(y)"]
    assert not accepted("log((x+y)/2) >= (log(x)+log(y))/2", "concave", at, ("x > 0",))


NUMERIC = {
    "exp": mp.exp,
    "log": mp.log,
    "sqrt": mp.sqrt,
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "tanh": mp.tanh,
    "arctan": mp.atan,
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "gelu": lambda x: x * (1 + mp.erf(x / mp.sqrt(2))) / 2,
}


@pytest.mark.parametrize("name", sorted(NUMERIC))
@pytest.mark.parametrize(("low", "high"), [("1/2", "2"), ("1/10", "1"), ("3", None)])
def test_second_derivatives_lie_in_their_intervals(name: str, low: str, high: str | None) -> None:
    ends = Fraction(low), None if high is None else Fraction(high)
    with precise():
        found = second(name, Interval(ends[0], True, ends[1], high is not None))
    with mp.workdps(40):
        start = mpf(ends[0].numerator) / ends[0].denominator
        width = mpf(5) if ends[1] is None else mpf(ends[1].numerator) / ends[1].denominator - start
        for k in range(1, 20):
            value = mp.diff(NUMERIC[name], start + width * k / 20, 2)
            slack = mpf(10) ** -15
            assert found.low is None or value >= mpf(found.low.numerator) / found.low.denominator - slack
            assert found.high is None or value <= mpf(found.high.numerator) / found.high.denominator + slack


@pytest.mark.parametrize("name", ["relu", "abs", "leaky_relu", "elu", "hard_tanh", "softsign"])
def test_bent_functions_have_no_second_derivative(name: str) -> None:
    with pytest.raises(CertificateError), precise():
        second(name, Interval(Fraction(-1), True, Fraction(1), True))


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("softplus(t*x+(1-t)*y) <= t*softplus(x)+(1-t)*softplus(y)", T),
        ("exp(t*x+(1-t)*y) <= t*exp(x)+(1-t)*exp(y)", T),
        ("log(t*x+(1-t)*y) >= t*log(x)+(1-t)*log(y)", (*T, "x > 0", "y > 0")),
        ("log((x+y+z)/3) >= (log(x)+log(y)+log(z))/3", ("x > 0", "y > 0", "z > 0")),
        ("p*log(x)+q*log(y)+r*log(z) <= log(p*x+q*y+r*z)",
         ("p >= 0", "q >= 0", "r >= 0", "p+q+r = 1", "x > 1", "y > 1", "z > 1", "p*x+q*y+r*z > 0")),
        ("softplus(u*x-b)/2+softplus(v*x-b)/2 >= softplus((u+v)/2*x-b)", ()),
    ],
)  # fmt: skip
def test_means_are_proved(claim: str, given: tuple[str, ...]) -> None:
    proof = prove(claim, given=list(given))
    assert proof.verdict == "proved"
    assert proof.checked


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("sigmoid(t*x+(1-t)*y) <= t*sigmoid(x)+(1-t)*sigmoid(y)", T),
        ("log(t*x+(1-t)*y) <= t*log(x)+(1-t)*log(y)", (*T, "x > 0", "y > 0")),
        ("exp(t*x+(1-t)*y) < t*exp(x)+(1-t)*exp(y)", T),
        ("silu((x+y)/2) <= (silu(x)+silu(y))/2", ()),
    ],
)
def test_false_convexity_is_refuted(claim: str, given: tuple[str, ...]) -> None:
    assert prove(claim, given=list(given)).verdict == "refuted"
