"""Ways to mend an answer about vectors and matrices: each is one slip undone at one place.

Nothing here decides; a slip is named only if the mended answer equals the right one exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations

from symgrad.grading.matrices.desk import Pieces
from symgrad.grading.matrices.mends import Mend
from symgrad.grading.matrices.places import Put, places
from symgrad.grading.matrices.throughout import throughout
from symgrad.grading.matrices.written import product
from symgrad.notation.tree import (
    ONE,
    Add,
    Apply,
    Derivative,
    Div,
    Elementwise,
    Mul,
    Name,
    Neg,
    Number,
    Pow,
    Transpose,
    Tree,
    names_in,
    number,
)
from symgrad.notation.writers.plain import plain
from symgrad.values.mark import Mistake

CONSTANTS: tuple[Tree, ...] = (number(2), Div(ONE, number(2)), number(4), Div(ONE, number(4)))


class Mends:
    """All mends of one answer."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces

    def small(self, tree: Tree) -> Iterator[Mend]:
        """Mends that leave the answer's factors what they are, the likeliest first."""
        for node, put, above in places(tree):
            yield from self.transposed(node, put, above)
            yield from self.reordered(node, put)
            yield from self.renamed(node, put, above)
            yield from self.sloped(node, put)
            yield from self.signs(node, put)
            yield from self.powers(node, put)
            yield from self.too_much(node, put, above)
            yield from self.summed(node, put)
        yield from self.constants(tree)
        yield from throughout(tree, self.pieces)

    def large(self, tree: Tree) -> Iterator[Mend]:
        """Mends that put in what was left out, and slips of the whole."""
        for term in self.pieces.terms:
            mistake = Mistake("dropped-term", plain(term), None, (), (term,))
            yield Mend((mistake,), Add((tree, term)), 1.2)
            for node, put, above in places(tree):
                if above and isinstance(node, Add):
                    yield Mend((mistake,), put(Add((*node.terms, term))), 1.2)
        for writing in self.pieces.writings:
            if isinstance(writing, Add) and len(writing.terms) <= 6:
                yield from self.several_terms(tree, writing.terms)
        for node, put, above in places(tree):
            if above and isinstance(above[-1], Apply | Transpose | Pow):
                continue
            for factor in self.pieces.factors:
                yield from self.put_in(node, put, factor)
        for node, put, above in places(tree):
            if above and isinstance(above[-1], Transpose | Apply):
                continue
            if above and not isinstance(node, Mul | Elementwise | Add):
                yield from self.exchanged(node, put)

    def several_terms(self, tree: Tree, terms: tuple[Tree, ...]) -> Iterator[Mend]:
        """Two terms of a sum or more that were left out."""
        for count in range(2, len(terms)):
            for gone in combinations(terms, count):
                detail = ", ".join(map(plain, gone))
                mistake = Mistake("dropped-term", detail, None, (), (Add(gone),))
                yield Mend((mistake,), Add((tree, *gone)), 1.27)

    # -- one at a time -----------------------------------------------------------------------------------

    def transposed(self, node: Tree, put: Put, above: tuple[Tree, ...]) -> Iterator[Mend]:
        """A transpose that is missing, or one too many."""
        if above and isinstance(above[-1], Transpose):
            return
        around = next((a for a in reversed(above) if isinstance(a, Mul | Elementwise | Add)), None)
        if isinstance(node, Transpose):
            new = node.operand
        elif isinstance(node, Number) or self.pieces.room.shape_or_none(node) == (ONE, ONE):
            return
        else:
            new = Transpose(node)
        weight = 0.0 if isinstance(node, Name | Derivative | Transpose) else 0.3
        yield Mend((changed("missing-transpose", node, new),), put(new), 1.0 + weight, around)

    def reordered(self, node: Tree, put: Put) -> Iterator[Mend]:
        """The factors of a matrix product in another order."""
        if not isinstance(node, Mul) or len(node.factors) > 5:
            return
        for order in permutations(range(len(node.factors))):
            moved = sum(i != j for i, j in enumerate(order))
            if moved:
                new = Mul(tuple(node.factors[i] for i in order))
                adjacent = moved == 2
                yield Mend((changed("wrong-order", node, new),), put(new), 1.05 if adjacent else 1.25, node)

    def renamed(self, node: Tree, put: Put, above: tuple[Tree, ...]) -> Iterator[Mend]:
        """Another member of the family; or, inside a function, another name."""
        inside = bool(above) and isinstance(above[-1], Apply) and above[-1].function.stem != "diag"
        if isinstance(node, Derivative):
            for name in self.pieces.names:
                new = replace(node, by=name)
                if name != node.by and name.stem == node.by.stem and new != self.pieces.room.gold:
                    yield Mend((changed("wrong-index", node, new),), put(new), 1.1)
        if not isinstance(node, Name):
            return
        for name in self.pieces.names:
            if name == node:
                continue
            if name.stem == node.stem:
                yield Mend((changed("wrong-index", node, name),), put(name), 1.1)
            elif inside:
                yield Mend((changed("wrong-argument", node, name),), put(name), 1.2)

    def sloped(self, node: Tree, put: Put) -> Iterator[Mend]:
        """A function for its slope, or its value a_j; and the other way round."""
        match node:
            case Apply(_, (_,), 0) if node.function.stem not in ("diag", "sum", "mean", "norm", "trace"):
                new = replace(node, order=1)
                yield Mend((changed("function-for-derivative", node, new),), put(new), 1.0)
            case Apply(_, (_,), 1):
                value = replace(node, order=0)
                yield Mend((changed("derivative-for-function", node, value),), put(value), 1.1)
                for name, slope in self.pieces.slopes.items():
                    if slope == node:
                        yield Mend((changed("derivative-for-function", node, name),), put(name), 1.1)
            case Name() if (found := self.pieces.slopes.get(node)) is not None:
                yield Mend((changed("function-for-derivative", node, found),), put(found), 1.1)

    def signs(self, node: Tree, put: Put) -> Iterator[Mend]:
        """The sign of a term of a sum, or a minus too many."""
        match node:
            case Add(terms):
                for i, term in enumerate(terms):
                    turned = term.operand if isinstance(term, Neg) else Neg(term)
                    new = Add((*terms[:i], turned, *terms[i + 1 :]))
                    yield Mend((changed("wrong-sign", node, new),), put(new), 1.15)
                yield from self.weighed(terms, put)
            case Neg(operand):
                yield Mend((changed("wrong-sign", node, operand),), put(operand), 1.15)

    def weighed(self, terms: tuple[Tree, ...], put: Put) -> Iterator[Mend]:
        """A number in front of one term of a sum."""
        for i, term in enumerate(terms):
            for constant in (*CONSTANTS[:2], *self.sizes):
                new = Mul((constant, term))
                mistake = changed("wrong-constant", term, new)
                yield Mend((mistake,), put(Add((*terms[:i], new, *terms[i + 1 :]))), 1.2)

    @property
    def sizes(self) -> tuple[Tree, ...]:
        """The symbolic sizes and their reciprocals, as a mean or sum brings them in."""
        shapes = self.pieces.room.scope.shapes.values()
        found = dict.fromkeys(s for shape in shapes for s in shape if names_in(s))
        return (*found, *(Div(ONE, size) for size in found))

    def constants(self, tree: Tree) -> Iterator[Mend]:
        """The sign of the whole, or a number in front."""
        yield Mend((Mistake("wrong-sign", ""),), Neg(tree), 0.8)
        for constant in (*CONSTANTS, *self.sizes):
            too_much = Div(ONE, constant) if not isinstance(constant, Div) else constant.denominator
            mistake = Mistake("wrong-constant", plain(too_much), None, (too_much,), ())
            yield Mend((mistake,), Mul((constant, tree)), 1.0)

    def powers(self, node: Tree, put: Put) -> Iterator[Mend]:
        """A square that does not belong there, a factor on the wrong side of the fraction line."""
        match node:
            case Pow(base, Number()) | Elementwise("^", base, Number()):
                kind = "loss-not-differentiated" if isinstance(base, Add) else "wrong-power"
                yield Mend((changed(kind, node, base),), put(base), 1.1)
                square = Elementwise("^", base, number(2))
                if square != node:
                    yield Mend((changed("wrong-power", node, square),), put(square), 1.2)
            case Div(a, b):
                new: Tree = Mul((a, b))
                yield Mend((changed("inverted-factor", b, b, one=True),), put(new), 1.3)
            case Elementwise("/", a, b):
                new = Elementwise("*", a, b)
                yield Mend((changed("inverted-factor", b, b, one=True),), put(new), 1.3)
            case Name() | Apply(order=1) if self.pieces.shaped(node):
                new = Elementwise("^", node, number(2))
                yield Mend((changed("wrong-power", node, new),), put(new), 1.3)

    def too_much(self, node: Tree, put: Put, above: tuple[Tree, ...]) -> Iterator[Mend]:
        """A factor that does not belong there."""
        match node:
            case Mul(factors) if len(factors) > 1:
                for i, factor in enumerate(factors):
                    if not isinstance(factor, Number):
                        rest = product((*factors[:i], *factors[i + 1 :]))
                        yield Mend((extra(factor),), put(rest), 1.0)
            case Elementwise("*", a, b):
                yield Mend((extra(b),), put(a), 1.0)
                yield Mend((extra(a),), put(b), 1.0)

    def summed(self, node: Tree, put: Put) -> Iterator[Mend]:
        """A sum that should be a product."""
        match node:
            case Add((a, b)):
                for new in (Elementwise("*", a, b), Mul((a, b))):
                    yield Mend((changed("sum-for-product", node, new),), put(new), 1.2)

    def put_in(self, node: Tree, put: Put, factor: Tree) -> Iterator[Mend]:
        """A factor that is missing at a place."""
        mistake = Mistake("missing-factor", plain(factor), None, (), (factor,))
        weight = (
            0.05 if isinstance(factor, Transpose) else 0.1 if isinstance(factor, Add | Derivative) else 0.0
        )
        for new in (Mul((node, factor)), Mul((factor, node)), Elementwise("*", node, factor)):
            yield Mend((mistake,), put(new), 1.0 + weight)

    def exchanged(self, node: Tree, put: Put) -> Iterator[Mend]:
        """A factor in the place of another."""
        for factor in self.pieces.factors:
            if factor != node and factor not in self.pieces.writings:
                missing = Mistake("missing-factor", plain(factor), None, (), (factor,))
                yield Mend((missing, extra(node)), put(factor), 1.5)


def changed(name: str, wrong: Tree, right: Tree, one: bool = False) -> Mistake:
    """A slip `wrong -> right`."""
    detail = plain(right) if one else f"{plain(wrong)} -> {plain(right)}"
    return Mistake(name, detail, None, (wrong,), (right,))


def extra(factor: Tree) -> Mistake:
    """A factor too many."""
    return Mistake("extra-factor", plain(factor), None, (factor,), ())
