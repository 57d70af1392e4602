"""Random trees as a reader would build them: what every text can say, and nothing it cannot."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from symgrad.notation import tree as t
from symgrad.notation.context import Context

SCALARS = ("w", "b", "a", "y", "z", "x", "theta", "lambda", "y_hat", "n", "rate")
ARRAYS = ("W", "v")
FUNCTIONS = ("sigma", "phi", "q", "exp", "log", "tanh", "sqrt", "abs", "relu", "sigmoid")
CONTEXT = Context(
    "claim",
    frozenset(t.Name(stem) for stem in (*SCALARS, *ARRAYS, "C", "L")),
    functions=frozenset({"q"}),
    arrays=frozenset(ARRAYS),
)
LETTERS = ("j", "k", "m")

integers = st.integers(0, 12).map(t.number)
decimals = st.sampled_from(["0.25", "1.5", "3.125"]).map(lambda d: t.Number(Fraction(d), decimal=True))
letters = st.sampled_from(LETTERS).map(t.Name)
shifted = st.builds(
    lambda letter, shift, minus: t.Add((letter, t.Neg(shift) if minus else shift)),
    letters,
    st.integers(1, 3).map(t.number), st.booleans(),
)  # fmt: skip
indices = st.one_of(integers, letters, shifted, st.sampled_from(["true", "pred", "ij"]).map(t.Name))
names = st.builds(
    t.Name,
    st.sampled_from(SCALARS),
    st.one_of(st.just(()), st.tuples(indices), st.tuples(integers, integers)),
)
derivatives = st.builds(t.Derivative, st.sampled_from(["C", "L"]).map(t.Name), names, st.integers(1, 3))
constants = st.sampled_from([t.Constant("e"), t.Constant("pi")])
leaves = st.one_of(names, integers, names, decimals, constants, derivatives)


def sequences(inner: st.SearchStrategy[t.Tree]) -> st.SearchStrategy[tuple[t.Tree, ...]]:
    """Two to four subtrees."""
    return st.lists(inner, min_size=2, max_size=4).map(tuple)


def relations(inner: st.SearchStrategy[t.Tree]) -> st.SearchStrategy[t.Tree]:
    """Chains of one or two relations."""
    sign = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
    one = st.builds(lambda s, a, b: t.Relation((s,), (a, b)), sign, inner, inner)
    two = st.builds(lambda s, r, a, b, c: t.Relation((s, r), (a, b, c)), sign, sign, inner, inner, inner)
    return st.one_of(one, two)


def grown(inner: st.SearchStrategy[t.Tree]) -> st.SearchStrategy[t.Tree]:
    """One node over smaller trees."""
    function = st.sampled_from(FUNCTIONS).map(t.Name)
    apply = st.builds(lambda f, x, n: t.Apply(f, (x,), n), function, inner, st.integers(0, 3))
    operator = st.builds(
        lambda kind, body, letter, low, high: t.BigOp(kind, body, letter, low, high, True),
        st.sampled_from(["prod", "sum"]),
        inner,
        st.sampled_from(LETTERS),
        st.integers(0, 2).map(t.number),
        st.sampled_from([t.Name("n"), t.Add((t.Name("n"), t.Neg(t.ONE))), t.number(7)]),
    )
    return st.one_of(
        sequences(inner).map(t.Mul),
        sequences(inner).map(t.Add),
        st.builds(t.Div, inner, inner),
        st.builds(t.Neg, inner),
        st.builds(t.Pow, inner, inner),
        apply,
        operator,
        st.builds(t.Elementwise, st.sampled_from(["*", "/", "^"]), inner, inner),
        st.sampled_from(ARRAYS).map(lambda stem: t.Transpose(t.Name(stem))),
        relations(inner).map(t.Indicator),
    )


expressions = st.recursive(leaves, grown, max_leaves=12)
statements = st.one_of(
    expressions,
    relations(expressions),
    st.builds(lambda o, a: t.Logic(o, a), st.sampled_from(["and", "or"]), sequences(relations(leaves))),
    st.builds(lambda a, b: t.Logic("implies", (a, b)), relations(leaves), relations(leaves)),
    relations(leaves).map(lambda r: t.Logic("not", (r,))),
)


def undirected(tree: t.Tree) -> t.Tree:
    """The tree with the direction of big operators left to their bounds, as LaTeX writes them."""
    tree = t.rebuild(tree, undirected)
    if isinstance(tree, t.BigOp):
        return t.BigOp(tree.kind, tree.body, tree.index, tree.low, tree.high)
    return tree
