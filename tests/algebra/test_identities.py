"""Random expressions against SymPy, and random changes that a point must really tell apart."""

from __future__ import annotations

from fractions import Fraction

import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symgrad.algebra import Algebra, Level, Scope, equal
from symgrad.arithmetic import EXACT, Undefined, evaluate
from symgrad.notation.tree import Add, Apply, Div, Mul, Name, Neg, Pow, Tree, number

NAMES = [Name("x"), Name("u"), Name("w", (number(1),))]
leaves = st.one_of(
    st.sampled_from(NAMES), st.fractions(min_value=-4, max_value=4, max_denominator=4).map(number)
)


def bigger(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(Add),
        pairs.map(Mul),
        inner.map(Neg),
        pairs.map(lambda two: Div(*two)),
        st.tuples(inner, st.integers(-2, 3)).map(lambda two: Pow(two[0], number(two[1]))),
    )


rationals = st.recursive(leaves, bigger, max_leaves=8)


def to_sympy(tree: Tree) -> sympy.Expr:
    match tree:
        case Name():
            return sympy.Symbol(str(NAMES.index(tree)) + "v", real=True)
        case Add(parts):
            return sympy.Add(*map(to_sympy, parts))
        case Mul(parts):
            return sympy.Mul(*map(to_sympy, parts))
        case Neg(a):
            return -to_sympy(a)
        case Div(a, b):
            return to_sympy(a) / to_sympy(b)
        case Pow(a, b):
            return to_sympy(a) ** to_sympy(b)
    return sympy.Rational(tree.value.numerator, tree.value.denominator)


def same_for_sympy(a: Tree, b: Tree) -> bool | None:
    difference = sympy.together(to_sympy(a) - to_sympy(b))
    if difference.has(sympy.zoo, sympy.nan, sympy.oo):
        return None
    return bool(sympy.expand(sympy.fraction(difference)[0]) == 0)


@settings(max_examples=150)
@given(rationals, rationals)
def test_verdicts_agree_with_sympy(a: Tree, b: Tree) -> None:
    expected = same_for_sympy(a, b)
    decision = equal(a, b)
    if expected is None or decision.verdict == "unknown":
        assume(False)
    assert decision.verdict == ("equal" if expected else "different")


@settings(max_examples=100)
@given(rationals)
def test_a_form_written_back_is_equal(tree: Tree) -> None:
    if same_for_sympy(tree, tree) is None:
        return
    algebra = Algebra(Scope())
    try:
        back = algebra.tree(algebra.normal_form(tree))
    except ArithmeticError:
        return
    assert same_for_sympy(tree, back)
    assert algebra.normal_form(back).key() == algebra.normal_form(tree).key()


@settings(max_examples=100)
@given(rationals, st.sampled_from(["scale", "shift", "sign"]), st.integers(2, 5))
def test_a_changed_expression_is_separated_by_its_witness(tree: Tree, change: str, size: int) -> None:
    changed: Tree = {
        "scale": Mul((number(size), tree)),
        "shift": Add((tree, number(size))),
        "sign": Neg(tree),
    }[change]
    decision = equal(changed, tree)
    if decision.verdict == "different":
        values = dict(decision.witness.values)
        assert evaluate(changed, values, EXACT) == decision.witness.left
        assert evaluate(tree, values, EXACT) == decision.witness.right
        assert decision.witness.left != decision.witness.right
    elif decision.verdict == "equal":
        assert change != "shift" and same_for_sympy(tree, number(0))


functions = st.sampled_from(["sigmoid", "tanh", "exp", "relu", "abs", "softplus"])
arguments = st.tuples(st.integers(-2, 2), st.sampled_from(NAMES)).map(
    lambda two: Mul((number(two[0]), two[1]))
)
transcendental = st.recursive(
    st.one_of(st.tuples(functions, arguments).map(lambda two: Apply(Name(two[0]), (two[1],))), leaves),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(Add), st.tuples(inner, inner).map(Mul), inner.map(Neg)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(transcendental, transcendental)
def test_equal_verdicts_survive_numbers_and_different_ones_have_them(a: Tree, b: Tree) -> None:
    from symgrad.arithmetic import Arb

    kind = Arb(200)
    decision = equal(a, b)
    if decision.verdict != "equal":
        return
    for point in (
        (Fraction(1, 3), Fraction(-5, 7), Fraction(9, 4)),
        (Fraction(-2), Fraction(3, 5), Fraction(-1, 9)),
    ):
        with kind.working():
            values = {name: kind.number(value) for name, value in zip(NAMES, point, strict=True)}
        try:
            left, right = evaluate(a, values, kind), evaluate(b, values, kind)
        except Undefined:
            continue
        assert left.overlaps(right)


@settings(max_examples=100, deadline=None)
@given(transcendental, transcendental, transcendental)
def test_ring_laws_hold_through_functions(a: Tree, b: Tree, c: Tree) -> None:
    assert equal(Mul((a, Add((b, c)))), Add((Mul((c, a)), Mul((b, a))))).verdict == "equal"
    square = Pow(Add((a, Neg(b))), number(2))
    spread = Add((Pow(a, number(2)), Mul((number(-2), a, b)), Pow(b, number(2))))
    assert equal(square, spread).verdict == "equal"


def test_normal_forms_do_not_depend_on_how_much_is_put_in_for_the_verdict() -> None:
    x = NAMES[0]
    slope = Apply(Name("sigmoid"), (x,), 1)
    s = Apply(Name("sigmoid"), (x,))
    algebra = Algebra(Scope())
    product = Mul((s, Add((number(1), Neg(s)))))
    for level in (Level.FUNCTIONS, Level.ACTIVATIONS, Level.DEFINITIONS):
        assert algebra.normal_form(slope, level).key() == algebra.normal_form(product, level).key()
    assert algebra.normal_form(slope, Level.OPAQUE).key() != algebra.normal_form(product, Level.OPAQUE).key()
