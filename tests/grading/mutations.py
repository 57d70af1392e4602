"""Slips put into right answers, and right answers written another way; marking searches by other means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symgrad.api import Chain
from symgrad.grading.question import Question
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    BigOp,
    Constant,
    Derivative,
    Div,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Tree,
    number,
    rebuild,
    substitute,
    walk,
)

Slip = tuple[str, Tree]
TWO = number(2)


def product(*factors: Tree) -> Tree:
    """One factor or several."""
    return factors[0] if len(factors) == 1 else Mul(factors) if factors else ONE


def paths(question: Question) -> tuple[tuple[Tree, ...], ...]:
    """The gradient as a sum of products, one for each path."""
    factors = question.factors
    place = next((i for i, f in enumerate(factors) if isinstance(f, Add) and is_path_sum(f)), None)
    if place is None:
        return (factors,)
    found = []
    sum_ = factors[place]
    assert isinstance(sum_, Add)
    for term in sum_.terms:
        inner = term.factors if isinstance(term, Mul) else (term,)
        found.append((*factors[:place], *(f for f in inner if f != ONE), *factors[place + 1 :]))
    return tuple(found)


def is_path_sum(tree: Add) -> bool:
    """Whether the terms are products of local derivatives, not the difference of a loss."""
    return any(isinstance(node, Apply) and node.order == 1 for node in walk(tree))


def single_slips(chain: Chain, question: Question) -> Iterator[Slip]:
    """Every kind of slip at every place of the gradient's factors; in one path of a sum."""
    for index, factors in enumerate(paths(question)):
        rest = [product(*other) for i, other in enumerate(paths(question)) if i != index]
        for name, mutated in factor_slips(chain, question, factors):
            if mutated is None:
                continue
            yield name, (Add((mutated, *rest)) if rest else mutated)
        if rest:
            yield "dropped-term", rest[0] if len(rest) == 1 else Add(tuple(rest))
    gold = product(*question.factors)
    yield "wrong-sign", Neg(gold)
    for constant in (TWO, Div(ONE, TWO)):
        yield "wrong-constant", Mul((constant, gold))
    yield from whole_slips(chain, question)


def factor_slips(
    chain: Chain, question: Question, factors: tuple[Tree, ...]
) -> Iterator[tuple[str, Tree | None]]:
    """Slips in one product."""
    network = question.network
    assert network is not None
    for place, factor in enumerate(factors):
        for name, new in replaced(chain, question, factor):
            parts = (*factors[:place], *((new,) if new is not None else ()), *factors[place + 1 :])
            yield name, product(*parts)
    for leaf in sorted(network.leaves, key=str)[:6]:
        yield "extra-factor", product(*factors, leaf)
    slope = next((f for f in factors if isinstance(f, Apply) and f.order == 1), None)
    if slope is not None and not is_step(slope):
        yield "extra-factor", product(*factors, slope)


def replaced(chain: Chain, question: Question, factor: Tree) -> Iterator[tuple[str, Tree | None]]:
    """What may stand where one factor belongs."""
    if not isinstance(factor, Number):
        yield "missing-factor", None
        if isinstance(factor, Name | Apply) and not is_step(factor):
            yield "inverted-factor", Div(ONE, factor)
            yield "wrong-power", Pow(factor, TWO)
    network = question.network
    assert network is not None
    for name in dict.fromkeys(node for node in walk(factor) if isinstance(node, Name) and node.indices):
        for by in (-1, 1):
            other = moved(name, by)
            if other != name and other in network.names and not isinstance(factor, Add):
                yield "wrong-index", substitute(factor, {name: other})
    match factor:
        case Apply(_, (argument,), 1):
            value = replace(factor, order=0)
            yield "function-for-derivative", value
            for equation in network.equations:
                if equation.body == value and not is_step(factor):
                    yield "wrong-argument", replace(factor, arguments=(equation.name,))
            for new in wrong_derivatives(
                question.bindings.get(factor.function.stem, factor.function.stem), argument
            ):
                yield "wrong-activation-derivative", new
        case Name():
            body = question.bodies.get(factor)
            if isinstance(body, Apply) and len(body.arguments) == 1:
                yield "derivative-for-function", replace(body, order=1)
        case Apply(_, (_,), 0):
            yield "derivative-for-function", replace(factor, order=1)


def is_step(factor: Tree) -> bool:
    """Whether a factor is the slope of a ReLU: 0 or 1, its own square and reciprocal, the same at z and a."""
    return isinstance(factor, Apply) and factor.function.stem == "relu" and factor.order == 1


def wrong_derivatives(function: str, z: Tree) -> list[Tree]:
    """Misremembered derivatives."""
    value = Apply(Name(function), (z,))
    square = Pow(value, TWO)
    if function == "sigmoid":
        return [Mul((value, Add((ONE, value)))), Add((ONE, Neg(square))), Add((ONE, Neg(value)))]
    if function == "tanh":
        return [Add((ONE, square)), Add((ONE, Neg(value))), Mul((value, Add((ONE, Neg(value)))))]
    if function == "softplus":
        s = Apply(Name("sigmoid"), (z,))
        return [Mul((s, Add((ONE, Neg(s))))), Add((ONE, Neg(s)))]
    if function == "relu":
        return [z]
    return []


