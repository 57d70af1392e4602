"""How large the gradient can get: a bound by operator norms, read off its factors and then proved."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symgrad.arithmetic import EXACT, evaluate
from symgrad.functions import registry
from symgrad.functions.questionnaire import End, Function
from symgrad.lessons.arrays.subject import Subject
from symgrad.lessons.sections.bound import all_equal
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Derivative,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Relation,
    Transpose,
    Tree,
    number,
    substitute,
)
from symgrad.rendering.document import Block, Formula, Paragraph, Section
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim

LARGE = Fraction(100)


@dataclass(frozen=True, slots=True)
class Bound:
    """`norm(deep) <= factor * norm(near)`, proved; the matrices and the slopes that it comes from."""

    deep: Derivation
    near: Derivative
    factor: Tree
    matrices: tuple[Name, ...]
    slopes: tuple[Apply, ...]
    top: Fraction
    claim: Relation


class Unbounded(Exception):
    """A factor without a known norm."""


def proved_bound(subject: Subject) -> Bound | None:
    """The bound of the earliest value of a family against the latest one, if it can be proved."""
    for start in _starts(subject):
        found = _read_off(subject, subject.inputs.derive(start))
        if found is not None:
            pairs = tuple(subject.inputs.network.functions.items())
            if subject.inputs.prove(Claim(found.claim, (), pairs)).verdict == "proved":
                return found
    return None


def _starts(subject: Subject) -> list[Name]:
    """Vectors that the chain computes, earliest first."""
    network = subject.inputs.network
    return [e.name for e in network.equations if len(subject.shapes.get(e.name, ())) == 1][:2][::-1]


def _read_off(subject: Subject, deep: Derivation) -> Bound | None:
    factors = list(deep.factors)
    if len(factors) < 2 or not isinstance(near := factors.pop(), Derivative):
        return None
    reading = Reading(subject)
    try:
        parts = [reading.norm(factor) for factor in factors]
    except Unbounded:
        return None
    if not reading.matrices or len({end.value for _, end in reading.slopes}) > 1:
        return None
    top = reading.slopes[0][1].value if reading.slopes else Fraction(1)
    assert top is not None
    factor = _gathered(parts)
    if factor == ONE:
        return None
    left, right = Apply(Name("norm"), (deep.goal,)), Apply(Name("norm"), (near,))
    claim = Relation(("<=",), (left, Mul((*_flat(factor), right))))
    slopes = tuple(dict.fromkeys(slope for slope, _ in reading.slopes))
    return Bound(deep, near, factor, tuple(dict.fromkeys(reading.matrices)), slopes, top, claim)


class Reading:
    """Upper bounds of operator norms, factor by factor; collects the matrices and slopes met."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.matrices: list[Name] = []
        self.slopes: list[tuple[Apply, End]] = []

    def norm(self, tree: Tree) -> Tree:
        """An upper bound of the operator norm.

        Raises:
            Unbounded: there is none.
        """
        match tree:
            case Transpose(operand) | Neg(operand):
                return self.norm(operand)
            case Name() if len(self.subject.shapes.get(tree, ())) == 2:
                self.matrices.append(tree)
                return Apply(Name("opnorm"), (tree,))
            case Apply(Name("eye")):
                return ONE
            case Apply(Name("diag"), (Apply(order=1) as slope,)):
                return self.slope(slope)
            case Mul(factors):
                return _gathered([self.norm(factor) for factor in factors])
            case Add(terms):
                return Add(tuple(self.norm(term) for term in terms))
        raise Unbounded

    def slope(self, slope: Apply) -> Tree:
        """The largest absolute value of the derivative of an activation."""
        function = function_of(self.subject, slope.function.stem)
        reach = function.derivative_range if function else None
        if reach is None or reach.high.value is None or reach.low.value is None:
            raise Unbounded
        if abs(reach.low.value) > reach.high.value:
            raise Unbounded
        self.slopes.append((slope, reach.high))
        return Number(reach.high.value)


def function_of(subject: Subject, stem: str) -> Function | None:
    """What a function of the chain is; None for a general one."""
    return registry.lookup(subject.inputs.network.functions.get(stem, stem))


def _flat(tree: Tree) -> tuple[Tree, ...]:
    return tree.factors if isinstance(tree, Mul) else (tree,)


