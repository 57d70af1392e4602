"""Expressions in vectors and matrices: `W @ h`, `np.outer(d, h)`, `W.T @ d`.

A vector and a transposed vector are both arrays of one axis in the code; the shapes say which is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from symgrad.arithmetic.written_out import written_out
from symgrad.functions.application import formula_of
from symgrad.network.shapes import Shape
from symgrad.notation.tree import (
    ONE,
    Apply,
    Array,
    Component,
    Derivative,
    Elementwise,
    Mul,
    Name,
    Number,
    Transpose,
    Tree,
    children,
    number,
)
from symgrad.numerics.code.expressions import ATOM, PRODUCT, SIGN, SUM, Expressions, Writer
from symgrad.numerics.sizes import Sizes

WORDS: Mapping[str, Mapping[str, str]] = {
    "numpy": {
        "sum": "np.sum({0})", "mean": "np.mean({0})", "norm": "np.linalg.norm({0})",
        "opnorm": "np.linalg.norm({0}, 2)", "trace": "np.trace({0})", "diag": "np.diag({0})",
        "max": "np.max({0})", "min": "np.min({0})", "ones": "np.ones({0})", "eye": "np.eye({0})",
        "outer": "np.outer({0}, {1})", "stack": "np.stack([{0}])",
    },
    "jax": {
        "sum": "jnp.sum({0})", "mean": "jnp.mean({0})", "norm": "jnp.linalg.norm({0})",
        "opnorm": "jnp.linalg.norm({0}, 2)", "trace": "jnp.trace({0})", "diag": "jnp.diag({0})",
        "max": "jnp.max({0})", "min": "jnp.min({0})", "ones": "jnp.ones({0})", "eye": "jnp.eye({0})",
        "outer": "jnp.outer({0}, {1})", "stack": "jnp.stack([{0}])",
    },
    "torch": {
        "sum": "torch.sum({0})", "mean": "torch.mean({0})", "norm": "torch.linalg.norm({0})",
        "opnorm": "torch.linalg.matrix_norm({0}, 2)", "trace": "torch.trace({0})", "diag": "torch.diag({0})",
        "max": "torch.max({0})", "min": "torch.min({0})", "ones": "torch.ones({0}, dtype=torch.float64)",
        "eye": "torch.eye({0}, dtype=torch.float64)", "outer": "torch.outer({0}, {1})",
        "stack": "torch.stack([tensor(part) for part in ({0},)])",
    },
}  # fmt: skip
SOFTMAX = {
    "numpy": "    e = np.exp(x - np.max(x))\n    return e / np.sum(e)\n",
    "jax": "    return jax.nn.softmax(x)\n",
    "torch": "    return torch.softmax(x, 0)\n",
}
MODULES = {"numpy": "np", "jax": "jnp", "torch": "torch"}


@dataclass(frozen=True, slots=True)
class ArrayWriter(Writer):
    """Writes one tree with vectors in it."""

    shapes: Sizes
    size: Callable[[Tree], str]
    """A size in code, such as `n`."""

    def text(self, tree: Tree) -> tuple[str, int]:
        """The text and how tightly it binds."""
        if self.plain(tree):
            return Writer.text(self, tree)
        match tree:
            case Mul(factors):
                return self.matrix_product(factors)
            case Elementwise("*", a, b):
                return f"{self.at(a, PRODUCT)} * {self.at(b, SIGN)}", PRODUCT
            case Elementwise("/", a, b):
                return f"{self.at(a, PRODUCT)} / {self.at(b, SIGN)}", PRODUCT
            case Elementwise("^", a, b):
                return self.power(a, b)
            case Transpose(operand):
                return self.transposed(operand)
            case Component(operand, positions):
                places = ", ".join(self.place(position) for position in positions)
                return f"{self.at(operand, ATOM)}[{places}]", ATOM
            case Array(items):
                return self.word("stack", ", ".join(self.at(item, SUM) for item in items)), ATOM
            case Apply():
                return self.application(tree)
        return Writer.text(self, tree)

    def plain(self, tree: Tree) -> bool:
        """Whether there are only numbers in a tree."""
        match tree:
            case Name() | Derivative():
                return not self.shapes.of(tree)
            case Transpose() | Elementwise() | Array() | Component():
                return False
            case Apply(Name(stem)) if stem in WORDS["numpy"] or stem in ("softmax", "unit"):
                return False
        return all(map(self.plain, children(tree)))

    def word(self, name: str, *arguments: str) -> str:
        """A function of the library."""
        return WORDS[self.parent.dialect.language][name].format(*arguments)

    def place(self, position: Tree) -> str:
        """A position, counted from 0."""
        if isinstance(position, Number):
            return str(int(position.value) - 1)
        return f"{self.at(position, SUM)} - 1"

    def transposed(self, operand: Tree) -> tuple[str, int]:
        """The same array for a vector, else `.T`; a matrix of one column becomes its column."""
        shape = self.shapes.of(operand)
        if len(shape) < 2 or is_row(shape):
            return self.text(operand)
        if shape[1] == ONE:
            return f"{self.at(operand, ATOM)}[:, 0]", ATOM
        return f"{self.at(operand, ATOM)}.T", ATOM

    def matrix_product(self, factors: tuple[Tree, ...]) -> tuple[str, int]:
        """Numbers in front, then the matrix product; from the right where it ends in a vector."""
        numbers = [factor for factor in factors if not self.shapes.of(factor)]
        arrays = [factor for factor in factors if self.shapes.of(factor)]
        if not arrays:
            return self.product(factors)
        ranks = [len(self.shapes.of(factor)) for factor in arrays]
        if ranks[-1] == 1 and all(rank == 2 for rank in ranks[1:-1]):
            part = self.one(arrays[-1])
            for factor in reversed(arrays[:-1]):
                part = self.pair(self.one(factor), part)
        else:
            part = self.one(arrays[0])
            for factor in arrays[1:]:
                part = self.pair(part, self.one(factor))
        text, level = part.text, part.level
        if not numbers:
            return text, level
        scalar = self.at(numbers[0], PRODUCT) if len(numbers) == 1 else self.product(tuple(numbers))[0]
        return f"{scalar} * {text if level >= SIGN else f'({text})'}", PRODUCT

    def one(self, factor: Tree) -> Part:
        """A factor alone."""
        text, level = self.text(factor)
        return Part(text, level, self.shapes.of(factor))

    def pair(self, left: Part, right: Part) -> Part:
        """The product of two neighbours."""
        a, b = left.shape, right.shape
        if not a or not b:
            text = f"{left.bracketed(PRODUCT)} * {right.bracketed(SIGN)}"
            return Part(text, PRODUCT, a or b)
        if len(a) == 1 and is_row(b):
            return Part(self.word("outer", left.text, right.text), ATOM, (a[0], b[1]))
        if len(a) == 2 and not is_row(a) and is_row(b):
            return Part(self.word("outer", f"{left.bracketed(ATOM)}[:, 0]", right.text), ATOM, (a[0], b[1]))
        if len(a) == 1:
            raise self.impossible(Mul(()))
        text = f"{left.bracketed(PRODUCT)} @ {right.bracketed(SIGN)}"
        if is_row(a):
            return Part(text, PRODUCT, () if len(b) == 1 else (ONE, b[1]))
        return Part(text, PRODUCT, (a[0],) if len(b) == 1 else (a[0], b[1]))

    def application(self, tree: Apply) -> tuple[str, int]:
        """Reductions, constructors and losses by their library's names; functions act on every entry."""
        stem, arguments = tree.function.stem, tree.arguments
        if len(arguments) == 1 and not tree.order and stem in WORDS["numpy"]:
            if stem in ("ones", "eye"):
                return self.word(stem, self.size(arguments[0])), ATOM
            return self.word(stem, self.at(arguments[0], SUM)), ATOM
        match stem:
            case "ones":
                return self.word("ones", f"({', '.join(map(self.size, arguments))})"), ATOM
            case "unit":
                return f"{self.word('eye', self.size(arguments[1]))}[{self.place(arguments[0])}]", ATOM
            case "softmax" if not tree.order:
                return f"{self.helper('softmax')}({self.at(arguments[0], SUM)})", ATOM
            case "max" | "min" | "opnorm" if len(arguments) == 1 and tree.order == 1:
                return f"{self.helper(f'{stem}_slope')}({self.at(arguments[0], SUM)})", ATOM
        if len(arguments) == 1:
            return self.apply(tree)
        loss = formula_of(tree, self.functions)
        entries, level = self.entrywise(tree)
        if loss is not None and not self.shapes.of(tree):
            return self.word("sum" if loss.reduction == "sum" else "mean", entries), ATOM
        return entries, level

    def entrywise(self, tree: Apply) -> tuple[str, int]:
        """A function of several arguments by its formula, whose products are of entries."""
        holes = tuple(Name("\u2022", (number(place),)) for place in range(len(tree.arguments)))
        texts: dict[Tree, str] = {
            hole: self.at(argument, ATOM) for hole, argument in zip(holes, tree.arguments, strict=True)
        }
        inner = Writer(self.parent, texts.__getitem__, self.functions, self.switching)
        return inner.text(replace(tree, arguments=holes))

    def helper(self, name: str) -> str:
        """What a function of whole arrays is called, defined before."""
        parent, key = self.parent, (name, 0)
        if key not in parent.called:
            called = parent.called[key] = parent.taken(name)
            parent.definitions[key] = helper_source(name, called, parent.dialect.language)
        return parent.called[key]


