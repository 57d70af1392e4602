"""How small the gradient is: a bound with its assumption, and right below what happens without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from symgrad.lessons.anatomy import Anatomy
from symgrad.lessons.inputs import NoteInputs
from symgrad.lessons.numbers import exactly
from symgrad.notation.tree import (
    Add,
    Apply,
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
from symgrad.rendering.document import Block, Formula, Paragraph, Section
from symgrad.rendering.folding import index_of, lettered
from symgrad.rendering.views.derivation import product
from symgrad.values.derivation import Derivation
from symgrad.values.phrase import Phrase
from symgrad.values.proof import Claim

_LARGE_STEP = Fraction(25)
"""In the counterexample every layer factor is this large: `100 * 1/4` for the sigmoid."""
_WORDED = ("sigmoid", "tanh", "relu", "softplus")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two gradients of one family, the nearer one's factors the tail of the deeper one's."""

    deep: Derivation
    near: Derivation
    ratio: tuple[Tree, ...]

    @property
    def weights(self) -> tuple[Name, ...]:
        """The weights of the ratio."""
        return tuple(f for f in self.ratio if isinstance(f, Name))

    @property
    def slopes(self) -> tuple[Apply, ...]:
        """The slopes of the ratio."""
        return tuple(f for f in self.ratio if isinstance(f, Apply) and f.order == 1)


def absolute(tree: Tree) -> Apply:
    """|tree|."""
    return Apply(Name("abs"), (tree,))


def equal(left: Tree, right: Tree) -> Relation:
    """Left = right."""
    return Relation(("=",), (left, right))


def all_equal(names: Sequence[Tree], value: Tree) -> Relation:
    """w_2 = w_3 = 100."""
    return Relation(("=",) * len(names), (*names, value))


def at_most(left: Tree, right: Tree) -> Relation:
    """Left <= right."""
    return Relation(("<=",), (left, right))


def compare(inputs: NoteInputs, anatomy: Anatomy, deep: Derivation, ahead: int) -> Comparison | None:
    """A parameter against its sibling some layers ahead (the nearest there is)."""
    family = anatomy.siblings()
    if deep.goal.by not in family or len(family) < 2:
        return None
    place = family.index(deep.goal.by)
    other = family[min(place + ahead, len(family) - 1)]
    near = inputs.derive(other)
    cut = len(deep.factors) - len(near.factors)
    if other == deep.goal.by or cut <= 0 or deep.factors[cut:] != near.factors:
        return None
    return Comparison(deep, near, deep.factors[:cut])


def bounded_claim(found: Comparison, anatomy: Anatomy) -> tuple[Relation, tuple[Tree, ...], Fraction] | None:
    """|deep| <= |near| * bound under |w| <= 1; None where the slopes have no known bound."""
    function = anatomy.function
    high = function.derivative_range.high.value if function and function.derivative_range else None
    if found.slopes and high is None:
        return None
    bound = (high or Fraction(1)) ** len(found.slopes)
    given = tuple(at_most(absolute(w), number(1)) for w in found.weights)
    return at_most(absolute(found.deep.goal), scaled(bound, absolute(found.near.goal))), given, bound


def scaled(bound: Fraction, tree: Tree) -> Tree:
    """`tree/16`, `2 tree`, `tree`."""
    if bound == 1:
        return tree
    return Div(tree, number(bound.denominator)) if bound.numerator == 1 else Mul((Number(bound), tree))


def size_section(inputs: NoteInputs, anatomy: Anatomy, deep: Derivation) -> Section | None:
    """The bound, its proof in a line, and its failure without the assumption."""
    gates = anatomy.function is not None and anatomy.function.name == "relu"
    heading = Phrase.of("notes.gates-heading" if gates else "notes.size-heading")
    found = compare(inputs, anatomy, deep, 2)
    if found is None or (anatomy.activation is None and anatomy.activations):
        return None
    blocks = [Paragraph(_slope(anatomy, found)), Paragraph((_tail(found),)), *_claim(inputs, anatomy, found)]
    if gates and len(found.slopes) > 1:
        both = "-two" if len(found.slopes) == 2 else ""
        open_ratio = equal(absolute(product(found.ratio)), absolute(product(found.weights)))
        blocks.append(
            Paragraph(
                (
                    Phrase.of(
                        f"notes.gates{both}", ratio=open_ratio, count=len(found.slopes), near=found.near.goal
                    ),
                )
            )
        )
    if (failure := _failure(anatomy, found)) is not None:
        blocks.append(failure)
    return Section(tuple(blocks), heading)


