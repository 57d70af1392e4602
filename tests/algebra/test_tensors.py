"""Vectors and matrices: identities by index notation, and separating points that NumPy confirms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.algebra import Scope, ShapedWitness, equal
from symgrad.algebra.tensors.decide import ShapedAlgebra
from symgrad.notation.context import Context
from symgrad.notation.reader import read
from symgrad.notation.tree import (
    Add,
    Apply,
    Component,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Relation,
    Transpose,
    Tree,
    number,
    strip_spans,
)

M, K, L = map(Name, "mkl")
SHAPES: dict[Name, tuple[Tree, ...]] = {
    Name("A"): (M, K), Name("B"): (K, L), Name("G"): (L, M), Name("S"): (M, M), Name("R"): (M, M),
    Name("v"): (M,), Name("u"): (M,), Name("w"): (K,), Name("c"): (),
}  # fmt: skip
SCOPE = Scope((), {"sigma": "sigmoid"}, {}, SHAPES)


def tree_of(text: str) -> Tree:
    arrays = frozenset(name.stem for name, shape in SHAPES.items() if shape)
    known = frozenset(SHAPES)
    return strip_spans(
        read(text, Context("claim", known=known, functions=frozenset(["f", "eye", "ones"]), arrays=arrays))
    )


IDENTITIES = [
    ("(A*B)^T", "B^T*A^T"), ("v^T*u", "u^T*v"), ("(A*B)*G", "A*(B*G)"), ("trace(S*R)", "trace(R*S)"),
    ("trace(A*B*G)", "trace(G*A*B)"), ("diag(v)*u", "u .* v"), ("diag(v)*diag(u)", "diag(u .* v)"),
    ("A^T*(v .* f(u))", "A^T*diag(f(u))*v"), ("norm(v)^2", "v^T*v"), ("norm(A)^2", "trace(A^T*A)"),
    ("sum(v .* u)", "u^T*v"), ("sigma'(v)", "sigma(v) .* (1 - sigma(v))"),
    ("f(A^T*v)", "f((v^T*A)^T)"), ("(f(A))^T", "f(A^T)"), ("(v*u^T)^T", "u*v^T"), ("mean(v)", "sum(v)/m"),
    ("sum(v - mean(v))", "0"), ("sum(softmax(v))", "1"), ("trace(v*u^T)", "v^T*u"),
    ("exp(-v) ./ (1 + exp(-v)).^2", "sigma'(v)"), ("v/norm(v)", "v ./ sqrt(v^T*v)"),
    ("A^T*(u .* exp(-v) ./ (1 + exp(-v)).^2)", "A^T*(u .* sigma'(v))"),
    ("A^T*(u ./ (1 - sigma(v)) .* sigma'(v))", "A^T*(sigma(v) .* u)"),
    ("trace(S^T*R)", "sum(S .* R)"), ("1 - tanh(v)^2", "tanh'(v)"), ("(v^T*u)*v", "v*(v^T*u)"),
    ("S*(v + u) - S*u", "S*v"), ("(S + R)^T", "R^T + S^T"), ("trace(eye(m))", "m"), ("eye(m)*v", "v"),
    ("ones(m)^T*v", "sum(v)"), ("sum(log(exp(v)))", "sum(v)"), ("v^T*S*u", "u^T*S^T*v"),
    ("(v + c)^T*u", "v^T*u + c*sum(u)"), ("sqrt(v^T*v + c)*(v^T*v + c)^(-3/2)", "1/(v^T*v + c)"),
    ("half_square(v, u)", "norm(v - u)^2/2"), ("mse(v, u)", "mean((u - v)^2)"),
    ("sum(v .* v)*sum(u .* u)", "(u^T*u)*(v^T*v)"), ("relu(v)", "v .* 1[v > 0]"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), IDENTITIES)
def test_identities(left: str, right: str) -> None:
    assert equal(tree_of(left), tree_of(right), SCOPE).verdict == "equal"


DIFFERENT = [
    ("S*R", "R*S"), ("v*u^T", "u*v^T"), ("S*S^T", "S^T*S"), ("S*R*S", "S*S*R"), ("S^T*v", "S*v"),
    ("f(S)*v", "f(S^T)*v"), ("v", "2*v"), ("v", "m*v"), ("sum(v)", "mean(v)"), ("v .* u", "v + u"),
    ("diag(v)", "v*v^T"), ("trace(S*R)", "trace(S)*trace(R)"), ("S .* R", "S*R"), ("norm(v)", "norm(u)"),
    ("sigma'(v)", "sigma(v)"), ("trace(S^T*R)", "trace(S*R)"), ("A*A^T*v", "v*(v^T*v)"),
    ("norm(v + u)", "norm(v) + norm(u)"), ("softmax(v)", "exp(v)"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different(left: str, right: str) -> None:
    decision = equal(tree_of(left), tree_of(right), SCOPE)
    assert decision.verdict == "different"
    assert isinstance(decision.witness, ShapedWitness)
    confirm(decision.witness, tree_of(left), tree_of(right))


@pytest.mark.parametrize(
    ("left", "right"), [("A*A^T", "A^T*A"), ("v", "v^T"), ("v^T*u", "v*u^T"), ("A", "A^T")]
)
def test_other_shapes_are_no_matter_of_values(left: str, right: str) -> None:
    decision = equal(tree_of(left), tree_of(right), SCOPE)
    assert (decision.verdict, decision.reason) == ("unknown", "shapes")


def test_an_assumption_is_used_and_met_by_witnesses() -> None:
    assumed = Scope((), {}, {}, SHAPES, (tree_of("sum(v) = 1"),))
    assert equal(tree_of("u*sum(v)"), tree_of("u"), assumed).verdict == "equal"
    assert equal(tree_of("u*sum(v)"), tree_of("u"), SCOPE).verdict == "different"
    decision = equal(tree_of("v .* u"), tree_of("u"), assumed)
    assert decision.verdict == "different" and isinstance(decision.witness, ShapedWitness)
    values = point_of(decision.witness)
    assert values[Name("v")].sum() == pytest.approx(1)


def test_twenty_factors() -> None:
    names = [Name("Q", (number(i),)) for i in range(20)]
    scope = Scope((), {}, {}, {name: (M, M) for name in names})
    left = Transpose(Mul(tuple(names)))
    right = Mul(tuple(Transpose(name) for name in reversed(names)))
    swapped = Mul((*right.factors[:7], right.factors[8], right.factors[7], *right.factors[9:]))
    assert equal(left, right, scope).verdict == "equal"
    assert ShapedAlgebra(scope).equal(left, swapped).verdict == "different"


# -- random expressions --------------------------------------------------------------------------------------


def matrices() -> st.SearchStrategy[Tree]:
    """m x m matrices."""
    leaves = st.sampled_from(list(map(tree_of, ("S", "R", "A*B*G", "v*u^T", "diag(v)", "A*w*u^T"))))
    return st.recursive(leaves, grown, max_leaves=4)


def grown(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda p: Mul(p)),
        pairs.map(lambda p: Elementwise("*", *p)),
        pairs.map(lambda p: Add(p)),
        inner.map(Transpose),
        inner.map(lambda a: Apply(Name("sigma"), (a,))),
    )


def rewritten(tree: Tree, flips: Callable[[], bool]) -> Tree:
    """The same value, written in another way."""
    match tree:
        case Mul((a, b)) if flips():
            return Transpose(Mul((Transpose(rewritten(b, flips)), Transpose(rewritten(a, flips)))))
        case Mul(factors):
            return Mul(tuple(rewritten(f, flips) for f in factors))
        case Elementwise("*", a, b):
            one, two = rewritten(a, flips), rewritten(b, flips)
            return Elementwise("*", two, one) if flips() else Elementwise("*", one, two)
        case Add(terms):
            new = tuple(rewritten(t, flips) for t in terms)
            return Add(new[::-1]) if flips() else Add(new)
        case Transpose(Add(terms)) if flips():
            return Add(tuple(Transpose(rewritten(t, flips)) for t in terms))
        case Transpose(Transpose(a)):
            return rewritten(a, flips)
        case Transpose(a):
            return Transpose(rewritten(a, flips))
        case Apply(Name("sigma"), (a,)) if flips():
            return Transpose(Apply(Name("sigma"), (Transpose(rewritten(a, flips)),)))
        case Apply(Name("diag"), (a,)) if flips():
            return Elementwise("*", Apply(Name("eye"), (M,)), Mul((a, Transpose(Apply(Name("ones"), (M,))))))
    return tree


def mutated(tree: Tree, draw: Callable[[int], int]) -> Tree:
    """One thing changed somewhere."""
    match draw(5):
        case 0:
            return Transpose(tree)
        case 1:
            return Neg(tree)
        case 2:
            return Mul((number(2), tree))
        case 3:
            match tree:
                case Mul(factors):
                    return Mul(factors[::-1])
                case Elementwise(_, a, b):
                    return Mul((a, b))
                case Add((a, b)):
                    return Elementwise("*", a, b)
            return Mul((tree, tree_of("S")))
        case _:
            match tree:
                case Mul((a, b)) | Add((a, b)):
                    return type(tree)((mutated(a, draw), b))
                case Elementwise(operator, a, b):
                    return Elementwise(operator, a, mutated(b, draw))
            return Add((tree, tree_of("R")))


@settings(max_examples=120, deadline=None)
@given(matrices(), st.randoms(use_true_random=False))
def test_rewritten_expressions_are_equal(tree: Tree, random: Any) -> None:
    other = rewritten(tree, lambda: random.random() < 0.6)
    assert equal(other, tree, SCOPE).verdict == "equal"


@settings(max_examples=120, deadline=None)
@given(matrices(), st.randoms(use_true_random=False))
def test_mutated_expressions_differ_where_numpy_says_so(tree: Tree, random: Any) -> None:
    other = mutated(tree, lambda n: random.randrange(n))
    decision = equal(other, tree, SCOPE)
    differ = float(np.abs(value(other, SAMPLE) - value(tree, SAMPLE)).max()) > 1e-9
    if decision.verdict == "equal":
        assert not differ
    elif decision.verdict == "different":
        assert isinstance(decision.witness, ShapedWitness)
        confirm(decision.witness, other, tree)
    else:
        assert not differ or decision.reason


# -- an evaluation of its own --------------------------------------------------------------------------------

RANDOM = np.random.default_rng(5)
SIZES = {M: 2, K: 3, L: 4}
SAMPLE = {
    name: RANDOM.normal(size=tuple(SIZES[s] for s in shape) or (1,)).reshape(  # type: ignore[index]
        *(SIZES[s] for s in shape),
        *([1] * (2 - len(shape))),  # type: ignore[index]
    )
    for name, shape in SHAPES.items()
} | {size: np.array([[float(n)]]) for size, n in SIZES.items()}


def value(tree: Tree, values: dict[Tree, Any]) -> Any:
    """A tree in NumPy, with none of the code under test."""
    match tree:
        case Number(v):
            return np.array([[float(v)]])
        case Name():
            return values[tree]
        case Neg(a):
            return -value(a, values)
        case Add(terms):
            return sum(value(t, values) for t in terms)
        case Mul(factors):
            result = value(factors[0], values)
            for factor in factors[1:]:
                right = value(factor, values)
                result = result * right if (1, 1) in (result.shape, right.shape) else result @ right
            return result
        case Elementwise("*", a, b):
            return value(a, values) * value(b, values)
        case Transpose(a):
            return value(a, values).T
        case Apply(Name("eye"), (size,)):
            return np.eye(int(values[size][0, 0]))
        case Apply(Name("ones"), (size,)):
            return np.ones((int(values[size][0, 0]), 1))
        case Apply(function, arguments, order):
            return ENTRYWISE[function.stem, order](*(value(a, values) for a in arguments))
    raise AssertionError(f"no value for {tree}")


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


ENTRYWISE: dict[tuple[str, int], Callable[..., Any]] = {
    ("sigma", 0): sigmoid, ("sigma", 1): lambda x: sigmoid(x) * sigmoid(-x), ("f", 0): sigmoid,
    ("diag", 0): lambda x: np.diag(x.ravel()), ("sum", 0): lambda x: np.array([[x.sum()]]),
    ("mean", 0): lambda x: np.array([[x.mean()]]),
    ("norm", 0): lambda x: np.array([[np.linalg.norm(x)]]),
    ("trace", 0): lambda x: np.array([[np.trace(x)]]),
    ("softmax", 0): lambda x: np.exp(x) / np.exp(x).sum(), ("exp", 0): np.exp,
}  # fmt: skip


def point_of(witness: ShapedWitness) -> dict[Tree, Any]:
    """The arrays of a witness."""
    sizes = dict(witness.sizes)
    found: dict[Tree, Any] = {size: np.array([[float(n)]]) for size, n in sizes.items()}
    for name, shape in SHAPES.items():
        found[name] = np.ones([sizes[s] for s in shape] + [1] * (2 - len(shape)))
    for tree, number_ in witness.values:
        match tree:
            case Component(name, places):
                at = [int(p.value) - 1 for p in places if isinstance(p, Number)]
                found[name][tuple([*at, 0][:2])] = float(number_)
            case _:
                found[tree] = np.array([[float(number_)]])
    return found


def confirm(witness: ShapedWitness, left: Tree, right: Tree) -> None:
    """NumPy finds the two values of the witness, and they differ."""
    if any(isinstance(f, Relation) for _, f in witness.functions) or dict(witness.functions).get("f") not in (
        None, "sigmoid",
    ):  # fmt: skip
        return
    values = point_of(witness)
    row, column = witness.place or (1, 1)
    for tree, claimed in ((left, witness.left), (right, witness.right)):
        entry = value(tree, values)
        entry = entry[0, 0] if entry.size == 1 else entry[row - 1, column - 1]
        if not isinstance(claimed, str):
            assert entry == pytest.approx(float(claimed), rel=1e-9, abs=1e-12)
    if not isinstance(witness.left, str) and not isinstance(witness.right, str):
        assert witness.left != witness.right
