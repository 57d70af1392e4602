"""What is assumed is about letters that exist; constants, words and strangers are input errors."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from symgrad.api import prove
from symgrad.api.chain import Chain
from symgrad.errors import CertificateError, InputError, UnknownNameError
from symgrad.notation.writers.plain import plain
from symgrad.proving.kernel import check
from symgrad.rendering.render import Target, render_proof

NIELSEN = (
    "sigma = sigmoid\nfor j in 1..4:\n    z_j = w_j a_{j-1} + b_j\n    a_j = sigma(z_j)\nC = (a_4 - y)^2/2\n"
)
DEEP = NIELSEN.replace("1..4", "1..n").replace("a_4", "a_n")
SOFTMAX = "sum(exp(x_i)/sum(exp(x_j), j, 1, n), i, 1, n) = 1"


@pytest.mark.parametrize("given", ["e >= 0", "e > 0", "w > 0, 1 < e"])
def test_e_is_no_variable_of_a_chain_or_where_it_has_a_power(given: str) -> None:
    for asked in (lambda g: prove("e^w_1 >= 0", g), lambda g: Chain.parse(NIELSEN).prove("w_1^2 >= 0", g)):
        with pytest.raises(InputError, match="nothing about a variable; e is Euler's number") as found:
            asked([given])
        assert "自然常数" in found.value.message("zh") and "^^^" in str(found.value)


def test_e_is_a_letter_where_an_assumption_speaks_of_it() -> None:
    assert prove("e < 3", ["e > 2", "e < 5"]).verdict == "refuted"
    assert prove("1/(sqrt(v)+e) > 0", ["v >= 0", "e > 0"]).verdict == "proved"
    assert prove("1/(sqrt(v)+e) > 0", ["v >= 0", "e >= 0"]).verdict == "undecided"
    assert prove("e > 2").verdict == "proved"


def test_a_constant_assumption_says_nothing() -> None:
    with pytest.raises(InputError, match="nothing about a variable") as found:
        prove("w^2 >= 0", ["0 < 1"])
    assert "Euler" not in str(found.value)
    with pytest.raises(InputError, match="nothing about a variable"):
        Chain.parse(NIELSEN).bounds("b_1", ["0 < 1"])
    assert prove("f(0)^2 = 0", ["f(0) = 0"]).verdict == "proved"


@pytest.mark.parametrize("given", ["|w_j| <= 1 for all j", "each |w_j| <= 1", "|w_j| <= 1 if j > 1"])
def test_a_family_needs_no_quantifier(given: str) -> None:
    with pytest.raises(InputError, match="a family needs no quantifier"):
        Chain.parse(NIELSEN).prove("|dC/db_1| <= |dC/db_2|", [given])
    with pytest.raises(InputError, match="a family needs no quantifier"):
        prove("|w_1| <= 1", [given])


@pytest.mark.parametrize("source", [NIELSEN, DEEP])
@pytest.mark.parametrize("given", ["|w| <= 1", "|w_0| <= 1"])
def test_a_stranger_in_a_family_is_an_error(source: str, given: str) -> None:
    with pytest.raises(UnknownNameError, match=r"there is no w.*; there are w_1"):
        Chain.parse(source).prove("|w_1| <= 2", [given])


def test_other_letters_and_families_stay_allowed() -> None:
    chain = Chain.parse(NIELSEN)
    assert chain.prove("|w_1| <= M", ["|w_j| <= M"]).verdict == "proved"
    assert chain.prove("|w_1 w_2| <= c^2", ["|w_j| <= c"]).verdict == "proved"
    with pytest.raises(UnknownNameError, match="there is no w_9"):
        chain.prove("|w_9| <= 1")
    assert chain.prove("sum(w_j^2, j, 1, 4) >= 0").verdict == "proved"


def test_a_letter_that_is_never_applied_is_a_variable() -> None:
    assert prove("g^2 >= 0").counterexample == {} and prove("g^2 >= 0").verdict == "proved"
    assert prove("g^2(z) >= 0").verdict == "proved"
    assert prove("g^2 <= 1").counterexample.keys() == {"g"}
    with pytest.raises(InputError, match="needs an argument"):
        prove("g^2 >= 0", ["g(x) > 0"])


def test_a_solver_does_not_say_what_was_needed() -> None:
    proof = prove("x^2 + y^2 >= 2*x*y", ["x > y"]).value
    asked = replace(proof, method="oracle:z3", checked=False, used=(), unused=())
    for lang, words in (("en", "no assumption was needed"), ("zh", "没有用到任何条件")):
        assert words in render_proof(proof, Target(lang=lang))
        assert words not in render_proof(asked, Target(lang=lang))


def test_a_saving_assumption_is_the_weakest_and_not_vacuous() -> None:
    proof = prove("|1 - eta lambda| < 1", ["0 < eta, eta <= 2/lambda, lambda > 0"])
    assert [plain(tree) for tree in proof.value.rescue] == ["eta < 2/lambda"]
    assert json.loads(proof.to("json"))["rescue"] == ["eta < 2/lambda"]
    assert "rescue" not in json.loads(prove("w^2 >= 0").to("json"))
    assert prove("|w| > 1 iff |w| > 2").value.rescue == ()


def test_printed_numbers_stay_on_their_side() -> None:
    assert "left 0.99999999794" in prove("0 < sigma(z) < 0.9999999").to("text")


def test_sums_that_may_be_empty_are_no_quotients() -> None:
    proof = prove(SOFTMAX, ["n is positive integer"])
    assert proof.verdict == "proved" and proof.check()
    assert [plain(tree) for tree in proof.value.used] == ["n is positive integer"]
    assert prove(SOFTMAX, ["n >= 0"]).counterexample == {"n": "0"}
    assert proof.certificate is not None
    with pytest.raises(CertificateError):
        check({**proof.certificate, "given": [], "used": []})


def test_languages_and_formats_are_named() -> None:
    with pytest.raises(InputError, match="no language fr; there are en, zh"):
        prove("w^2 >= 0").to("latex", lang="fr")
    with pytest.raises(InputError, match="there are text, markdown, latex, json"):
        prove("w^2 >= 0").to("html")


def test_an_integer_between_no_integers_is_a_contradiction() -> None:
    with pytest.raises(InputError, match="contradict each other"):
        prove("n > 5", ["n is integer, 1/3 < n < 2/3"])
    assert prove("n = 1", ["n is integer, 1/3 < n < 5/3"]).verdict != "refuted"
