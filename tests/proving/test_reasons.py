"""What a proof says: every printed step is true and is the argument of the certificate."""

from __future__ import annotations

import mpmath  # type: ignore[import-untyped]
import pytest

from symgrad import api
from symgrad.errors import InputError
from symgrad.notation.reader import read
from symgrad.notation.tree import Name, Node, Relation, names_in, substitute, walk
from symgrad.notation.writers.plain import plain
from symgrad.proving import prove
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Proof
from tests.proving.claims import DECIDED, Chain, claim, nielsen
from tests.proving.truth import holds

RELU = (("g_1", "w_1 x + b_1"), ("h_1", "relu(g_1)"), ("g_2", "w_2 h_1 + b_2"), ("h_2", "relu(g_2)"),
        ("C", "(h_2 - y)^2/2"))  # fmt: skip


def chain_of(*lines: tuple[str, str]) -> Chain:
    """Equations from texts."""
    return tuple((name, read(body)) for left, body in lines if isinstance(name := read(left), Name))


def about(lines: tuple[tuple[str, str], ...], text: str, *given: str) -> Proof:
    """A claim about a chain."""
    chain = chain_of(*lines)
    known = dict.fromkeys(n for name, body in chain for n in (name, *names_in(body)))
    context = nielsen()[1].of_names("claim", list(known))
    return prove(claim(text, *given, context=context), definitions=chain)


def ids(proof: Proof) -> list[str]:
    """The ids of the steps."""
    return [step.id.removeprefix("proofs.") for step in proof.steps]


def field(phrases: tuple[Phrase, ...], id: str, name: str) -> list[str]:
    """A field of the phrases with this id, in plain notation."""
    found = [dict(p.fields)[name] for p in phrases if p.id == f"proofs.{id}"]
    flat = [v for value in found for v in (value if isinstance(value, tuple) else (value,))]
    return [plain(v) for v in flat if isinstance(v, Node)]


POINTS = [mpmath.mpf(n) / 4 for n in range(-12, 13)]
UNIVERSAL = {"product-of-bounds", "gap", "gap-squares", "gap-value", "sign", "range-of", "square", "monotone",
             "through-value", "fact", "fact-every", "sign-parts", "bars", "identity", "identity-put-in",
             "known-monotone", "known-mean-value", "known-root"}  # fmt: skip


def lines_of(step: Phrase) -> list[Relation]:
    """The inequalities and identities that a step states for all values, its letter put back."""
    if step.id.removeprefix("proofs.") not in UNIVERSAL:
        return []
    fields = dict(step.fields)
    back = fields.get("definition")
    table = {back.operands[0]: back.operands[1]} if isinstance(back, Relation) else {}
    kept = [v for k, v in fields.items() if k != "definition" and isinstance(v, Relation)]
    return [line for tree in kept if isinstance(line := substitute(tree, table), Relation)]


@pytest.mark.parametrize(
    ("text", "given"), [(t, g) for t, g, truth in DECIDED if truth and " or " not in str(g)]
)
def test_every_printed_line_is_true(text: str, given: tuple[str, ...]) -> None:
    made = claim(text, *given)
    with mpmath.workdps(30):
        for line in (line for step in prove(made, timeout=30).steps for line in lines_of(step)):
            names = names_in(line)
            for shift in range(len(POINTS)):
                values = {n: POINTS[(shift * (2 * k + 1) + 5 * k) % len(POINTS)] for k, n in enumerate(names)}
                full = {n: values.get(n, POINTS[shift]) for t in (*made.given, line) for n in names_in(t)}
                try:
                    if all(holds(g, full) for g in made.given):
                        assert holds(line, full, 1e-20), plain(line)
                except (ZeroDivisionError, NotImplementedError):
                    continue


def test_a_polynomial_in_a_value_names_the_value_its_range_and_the_square() -> None:
    proof = prove(claim("sigma(z)(1 - sigma(z)) <= 1/4"))
    assert field(proof.steps, "gap-value", "line") == ["1/4 - s (1 - s) = (s - 1/2)^2 >= 0"]
    assert field(proof.steps, "gap-value", "range") == ["0 < s < 1"]
    assert "product-of-bounds" not in ids(proof)
    cubic = prove(claim("sigma(z)(1 - sigma(z))^2 <= 4/27"))
    assert cubic.method == "bernstein"
    assert "(s - 1/3)^2" in field(cubic.steps, "gap-value", "line")[0]


