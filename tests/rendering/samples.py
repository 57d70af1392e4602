"""Values built by hand, as the other rooms would deliver them."""

from __future__ import annotations

from fractions import Fraction

from symgrad.notation.tree import (
    Add,
    Apply,
    Derivative,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    number,
)
from symgrad.values.derivation import Derivation, Step
from symgrad.values.evaluation import Evaluation, FactorValue
from symgrad.values.mark import Mark, Mistake
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim, Proof

C, Y = Name("C"), Name("y")


def n(stem: str, *indices: int) -> Name:
    """`w_2` as n("w", 2)."""
    return Name(stem, tuple(number(i) for i in indices))


def slope(j: int) -> Apply:
    """sigma'(z_j)."""
    return Apply(Name("sigma"), (n("z", j),), 1)


def equals(left: Tree, right: Tree) -> Relation:
    """left = right."""
    return Relation(("=",), (left, right))


def pre(j: int) -> Relation:
    """z_j = w_j a_{j-1} + b_j."""
    return equals(n("z", j), Add((Mul((n("w", j), n("a", j - 1))), n("b", j))))


def out(j: int) -> Relation:
    """a_j = sigma(z_j)."""
    return equals(n("a", j), Apply(Name("sigma"), (n("z", j),)))


def local(rule: str, of: Name, by: Name, after: Tree, equation: Relation) -> Step:
    """A local derivative."""
    why = Phrase.of(f"steps.{rule}", parent=by, node=of, local=after)
    return Step(rule, Derivative(of, by), after, why, equation=equation)


def nielsen(depth: int = 4, start: int = 1) -> Derivation:
    """dC/db_start of a chain of sigmoid neurons."""
    steps = [local("bias-derivative", n("z", start), n("b", start), number(1), pre(start))]
    factors: list[Tree] = []
    for j in range(start, depth + 1):
        if j > start:
            steps.append(local("linear-derivative", n("z", j), n("a", j - 1), n("w", j), pre(j)))
            factors.append(n("w", j))
        steps.append(local("activation-derivative", n("a", j), n("z", j), slope(j), out(j)))
        factors.append(slope(j))
    last, error = n("a", depth), Add((n("a", depth), Neg(Y)))
    cost = equals(C, Div(Pow(error, number(2)), number(2)))
    steps.append(local("objective-derivative", C, last, error, cost))
    goal, kept = Derivative(C, n("b", start)), Derivative(C, last)
    factors.append(kept)
    why = Phrase.of("steps.chain-rule", parent=n("b", start), node=C)
    steps.append(Step("chain-rule", goal, Mul(tuple(factors)), why))
    path = [n("b", start)] + [n(s, j) for j in range(start, depth + 1) for s in "za"] + [C]
    return Derivation(goal, tuple(steps), tuple(factors), ((kept, error),), tuple(path))


def tied() -> Derivation:
    """dL/db of y_j = w_j y_{j-1} + b, three layers sharing b."""
    loss, b = Name("L"), Name("b")
    steps = []
    for j in (3, 2, 1):
        line = equals(n("y", j), Add((Mul((n("w", j), n("y", j - 1))), b)))
        steps.append(local("bias-derivative", n("y", j), b, number(1), line))
        if j > 1:
            steps.append(local("linear-derivative", n("y", j), n("y", j - 1), n("w", j), line))
    error = Add((n("y", 3), Neg(Name("t"))))
    kept = Derivative(loss, n("y", 3))
    steps.append(
        local(
            "objective-derivative",
            loss,
            n("y", 3),
            error,
            equals(loss, Div(Pow(error, number(2)), number(2))),
        )
    )
    total = Add((number(1), n("w", 3), Mul((n("w", 2), n("w", 3)))))
    goal = Derivative(loss, b)
    steps.append(
        Step("sum-over-paths", goal, Mul((total, kept)), Phrase.of("steps.sum-over-paths", parent=b, count=3))
    )
    return Derivation(goal, tuple(steps), (total, kept), ((kept, error),))


def exact_evaluation() -> Evaluation:
    """dC/db_1 = 15625/8 at w_j = 100, z_j = 0, y = 0."""
    values: list[FactorValue] = []
    for factor in nielsen().factors:
        match factor:
            case Apply():
                value = Fraction(1, 4)
            case Name():
                value = Fraction(100)
            case _:
                value = Fraction(1, 2)
        values.append(FactorValue(factor, value))
    return Evaluation(Derivative(C, n("b", 1)), "exact", Fraction(15625, 8), tuple(values))


def family() -> tuple[Evaluation, ...]:
    """The four bias gradients at w_j = 1, b_j = 0, a_0 = 1/2, y = 0 in floats."""
    slopes = {1: 0.2350037122015945, 2: 0.22726609, 3: 0.22529266, 4: 0.22483719}
    last, out = 0.65862791, []
    for start in (1, 2, 3, 4):
        values, total = [], 1.0
        for factor in nielsen(start=start).factors:
            value = 1.0 if isinstance(factor, Name) else last
            if isinstance(factor, Apply):
                value = slopes[int(factor.arguments[0].indices[0].value)]  # type: ignore[union-attr]
            total *= value
            values.append(FactorValue(factor, value))
        out.append(Evaluation(Derivative(C, n("b", start)), "float64", total, tuple(values)))
    return tuple(out)


def absolute(tree: Tree) -> Apply:
    """|tree|."""
    return Apply(Name("abs"), (tree,))


def bound() -> Tree:
    """|dC/db_1| <= |dC/db_3|/16."""
    left, right = (absolute(Derivative(C, n("b", j))) for j in (1, 3))
    return Relation(("<=",), (left, Div(right, number(16))))


def small(j: int) -> Tree:
    """|w_j| <= 1."""
    return Relation(("<=",), (absolute(n("w", j)), number(1)))


def proved() -> Proof:
    """The bound under |w_j| <= 1."""
    given = tuple(small(j) for j in (1, 2, 3, 4))
    steps = (
        Phrase.of("steps.chain-rule", parent=n("b", 1)),
        Phrase.of("steps.no-dependence", node=C, parent=Y),
    )
    attained = (Phrase.of("documents.at-point", point="w_2 = 1"),)
    return Proof(
        Claim(bound(), given),
        "proved",
        steps,
        attained=attained,
        used=(small(2), small(3)),
        unused=(small(1),),
        checked=True,
    )


def refuted() -> Proof:
    """The bound without an assumption."""
    point = (("w_2", "2"), ("w_1", "1"), ("y", "0"), ("z_1", "-1/2"))
    rescue = (Relation(("<=",), (absolute(Mul((n("w", 2), n("w", 3)))), number(1))),)
    return Proof(Claim(bound()), "refuted", counterexample=point, rescue=rescue, checked=True)


def incorrect() -> Mark:
    """A lost factor with three levels of hints."""
    hints = tuple((Phrase.of("steps.no-dependence", node=n("a", i), parent=n("w", 3)),) for i in (1, 2, 3))
    evidence = (Phrase.of("steps.same-variable"),)
    return Mark(
        "incorrect", (Mistake("missing-factor", "w_3"),), Fraction(3), evidence, r"\sigma'(z_1)\, w_2", hints
    )


HALF = Number(Fraction(1, 2))
