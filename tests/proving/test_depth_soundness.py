"""Invalid arguments about symbolic depth, each tried with every search for counterexamples off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from symgrad import Chain, prove
from symgrad.errors import CertificateError, InputError
from symgrad.notation.codec import to_data
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import strip_spans
from symgrad.proving import kernel, refute
from symgrad.proving.kernel.depth.series import Series

POSITIVE = ("n is integer", "n >= 1")
NETWORK = """sigma = sigmoid
for j in 1..n:
    z_j = w_j a_{j-1} + b_j
    a_j = sigma(z_j)
C = (a_n - y)^2/2
"""
BESIDE = """sigma = sigmoid
u = x^2
for j in 1..n:
    z_j = w_j a_{j-1} + u
    a_j = sigma(z_j)
C = a_n
"""
ROUND = BESIDE.replace("u = x^2", "a_0 = x\nu = a_0^2")
FROM_BELOW = """sigma = sigmoid
for j in 1..n:
    a_j = sigma(w_j a_{j-1})
M = a_n + v^2 a_0
"""
GIVEN_BELOW = FROM_BELOW.replace("for j", "a_0 = x\nfor j")
LABELLED = NETWORK.replace("+ b_j", "+ b_j + b_f")
DEPTH_INSIDE = NETWORK.replace("w_j a_{j-1}", "w_j a_{j-1}/n")

FALSE: tuple[tuple[str | None, str, tuple[str, ...]], ...] = (
    # a fact about k outside is none about the index k
    (NETWORK, "sum(a_k, k, 0, n) = sum(sigma(z_k), k, 0, n)", ("k >= 1",)),
    (NETWORK, "sum(dz_i/db_3, i, 1, n) = sum(prod(w_k sigma'(z_{k-1}), k, 4, i), i, 1, n)", ("i >= 5",)),
    (None, "sum(w_k, k, 1, n) = 0", ("w_k = 0", "k >= 2", *POSITIVE)),
    (None, "prod(w_k, k, 1, n) = 0", ("w_k = 0", "k >= 2", *POSITIVE)),
    (None, "sum(relu(w_k), k, 1, n) = sum(w_k, k, 1, n)", ("w_k >= 0", "k >= 2", *POSITIVE)),
    (None, "prod(|w_i|, i, 1, n) <= 1", ("i >= 2", "|w_i| <= 1", *POSITIVE)),
    (None, "|w_1| prod(|w_i|, i, 2, n) <= 1", ("2 <= i", "i <= n", "|w_i| <= 1", *POSITIVE)),
    # a place that comes under an index of the same letter
    (None, "sum(x_n, k, 1, n) = sum(x_k, k, 1, n)", ("k = n", *POSITIVE)),
    (None, "sum(w_i, i, 1, n) <= n u_3 u_3", ("w_i <= prod(u_k u_i, k, 1, 1)", *POSITIVE)),
    # exponents and subscripts that are no integers
    (None, "2^n (x^2)^a = 2^n x^(2a)", POSITIVE),
    (None, "2^n x + b_x^2 <= b_x^2", (*POSITIVE, "x < 1")),
    # another way from x into the layers; a label that is no place; a layer that knows the depth
    (BESIDE, "dC/dx = 0", ()),
    (ROUND, "dC/da_0 = prod(w_k sigma'(z_k), k, 1, n)", ()),
    (ROUND, "dC/dx = prod(w_k sigma'(z_k), k, 1, n)", ()),
    (LABELLED, "dC/db_f = sigma'(z_n) (a_n - y) prod(w_k sigma'(z_{k-1}), k, f+1, n)", ()),
    (DEPTH_INSIDE, "dC/db_1 = sigma'(z_n) (a_n - y) prod(w_k sigma'(z_{k-1}), k, 2, n)", ()),
    # a_i may be a_0, a_{n-1} is a_0 in one layer
    (FROM_BELOW, "dM/da_i = prod(w_k sigma'(w_k a_{k-1}), k, i+1, n)", ()),
    (FROM_BELOW, "dM/da_{n-1} = w_n sigma'(w_n a_{n-1})", ()),
    (GIVEN_BELOW, "dM/da_i = prod(w_k sigma'(w_k a_{k-1}), k, i+1, n)", ()),
    (GIVEN_BELOW, "dM/da_{n-1} = w_n sigma'(w_n a_{n-1})", ()),
    # w_{n+1} is no member of w_1, ..., w_n
    (NETWORK, "prod(w_k^2, k, 1, n) > 0", ("w_i w_{i+1} >= 1",)),
    # two sums are two numbers: their difference may be negative
    (None, "sqrt(sum(x_k,k,1,n) - sum(y_k,k,1,n)) <= sqrt(sum(x_k,k,1,n) - sum(y_k,k,1,n))", POSITIVE),
    (None, "2^n sqrt(x^n - prod(y_k,k,1,n)) >= 2^n sqrt(x^n - prod(y_k,k,1,n))", POSITIVE),
    # x^n - y^n is not x - y, nor does it have its sign
    (None, "2^n sqrt(x^n - y^n) <= 2^n sqrt(x^n - y^n)", (*POSITIVE, "x >= y")),
    (None, "2^n/(x^n - 2) <= 2^n/(x^n - 2)", (*POSITIVE, "x < 2")),
    (None, "2^n log(x^n - 2) <= 2^n log(x^n - 2)", (*POSITIVE, "x > 2")),
    (None, "2^n log(1 + x^n) <= 2^n log(1 + x^n)", (*POSITIVE, "x > -1")),
    # ranges that run backwards, and negative exponents
    (None, "(1/4)^(n-i) <= 1", ("n is integer", "i is integer")),
    (None, "prod(|w_k|, k, i+1, n) <= (1/4)^(n-i)", ("|w_k| <= 1/4", "n is integer", "i is integer")),
    (None, "sum(w_k, k, i+1, n) <= n - i", ("w_k <= 1", "n is integer", "i is integer")),
    (None, r"\prod_{k=5}^{2} w_k = 1", ()),
    # shifted and doubled indices
    (None, "prod(w_i w_{i+1}, i, 1, n) = prod(w_i, i, 1, n)^2", POSITIVE),
    (None, "prod(w_i, i, 1, n) = prod(w_{i+1}, i, 1, n)", POSITIVE),
    (None, "prod(w_i, i, 1, 2n) = prod(w_i, i, 1, n)^2", POSITIVE),
    (NETWORK, "(n-1)(C - (a_{n-1} - y)^2/2) <= 0", ()),
)  # fmt: skip


@pytest.fixture
def no_refutation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the kernel stands between a false claim and `proved`."""
    for name in ("counterexample", "at_small_depths", "sharp", "equal", "exact"):
        monkeypatch.setattr(refute, name, lambda *args, **kwargs: None)