def test_a_positive_slope_says_why_it_is_positive() -> None:
    proof = prove(claim("sigma'(z) > 0"))
    assert field(proof.steps, "values", "bound") == ["0 < s < 1"]
    assert "facts.sigmoid-slope-positive" in [step.id for step in proof.steps]


@pytest.mark.parametrize(
    ("text", "given", "value"),
    [("sigma(z) > 1/2", "z > 0", "sigma(0) = 1/2"), ("exp(x) <= 1", "x <= 0", "exp(0) = 1")],
)
def test_monotonicity_is_named(text: str, given: str, value: str) -> None:
    proof = prove(claim(text, given))
    assert field(proof.steps, "monotone", "value") == [value]
    assert field(proof.steps, "monotone", "condition") == [given]


def test_a_square_and_a_defined_value_give_their_reasons() -> None:
    chain, context = nielsen()
    assert "square" in ids(prove(claim("0 <= C", context=context), definitions=chain)) or "range-of" in ids(
        prove(claim("0 <= C", context=context), definitions=chain)
    )
    proof = prove(claim("a_4 < 1", context=context), definitions=chain)
    assert "a_4 = sigma(z_4)" in field(proof.steps, "token", "equation")
    assert "facts.sigmoid-range" in [step.id for step in proof.steps]


@pytest.mark.parametrize(
    ("text", "where"),
    [("x/x = 1", "x != 0"), ("(x^2 - 1)/(x - 1) = x + 1", "x != 1"), ("log(x) = log(x)", "x > 0")],
)
def test_an_equality_says_where_it_holds(text: str, where: str) -> None:
    proof = prove(claim(text))
    assert proof.verdict == "proved" and field(proof.steps, "where", "conditions") == [where]
    given = prove(claim(text, where))
    assert "where" not in ids(given)


def test_the_assumption_that_makes_an_equality_defined_counts_as_used() -> None:
    assert [plain(u) for u in prove(claim("x/x = 1", "x > 0", "y > 0")).used] == ["x > 0"]


@pytest.mark.parametrize(("text", "given"), [
    ("log(-1) = log(-1)", ()), ("log(x) + log(-x) = log(-x) + log(x)", ()), ("log(x) = log(x)", ("x < 0",)),
    ("sqrt(-1 - x^2) = sqrt(-1 - x^2)", ()),
])  # fmt: skip
def test_an_equality_on_an_empty_domain_is_undecided(text: str, given: tuple[str, ...]) -> None:
    proof = prove(claim(text, *given))
    assert proof.verdict == "undecided" and ids(proof) == ["undecided-nowhere"]


def test_a_quotient_of_gradients_says_its_condition() -> None:
    proof = about(RELU, "dC/db_1/(dC/db_2) = w_2 relu'(g_1)")
    assert field(proof.steps, "where", "conditions") == ["dC/db_2 != 0"]


def test_equality_is_shown_away_from_kinks() -> None:
    proof = about(RELU, "|dC/db_1| <= |dC/db_2|", "|w_j| <= 1")
    assert field(proof.attained, "attained", "point") == ["g_1 = 1", "abs(w_2) = 1"]


def test_a_refutation_at_a_kink_names_the_convention() -> None:
    proof = prove(claim("relu'(z) + relu'(-z) >= 1"))
    assert proof.verdict == "refuted" and field(proof.witness, "at-kink", "convention") == ["relu'(0) = 0"]
    assert "proofs.at-kink" not in [p.id for p in about(RELU, "|dC/db_1| <= |dC/db_2|").witness]


@pytest.mark.parametrize(("text", "given"), [
    ("x^2 + y^2 >= 2 x y", ()), ("x^4 + y^4 >= 2 x^2 y^2", ()), ("|x y| <= (x^2 + y^2)/2", ()),
    ("x^2 + y^2 + z^2 >= x y + y z + x z", ()), ("x + 1/x >= 2", ("x > 0",)), ("relu(z) >= z", ()),
    ("relu'(x) = 1", ("x > 0",)), ("leaky_relu'(x) <= 1", ()), ("hard_tanh(x) <= 1", ()), ("|x| >= x", ()),
    ("mse(a, y) >= 0", ()), ("prod(w_k,k,1,3) <= 1", ("|w_k| <= 1",)), ("relu(z) - relu(-z) = z", ()),
])  # fmt: skip
def test_what_cases_squares_losses_and_products_decide(text: str, given: tuple[str, ...]) -> None:
    proof = prove(claim(text, *given))
    assert proof.verdict == "proved" and proof.checked


