"""How the product over the layers behaves: a bound at every depth, read off one factor and proved."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symgrad.functions import registry
from symgrad.lessons.inputs import NoteInputs
from symgrad.lessons.sections.exercises import Exercise
from symgrad.network.symbolic import SymbolicNetwork
from symgrad.notation.places import moved
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    BigOp,
    Derivative,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Tree,
    number,
)
from symgrad.rendering.document import Block, Formula, Paragraph, Section
from symgrad.rendering.numerals import numeral
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim

DEPTH = 50
SMALL = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class DepthBound:
    """`|d end/d start| <= (|shared| size)^n`, proved under `given`: every |w_k| is at most a limit."""

    claim: Relation
    given: tuple[Tree, ...]
    size: Fraction
    shared: tuple[Tree, ...]


class NoBound(Exception):
    """A factor whose size is not known."""


def depth_bound(inputs: NoteInputs, network: SymbolicNetwork, limit: Fraction) -> DepthBound | None:
    """The bound where all weights of single layers are at most `limit` in size; None if it is not proved."""
    if len(network.states) != 1:
        return None
    start = Name(network.states[0], (moved(network.low, -1),))
    end = Name(network.states[0], (network.high,))
    head = inputs.derive(start).factors[0]
    if not isinstance(head, BigOp) or head.kind != "prod":
        return None
    reading = Reading(network, limit)
    try:
        size, shared = reading.size(head.body)
    except NoBound:
        return None
    layer = [Apply(Name("abs"), (name,)) for name in shared] + (
        [Number(size)] if size != 1 or not shared else []
    )
    base: Tree = layer[0] if len(layer) == 1 else Mul(tuple(layer))
    count = moved(network.high, 1 - int(network.low.value))
    right = ONE if base == ONE else Pow(base, count)
    given = tuple(
        Relation(("<=",), (Apply(Name("abs"), (name,)), Number(limit)))
        for name in dict.fromkeys(reading.limited)
    )
    claim = Relation(("<=",), (Apply(Name("abs"), (Derivative(end, start),)), right))
    if inputs.prove(Claim(claim, given, tuple(network.functions.items()))).verdict != "proved":
        return None
    return DepthBound(claim, given, size, tuple(shared))


class Reading:
    """The largest size of one layer's factor; weights that every layer shares stay letters."""

    def __init__(self, network: SymbolicNetwork, limit: Fraction) -> None:
        self.network, self.limit = network, limit
        self.limited: list[Name] = []

    def size(self, tree: Tree) -> tuple[Fraction, list[Name]]:
        """A number, and the shared weights that it is to be multiplied by.

        Raises:
            NoBound: there is none.
        """
        match tree:
            case Number(value):
                return abs(value), []
            case Neg(operand):
                return self.size(operand)
            case Name() if tree in self.network.tied:
                return Fraction(1), [tree]
            case Name(stem) if any(slot.stem == stem for slot in self.network.fed):
                self.limited.append(tree)
                return self.limit, []
            case Apply(function, order=1):
                return self.slope(function.stem), []
            case Mul(factors):
                parts = [self.size(factor) for factor in factors]
                total = Fraction(1)
                for value, _ in parts:
                    total *= value
                return total, [name for _, names in parts for name in names]
            case Add(terms):
                parts = [self.size(term) for term in terms]
                if any(names for _, names in parts):
                    raise NoBound
                return sum((value for value, _ in parts), Fraction(0)), []
        raise NoBound

    def slope(self, stem: str) -> Fraction:
        """The largest absolute value of a derivative."""
        function = registry.lookup(self.network.functions.get(stem, stem))
        reach = function.derivative_range if function else None
        if reach is None or reach.high.value is None or reach.low.value is None:
            raise NoBound
        return max(abs(reach.low.value), abs(reach.high.value))


def bound_section(bound: DepthBound) -> Section:
    """The bound, and what it comes to at one depth."""
    asides = (bound.given,) if bound.given else ()
    blocks: list[Block] = [Formula(((bound.claim,),), asides), Paragraph((_read(bound),))]
    return Section(tuple(blocks), Phrase.of("notes.depth-heading", product=bound.claim.operands[0]))


def _read(bound: DepthBound) -> Phrase:
    left = bound.claim.operands[0]
    if bound.shared:
        weight = Apply(Name("abs"), (bound.shared[0],))
        return Phrase.of(
            "notes.depth-shared",
            below=Relation(("<",), (weight, Number(1 / bound.size))),
            above=Relation((">",), (weight, Number(1 / bound.size))),
            low=numeral(0.9**DEPTH), high=numeral(1.1**DEPTH), layers=DEPTH,
        )  # fmt: skip
    value = numeral(float(bound.size**DEPTH))
    kind = "shrinks" if bound.size < 1 else "keeps" if bound.size == 1 else "grows"
    return Phrase.of(f"notes.depth-{kind}", product=left, layers=DEPTH, value=value)


def bound_exercises(inputs: NoteInputs, network: SymbolicNetwork, bound: DepthBound) -> list[Exercise]:
    """The bound for other weights, and how many layers make it small."""
    found = []
    if bound.given and (other := depth_bound(inputs, network, Fraction(2))) is not None:
        question = Phrase.of("notes.exercise-depth-bound", given=other.given, product=bound.claim.operands[0])
        found.append(Exercise((question,), (Phrase.of("notes.answer", equation=other.claim),)))
    if bound.size < 1 and not bound.shared:
        layers = next(n for n in range(1, 10**6) if bound.size**n < SMALL)
        small = Relation(("=",), (Name(network.depth), number(layers)))
        question = Phrase.of("notes.exercise-depth-small", small=Number(SMALL))
        found.append(Exercise((question,), (Phrase.of("notes.answer-depth-small", layers=small),)))
    return found