def _gathered(parts: list[Tree]) -> Tree:
    """A product: numbers in front, equal norms as a power."""
    value, powers = Fraction(1), dict[Tree, int]()
    for part in (each for whole in parts for each in _flat(whole)):
        if isinstance(part, Number):
            value *= part.value
        else:
            base, times = (part.base, part.exponent) if isinstance(part, Pow) else (part, ONE)
            assert isinstance(times, Number)
            powers[base] = powers.get(base, 0) + int(times.value)
    factors = [base if n == 1 else Pow(base, number(n)) for base, n in powers.items()]
    if value != 1 or not factors:
        factors.insert(0, Number(value))
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def bound_section(subject: Subject, bound: Bound) -> Section:
    """The bound with its reasons, when it shrinks, and what happens at large weights."""
    norm = Apply(Name("opnorm"), (bound.matrices[-1],))
    said = [Phrase.of("notes.opnorm", norm=norm, matrix=bound.matrices[-1])]
    if bound.slopes:
        slope = bound.slopes[-1]
        limit = Relation(("<=",), (Apply(Name("abs"), (slope,)), Number(bound.top)))
        diagonal = Apply(Name("diag"), (slope,))
        said.append(Phrase.of("notes.opnorm-slope", limit=limit, diagonal=diagonal))
    blocks: list[Block] = [
        Paragraph(tuple(said)),
        Formula(((bound.claim,),)),
        *_at_most_one(bound),
    ]
    if (failure := _failure(subject, bound)) is not None:
        blocks.append(failure)
    return Section(tuple(blocks), Phrase.of("notes.norm-heading", deep=bound.deep.goal))


def value_at(bound: Bound, size: Fraction) -> Fraction:
    """The factor of the bound where every operator norm has one size."""
    norms: dict[Tree, Tree] = {Apply(Name("opnorm"), (w,)): Number(size) for w in bound.matrices}
    return Fraction(evaluate(substitute(bound.factor, norms), {}, EXACT))


def _at_most_one(bound: Bound) -> list[Block]:
    """What the bound says of matrices that lengthen no vector."""
    here = value_at(bound, Fraction(1))
    left, right = bound.claim.operands
    near = right.factors[-1] if isinstance(right, Mul) else right
    given = tuple(Relation(("<=",), (norm, ONE)) for norm in all_norms(bound))
    line = Relation(("<=",), (left, near if here == 1 else Mul((Number(here), near))))
    kind = "shrinks" if here < 1 else "keeps" if here == 1 else "grows"
    return [Paragraph((Phrase.of(f"notes.norms-{kind}", given=given, line=line),))]


def all_norms(bound: Bound) -> tuple[Tree, ...]:
    """The operator norms that the bound speaks of."""
    return tuple(Apply(Name("opnorm"), (w,)) for w in bound.matrices)


def _failure(subject: Subject, bound: Bound) -> Paragraph | None:
    """Without small norms: at multiples of the identity the bound is met, and it is large."""
    square = all(len(set(subject.shapes[w])) == 1 for w in bound.matrices)
    functions = {slope.function.stem for slope in bound.slopes}
    known = [f for stem in functions if (f := function_of(subject, stem)) is not None]
    ends = [f.derivative_range.high for f in known if f.derivative_range is not None]
    if any(0 not in end.at for end in ends) or not _reachable(subject, bound, functions):
        return None
    if len(bound.deep.factors) < 3:  # one matrix on the way: nothing piles up
        return None
    places = tuple(slope.arguments[0] for slope in bound.slopes)
    here = value_at(bound, LARGE)
    weights = tuple(bound.matrices)
    identity = Mul((Number(LARGE), Name("I")))
    fields: dict[str, Tree | tuple[Tree, ...]] = {
        "weights": all_equal(weights, identity),
        "places": (all_equal(places, number(0)),) if places else (),
        "factor": Number(here),
        "identity": Name("I"),
        "deep": bound.deep.goal,
        "near": bound.near,
    }
    kind = "met" if places else "met-linear"
    sizes = "" if square else "-square"
    said = Phrase.of(f"notes.norms-{kind}{sizes}", **fields)
    return Paragraph((said,), Phrase.of("notes.assumption-matters"))


def _reachable(subject: Subject, bound: Bound, functions: set[str]) -> bool:
    """Whether all weighted inputs can be 0 at any weights: by biases of their own, or because f(0) = 0."""
    tied = set(subject.anatomy.tied)
    pres = {slope.arguments[0] for slope in bound.slopes}
    layers = [layer for layer in subject.anatomy.layers if layer.pre in pres]
    if len(layers) == len(pres) and all(any(b not in tied for b in layer.biases) for layer in layers):
        return True
    odd = [function_of(subject, stem) for stem in functions]
    return bool(odd) and all(function is not None and function.parity == "odd" for function in odd)
