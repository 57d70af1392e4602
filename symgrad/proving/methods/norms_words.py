"""The sentences of an argument by norms: each step names its inequality."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from symgrad.notation.codec import from_data
from symgrad.notation.tree import ONE, Add, Apply, Mul, Neg, Number, Relation, Transpose, Tree
from symgrad.proving.kernel.arrays.numbers import NORM, OPNORM
from symgrad.proving.kernel.normal import ABS
from symgrad.proving.kernel.rules.norms import Argument, Node, argument_of, sides
from symgrad.proving.kernel.setting import Setting
from symgrad.proving.methods.method import Entry, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase


def _accept(claim: Tree, holder: Node, key: str, here: Setting) -> None:
    """Everything is proved already."""


def steps(problem: Problem, statement: Tree, entry: Entry, here: Setting, word: Word) -> Iterator[Phrase]:
    """What the array is, each rule that is used once, the bound."""
    argument = argument_of(statement, entry, here, _accept)
    if entry["using"]:
        conditions = tuple(u for u in here.used if u in [from_data(data) for data in entry["using"]])
        yield Phrase.of("arrays.using", conditions=conditions)
    for fact in entry["facts"]:
        yield from _fact(fact, argument)
    node = entry["node"]
    if node is None:
        yield Phrase.of("arrays.numbers", line=statement)
        return
    _, which, inside, limit = sides(statement)
    made, bound = argument.of(node, which)
    made, bound = made, tidy(bound, argument)
    if made != inside:
        yield Phrase.of("arrays.made", equation=Relation(("=",), (inside, made)))
    yield from dict.fromkeys(_rules(node, which, argument))
    yield Phrase.of("arrays.bound", line=Relation(("<=",), (argument.measure(which, inside), bound)))
    if bound != limit:
        yield Phrase.of("arrays.so", line=Relation(("<=",), (bound, limit)))


def _fact(fact: Node, argument: Argument) -> Iterator[Phrase]:
    match fact["by"]:
        case "norm":
            which, tree = (NORM if fact["which"] == "norm" else OPNORM), from_data(fact["of"])
            _, bound = argument.of(fact["node"], which)
            yield from dict.fromkeys(_rules(fact["node"], which, argument))
            line = Relation(("<=",), (argument.measure(which, tree), tidy(bound, argument)))
            yield Phrase.of("arrays.bound", line=line)
        case "equal":
            line = Relation(("=",), (from_data(fact["left"]), from_data(fact["right"])))
            yield Phrase.of("arrays.entries", equation=line)
        case "gram":
            yield Phrase.of("arrays.gram", matrix=from_data(fact["of"]))
        case "entrywise":
            left, right = from_data(fact["left"]), from_data(fact["right"])
            yield Phrase.of("arrays.entrywise", line=Relation(("<=",), (left, right)))


def _rules(node: Node, which: Tree, argument: Argument) -> Iterator[Phrase]:
    match node["by"]:
        case "diag" | "hadamard" as by:
            vector = from_data(node["of"])
            size = Relation(("<=",), (Apply(ABS, (vector,)), Number(Fraction(node["sup"]))))
            yield Phrase.of(f"arrays.{by}", size=size)
        case "lipschitz":
            function = from_data(node["function"])
            key = "steep" if node["left"] is None else "lipschitz"
            yield Phrase.of(f"arrays.{key}", function=function, sup=Number(Fraction(node["sup"])))
        case "product":
            yield from _product(node, argument)
        case "sum" | "projection" | "frobenius" | "inner" | "hadamards" | "transpose" as by:
            yield Phrase.of(f"arrays.{by}")
    for part in (*node.get("parts", ()), *([node["part"]] if "part" in node else ())):
        yield from _rules(part, which, argument)


def _product(node: Node, argument: Argument) -> Iterator[Phrase]:
    """Submultiplicativity; two vectors are an inner product, where it is the inequality of Cauchy–Schwarz."""
    arrays = [s for part in node["parts"] if (s := argument.shape(argument.of(part, OPNORM)[0]))]
    if len(arrays) == 2 and len(arrays[0]) == 2 and arrays[0][0] == ONE and len(arrays[1]) == 1:
        yield Phrase.of("arrays.cauchy")
    elif len(arrays) > 1:
        yield Phrase.of("arrays.product")


def tidy(tree: Tree, argument: Argument) -> Tree:
    """A product in a product is one product, numbers first; factors 1 and transposes in norms left out."""
    match tree:
        case Add(terms):
            return Add(tuple(tidy(term, argument) for term in terms))
        case Mul(factors):
            flat: list[Tree] = []
            for factor in (tidy(f, argument) for f in factors):
                flat += factor.factors if isinstance(factor, Mul) else [factor]
            value = prod((f.value for f in flat if isinstance(f, Number)), start=Fraction(1))
            rest = [f for f in flat if not isinstance(f, Number)]
            kept = rest if rest and value == 1 else [Number(value), *rest]
            return kept[0] if len(kept) == 1 else Mul(tuple(kept))
        case Apply(function, (Number(value) | Neg(Number(value)),), 0, ()) if function == ABS:
            return Number(abs(value))
        case Apply(function, (a,), 0, ()) if function in (NORM, OPNORM):
            inside = a.operand if isinstance(a, Transpose) else a
            return Apply(NORM if len(argument.shape(inside)) == 1 else function, (inside,))
    return tree