def whole_slips(chain: Chain, question: Question) -> Iterator[Slip]:
    """Slips that concern the answer as a whole."""
    goal, derivation, network = question.goal, question.derivation, question.network
    assert goal is not None and derivation is not None and network is not None
    yield "not-an-answer", goal
    for other in chain.parameters:
        if other != str(goal.by):
            factors = Question.about(network, next(n for n in network.leaves if str(n) == other)).factors
            yield "wrong-variable", product(*factors)
    if len(paths(question)) == 1 and len(question.factors) > 2:
        yield "sum-for-product", Add(question.factors)
    for token, value in derivation.kept:
        before = tuple(f for f in question.factors if f != value)
        if len(before) == len(question.factors):
            continue
        yield "quotient-for-derivative", product(*before, Div(token.of, token.by))
        yield "loss-not-differentiated", product(*before, token.of)
        assert isinstance(token.of, Name)
        yield "loss-not-differentiated", product(*before, question.bodies[token.of])
        if isinstance(value, Add):
            yield "wrong-sign", product(*before, Add(tuple(map(negative, value.terms))))


def negative(tree: Tree) -> Tree:
    """The tree with the other sign."""
    return tree.operand if isinstance(tree, Neg) else Neg(tree)


def moved(name: Name, by: int) -> Name:
    """Another member of the family."""
    *outer, last = name.indices
    if not isinstance(last, Number):
        return name
    return Name(name.stem, (*outer, number(last.value + by)))


# -- right answers, written another way -----------------------------------------------------------------


def rewrites(question: Question) -> Iterator[tuple[str, Tree]]:
    """Equal answers: turned round, multiplied out, written with exponentials, as a product, with delta."""
    factors, gold = question.factors, product(*question.factors)
    yield "as it is", gold
    yield "backwards", product(*reversed(factors))
    yield (
        "by paths",
        Add(tuple(map(lambda f: product(*f), paths(question)))) if len(paths(question)) > 1 else gold,
    )
    yield "two minus signs", Neg(product(*(Neg(f) if i == 0 else f for i, f in enumerate(factors))))
    yield "expanded loss", multiplied_out(factors)
    for kind in ("values", "exponentials", "half angles"):
        written = slopes_as(question, gold, kind)
        if written != gold:
            yield kind, written
    ranged = as_product(factors)
    if ranged is not None:
        yield "product sign", ranged
    values = {name: body for name, body in question.bodies.items() if name != question.goal.of}  # type: ignore[union-attr]
    yield "definitions put in", opened(gold, values)


def opened(tree: Tree, values: Mapping[Name, Tree]) -> Tree:
    """Every name replaced by its definition; indices are no names."""
    match tree:
        case Name():
            return values.get(tree, tree)
        case Derivative():
            return tree
    return rebuild(tree, lambda child: opened(child, values))


def multiplied_out(factors: tuple[Tree, ...]) -> Tree:
    """The last sum among the factors multiplied with the others."""
    place = next((i for i in range(len(factors) - 1, -1, -1) if isinstance(factors[i], Add)), None)
    if place is None:
        return product(*factors)
    rest = factors[:place] + factors[place + 1 :]
    sum_ = factors[place]
    assert isinstance(sum_, Add)
    return Add(tuple(spread(term, rest) for term in sum_.terms))


def spread(term: Tree, rest: tuple[Tree, ...]) -> Tree:
    """One term of a sum with the other factors."""
    return Neg(product(term.operand, *rest)) if isinstance(term, Neg) else product(term, *rest)


def slopes_as(question: Question, tree: Tree, kind: str) -> Tree:
    """Every slope of a sigmoid, tanh or softplus as a formula."""

    def change(node: Tree) -> Tree:
        match node:
            case Apply(function, (u,), 1):
                stem = question.bindings.get(function.stem, function.stem)
                return formula(stem, function, u, kind) or node
        return rebuild(node, change)

    return change(tree)


def formula(stem: str, function: Name, u: Tree, kind: str) -> Tree | None:
    """One slope."""
    value = Apply(function, (u,))
    e = Pow(Constant("e"), Neg(u))
    two = Pow(Constant("e"), Mul((number(-2), u)))
    match stem, kind:
        case "sigmoid", "values":
            return Mul((value, Add((ONE, Neg(value)))))
        case "sigmoid", "exponentials":
            return Div(e, Pow(Add((ONE, e)), TWO))
        case "sigmoid", "half angles":
            return Div(Add((ONE, Neg(Pow(Apply(Name("tanh"), (Div(u, TWO),)), TWO)))), number(4))
        case "tanh", "values":
            return Add((ONE, Neg(Pow(value, TWO))))
        case "tanh", "exponentials":
            return Div(Mul((number(4), two)), Pow(Add((ONE, two)), TWO))
        case "tanh", "half angles":
            return Pow(Apply(Name("sech"), (u,)), TWO)
        case "softplus", "values":
            return Apply(Name("sigmoid"), (u,))
        case "softplus", "exponentials":
            return Div(ONE, Add((ONE, e)))
    return None


def as_product(factors: tuple[Tree, ...]) -> Tree | None:
    """w_2 s'(z_2) w_3 s'(z_3) as a product over k."""
    weights = [f for f in factors if isinstance(f, Name) and f.stem == "w"]
    if len(weights) < 2:
        return None
    low, high = weights[0].indices[0], weights[-1].indices[0]
    k = Name("w", (Name("k"),))
    slopes = [f for f in factors if isinstance(f, Apply) and f.order == 1 and moves_with(f, weights)]
    if len(slopes) != len(weights):
        return None
    (z,) = slopes[0].arguments
    assert isinstance(z, Name)
    body = Mul((k, replace(slopes[0], arguments=(Name(z.stem, (Name("k"),)),))))
    rest = tuple(f for f in factors if f not in weights and f not in slopes)
    return product(*rest, BigOp("prod", body, "k", low, high))


def moves_with(slope: Apply, weights: list[Name]) -> bool:
    """Whether a slope belongs to the layer of one of the weights."""
    (z,) = slope.arguments
    return isinstance(z, Name) and any(z.indices == w.indices for w in weights)