def _slope(anatomy: Anatomy, found: Comparison) -> tuple[Phrase, ...]:
    """What is known of the slope of the activation."""
    if anatomy.activation is None:
        return (Phrase.of("notes.slope-none", weights=found.weights),)
    letter, z = Name(anatomy.activation), Name("z")
    value, slope = Apply(letter, (z,)), Apply(letter, (z,), 1)
    here: dict[str, Tree] = {"function": letter, "slope": slope, "value": value, "z": z}
    function = anatomy.function
    if function is None:
        return (Phrase.of("notes.slope-general", **here),)
    if function.name in _WORDED:
        return (
            Phrase.of(f"notes.slope-{function.name}", **here, **_slope_formulas(value, slope, function.name)),
        )
    rng = function.derivative_range
    if rng is None or rng.high.value is None:
        return (Phrase.of("notes.slope-general", **here),)
    return (Phrase.of("notes.slope-bounded", **here, bound=at_most(absolute(slope), Number(rng.high.value))),)


def _slope_formulas(value: Tree, slope: Tree, name: str) -> dict[str, Tree]:
    """The one-line reason for the bound, by completing the square where there is one to complete."""
    s, one, half, quarter = Name("s"), number(1), number(Fraction(1, 2)), number(Fraction(1, 4))
    square = Pow(Add((s, Neg(half))), number(2))
    if name == "sigmoid":
        chain = Relation(
            ("=", "=", "<="), (slope, Mul((s, Add((one, Neg(s))))), Add((quarter, Neg(square))), quarter)
        )
        return {"short": equal(s, value), "chain": chain, "at": equal(Name("z"), number(0))}
    if name == "tanh":
        chain = Relation(("=", "<="), (slope, Add((one, Neg(Pow(value, number(2))))), one))
        return {"chain": chain, "at": equal(Name("z"), number(0))}
    return {
        "positive": Relation((">",), (Name("z"), number(0))),
        "negative": Relation(("<",), (Name("z"), number(0))),
    }


def _tail(found: Comparison) -> Phrase:
    first = next(
        (f.arguments[0] for f in found.near.factors if isinstance(f, Apply) and f.order == 1),
        found.near.factors[0],
    )
    return Phrase.of("notes.same-tail", deep=found.deep.goal, near=found.near.goal, start=first)


def _claim(inputs: NoteInputs, anatomy: Anatomy, found: Comparison) -> list[Block]:
    """The displayed chain `|deep| = |ratio| |near| <= bound |near|`, the second link only if it is proved."""
    deep, near = absolute(found.deep.goal), absolute(found.near.goal)
    ratio = absolute(product(found.ratio))
    link = equal(deep, Mul((ratio, near)))
    claim = bounded_claim(found, anatomy)
    if claim is None:
        return [Formula(((link,),))]
    statement, given, bound = claim
    proof = inputs.prove(Claim(statement, given, tuple(anatomy.network.functions.items())))
    if proof.verdict != "proved":
        return [Formula(((link,),))]
    right: Tree = near if bound == 1 else Mul((Number(bound), near))
    return [Formula(((Relation(("=", "<="), (deep, link.operands[1], right)),),), (given,), aligned=True)]


def _failure(anatomy: Anatomy, found: Comparison) -> Paragraph | None:
    """The same ratio where the assumption is dropped, exactly."""
    lead = Phrase.of("notes.assumption-matters")
    function = anatomy.function
    end = function.derivative_range.high if function and function.derivative_range else None
    if not found.weights or (found.slopes and (end is None or not end.at or not end.value)):
        return None
    top = end.value if end is not None and end.value else Fraction(1)
    weight = _LARGE_STEP / top
    values: dict[Tree, Fraction] = dict.fromkeys(found.slopes, top)
    values.update(dict.fromkeys(found.weights, weight))
    ratio = exactly(product(found.ratio), values, anatomy.network.functions)
    places = (
        (all_equal([s.arguments[0] for s in found.slopes], number(end.at[0])),)
        if end and found.slopes
        else ()
    )
    count = sum(1 for _ in found.weights)
    power: Tree = equal(Pow(number(_LARGE_STEP), number(count)), number(ratio))
    if count == 1 or Fraction(_LARGE_STEP) ** count != ratio:
        power = number(ratio)
    sentence = Phrase.of(
        f"notes.explodes{'' if places and top < 1 else '-flat' if places else '-linear'}",
        weights=all_equal(found.weights, number(weight)), places=places, ratio=power,
    )  # fmt: skip
    said = [sentence]
    if found.slopes:
        letter = lettered(found.slopes[-1], index_of(found.slopes[-1]) or 0)
        generic = lettered(found.weights[-1], index_of(found.weights[-1]) or 0)
        needed = Relation((">",), (absolute(generic), number(1 / top)))
        said.append(Phrase.of("notes.only-if", needed=needed, factor=absolute(Mul((generic, letter)))))
    return Paragraph(tuple(said), lead)