@pytest.mark.usefixtures("no_refutation")
@pytest.mark.parametrize(("chain", "claim", "given"), FALSE, ids=[claim for _, claim, _ in FALSE])
def test_false_claims_are_not_proved(chain: str | None, claim: str, given: tuple[str, ...]) -> None:
    """The search finds no argument that the kernel accepts."""
    found = (
        prove(claim, given=given, timeout=3, oracle=False)
        if chain is None
        else Chain.parse(chain).prove(claim, given=given, timeout=3)
    )
    assert found.verdict != "proved"


def tree(text: str) -> Any:
    """A text as certificate data."""
    return to_data(strip_spans(read(text, Context("claim"))))


def certificate(claim: str, given: tuple[str, ...], proof: Any, **more: Any) -> dict[str, Any]:
    """A certificate that nobody searched for."""
    used = [tree(g) for g in given]
    return {
        "format": kernel.FORMAT, "verdict": "proved", "statement": tree(claim), "given": used,
        "functions": {"sigma": "sigmoid"}, "definitions": [], "used": used, "proof": proof, "attained": None,
        **more,
    }  # fmt: skip


IDENTITY = {"rule": "identity", "unfold": 0, "definitions": False}
SERIES = {"rule": "series", "unfold": 0, "definitions": False}


def test_an_induction_does_not_start_between_two_integers() -> None:
    """(2n-1) 2^n <= 0 holds at 1/2, and n + 1 would follow from n."""
    entry = {
        "rule": "induction", "letter": "n", "start": tree("1/2"), "first": IDENTITY,
        "factor": tree("2(2n+1)/(2n-1)"), "rest": 0, "signs": [SERIES, IDENTITY],
    }  # fmt: skip
    with pytest.raises(CertificateError) as error:
        kernel.check(certificate("(2n-1) 2^n <= 0", POSITIVE, entry))
    assert error.value.what == "certificate-malformed"


@pytest.mark.parametrize("proof", [IDENTITY, SERIES])
def test_a_place_is_not_captured(proof: Any) -> None:
    """With n = k, the k of a range stays the range's own."""
    entry = {"rule": "place", "letter": "n", "place": tree("k"), "proof": proof}
    with pytest.raises(CertificateError):
        kernel.check(certificate("sum(x_n, k, 1, n) = sum(x_k, k, 1, n)", ("k = n", *POSITIVE), entry))


def test_a_slope_does_not_miss_members_under_a_sum() -> None:
    """C = sum_k x_k^2 depends on x_2 where its range has a 2, whatever its ends are."""
    lines = [[tree("C"), tree("sum(x_k^2, k, 1, m)")]]
    with pytest.raises(CertificateError):
        kernel.check({**certificate("dC/dx_2 = 0", (), IDENTITY), "definitions": lines})
    through = [[tree("s_1"), tree("x")], [tree("C"), tree("s_1 + sum(s_k, k, 1, m)")]]
    with pytest.raises(CertificateError):
        kernel.check({**certificate("dC/dx = 1", (), IDENTITY), "definitions": through})