@cache
def helper_source(name: str, called: str, language: str) -> str:
    """The definition of a function of whole arrays."""
    module = MODULES[language]
    if name == "softmax":
        title, body = "exp(x) over its sum, from the largest entry down", SOFTMAX[language]
    elif name == "opnorm_slope":
        title = "u v^T of the largest singular value"
        body = f"    u, _, v = {module}.linalg.svd(x)\n    return {module}.outer(u[:, 0], v[0])\n"
    else:
        word = name.partition("_")[0]
        title = f"1 at the first entry that is the {word}imum, 0 elsewhere"
        eye = "torch.eye(x.numel(), dtype=x.dtype)" if language == "torch" else f"{module}.eye(x.size)"
        body = f"    return {eye}[{module}.arg{word}(x)].reshape(x.shape)\n"
    return f'def {called}(x):\n    """{title}."""\n{body}'


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a product: its text, how tightly it binds, its shape."""

    text: str
    level: int
    shape: Shape

    def bracketed(self, least: int) -> str:
        """The text, in brackets where it binds less than `least`."""
        return self.text if self.level >= least else f"({self.text})"


def is_row(shape: Shape) -> bool:
    """Whether a shape is that of a transposed vector, which the code holds as a vector."""
    return len(shape) == 2 and shape[0] == ONE


class ArrayExpressions(Expressions):
    """Writes trees with vectors, and collects the definitions of the functions they need."""

    shapes: Sizes
    size: Callable[[Tree], str]

    def write(
        self, tree: Tree, ref: Callable[[Tree], str], functions: Mapping[str, str | Tree] | None = None
    ) -> str:
        """The expression; formulas of functions are of numbers."""
        if functions is not None:
            return Expressions.write(self, tree, ref, functions)
        writer = ArrayWriter(self, ref, self.functions, False, self.shapes, self.size)
        return writer.at(written_out(tree), SUM)