@pytest.mark.parametrize("text", ["x^2 + y^2 >= 3 x y", "relu(z) > z", "leaky_relu'(x) < 1", "mse(a, y) > 0"])
def test_their_neighbours_are_refuted(text: str) -> None:
    assert prove(claim(text)).verdict == "refuted"


@pytest.mark.parametrize("loss", ["-(y log(a) + (1 - y) log(1 - a))", "binary_cross_entropy(a, y)"])
def test_cross_entropy_after_sigmoid(loss: str) -> None:
    assert about((("a", "sigma(z)"), ("L", loss)), "dL/dz = a - y").verdict == "proved"
    assert about((("a", "sigma(z)"), ("L", loss)), "dL/dz = y - a").verdict == "refuted"


def test_a_slope_is_not_used_off_its_domain() -> None:
    proof = prove(claim("floor'(x) <= 0"))
    assert field(proof.steps, "undecided-missing", "conditions") == ["x != floor(x)"]
    assert prove(claim("floor'(x) <= 0", "x != floor(x)")).verdict == "proved"


def test_an_assumption_is_a_relation() -> None:
    with pytest.raises(InputError) as caught:
        api.prove("x <= 1", given=["y"])
    assert caught.value.what == "given-not-relation" and "<given>" in str(caught.value)
    with pytest.raises(InputError):
        prove(claim("x <= 1", "y"))


def test_wording() -> None:
    false = api.prove("0 <= -1")
    assert "false for all values" in false.to() and " at " not in false.to()
    assert '--given "|w| <= 1"' in api.prove("|w*sigma'(z)| <= 1/4").to()
    assert "1/300 <= 1/300" not in api.prove("softplus(x) >= 1/300 + x").to(encoding="ascii")
    assert "bernstein" not in api.prove("softplus(x) > x").to(lang="zh")


def test_an_undecided_claim_says_in_one_sentence_what_was_tried() -> None:
    proof = api.prove("erf(x) tanh(y) - x y <= 1", given=["|x| <= 1", "|y| <= 1"], timeout=1, oracle=False)
    if proof.verdict == "undecided" and "proofs.undecided-time" not in [s.id for s in proof.value.steps]:
        assert len(proof.value.steps) <= 3
    sums = api.prove(
        "prod(w_i, i, 1, n) <= 2^n + n", given=["n is integer", "n >= 1", "|w_i| <= 1"], timeout=5
    )
    if sums.verdict == "undecided":
        assert sums.value.steps[0].id == "proofs.undecided-depth"


def test_a_sum_of_products_names_its_brackets() -> None:
    proof = api.prove("|u| <= log(w*(1+sqrt(1-4/w))/2-1)", given=["w >= 4", "w*sigmoid'(u) >= 1"])
    assert proof.verdict == "proved"
    letters = [plain(dict(s.fields)["line"]) for s in proof.value.steps if s.id.startswith("proofs.letter")]
    assert letters and all(line.startswith(("A = ", "B = ", "D = ", "E = ")) for line in letters)
    assert max(len(line) for line in proof.to().splitlines()) < 260


def test_parts_say_what_a_sign_rests_on() -> None:
    proof = prove(claim("w sigma'(z) > 1", "w >= 5", "|z| <= 1/2"))
    assert field(proof.steps, "sign-parts", "line") == ["w sigma'(z) >= 1.175 > 1"]
    assert field(proof.steps, "sign-parts", "ranges") == ["w >= 5", "0.235 <= sigma'(z) <= 1/4"]
    assert field(prove(claim("(2*x+3)/6 < 3/2", "|x| < 3")).steps, "sign-parts", "ranges") == ["-3 < x < 3"]


def test_quotients_are_whole_and_lemmas_come_once() -> None:
    proof = api.prove("2/(m+n)*n <= 2", given=["m > 0", "n > 0"])
    assert "2 m/(m + n)" in proof.to(encoding="ascii")
    text = api.prove("log(exp(x)+exp(y)+exp(z)) <= max(x,max(y,z))+log(3)").to(encoding="ascii")
    assert "exp is increasing and x >= y" in text and text.count("exp(y) >= exp(z), because") <= 2


def test_a_general_function_is_named_as_the_reason() -> None:
    proof = prove(claim("phi(z) <= 1"))
    assert ids(proof) == ["undecided-general"] and any(
        isinstance(n, Name) for n in walk(proof.claim.statement)
    )


def test_an_equality_case_names_every_value_it_needs() -> None:
    from symgrad.api import prove as ask

    text = ask("w^2 sigma'(x) >= 0").to("text")
    assert "w = 0" in text.splitlines()[-1]