def test_induction_starts_at_an_integer_whatever_its_letters_are() -> None:
    """Between i/2 and n, for an odd i, no integer is reached from i/2."""
    entry = {
        "rule": "induction", "letter": "n", "start": tree("i/2"), "first": IDENTITY,
        "factor": tree("1"), "rest": 0, "signs": [IDENTITY, IDENTITY],
    }  # fmt: skip
    with pytest.raises(CertificateError) as error:
        kernel.check(certificate("2^n <= 2^n", ("i/2 <= n", "i is integer", *POSITIVE), entry))
    assert error.value.what == "certificate-malformed"


def test_a_label_of_a_chain_is_not_put_in() -> None:
    """In y = w_n x + w_1 the n is part of a name, and w_n is not w_1 where n = 1."""
    chain = Chain.parse("y = w_n x + w_1\n")
    known = chain.prove("w_1 <= 1", given=("w_1 <= 1",)).certificate
    assert known is not None
    entry = {"rule": "place", "letter": "n", "place": 1, "proof": known["proof"]}
    given = ("w_1 <= 1", "n is integer", "n >= 1", "n <= 1")
    kernel.check(certificate("w_n <= 1", given, entry))
    with pytest.raises(CertificateError):
        kernel.check(certificate("w_n <= 1", given, entry, definitions=known["definitions"]))


@pytest.mark.parametrize("start", [FROM_BELOW, GIVEN_BELOW])
def test_the_initial_value_beside_the_layers_counts_where_it_is_another(start: str) -> None:
    """Where i >= 1, a_i is not a_0."""
    claim = "dM/da_i = prod(w_k sigma'(w_k a_{k-1}), k, i+1, n)"
    assert Chain.parse(start).prove(claim, given=("i >= 1",)).verdict == "proved"


@pytest.mark.parametrize("place", ["1/2", ["apply", "sqrt", 0, ["1/4"]]])
def test_a_counterexample_has_whole_numbers_for_indices(place: Any) -> None:
    """i(i - 1) >= 0 for every index i."""
    refuting = certificate("i(i-1) + w_i^2 >= 0", (), None)
    del refuting["used"], refuting["proof"], refuting["attained"]
    names = [[["name", "w", ["name", "i"]], 0], [["name", "w", "1/2"], 0]]
    for point in ([["name", "i"], place], *names[:1]), ([["name", "i"], place], *names[1:]):
        with pytest.raises(CertificateError):
            kernel.check({**refuting, "verdict": "refuted", "counterexample": list(point)})
    assert prove("i(i-1) + w_i^2 >= 0").verdict != "refuted"


def test_conditions_on_the_depth_do_not_survive_induction() -> None:
    """|w_i| <= 1 for i >= n says something of w_n, and nothing of the members before it."""
    given = ("|w_i| <= 1", "i >= n", *POSITIVE)
    step = {
        "rule": "induction", "letter": "n", "start": 1, "first": IDENTITY, "factor": tree("1"), "rest": 0,
        "signs": [IDENTITY, IDENTITY],
    }  # fmt: skip
    with pytest.raises(CertificateError):
        kernel.check(certificate("sum(|w_k|, k, 1, n) <= n", given, step))
    assert prove("sum(|w_k|, k, 1, n) <= n", given=given, oracle=False).verdict == "refuted"


def test_a_layers_member_is_not_defined_outside() -> None:
    """A loop whose w_1 comes from an equation before it is refused."""
    network = Chain.parse(NETWORK).prove("dC/db_n = dC/db_n").certificate
    assert network is not None
    loop = {**network["loop"], "before": [[["name", "w", 1], ["name", "v"]]]}
    with pytest.raises(CertificateError):
        kernel.check({**network, "loop": loop})


def test_a_range_without_direction_is_an_error() -> None:
    """Nothing says which end is the larger one."""
    with pytest.raises(InputError) as error:
        prove(r"\prod_{k=m}^{n} w_k \le 1", given=["|w_k| <= 1"])
    assert error.value.what == "range-direction"
    assert error.value.where is not None


def test_descending_ranges_are_their_factors() -> None:
    """The product from 5 to 2 in pi notation runs downward; prod(..., 5, 2) is empty."""
    assert prove(r"\prod_{k=5}^{2} w_k = w_2 w_3 w_4 w_5").verdict == "proved"
    assert prove("prod(w_k, k, 5, 2) = 1").verdict == "proved"
    upward = r"\prod_{k=n}^{1} w_k = \prod_{k=1}^{n} w_k"
    assert prove(upward, given=POSITIVE).verdict == "proved"


def test_what_holds_within_one_range_is_not_remembered_for_another() -> None:
    """A normal form under other facts about its letters is worked out anew."""
    outer = Series({})
    assert replace(outer, depth=1)._memo is not outer._memo
