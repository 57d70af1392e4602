"""Code for gradients through vectors and matrices: families as lists of arrays, one statement a line.

The statements are the steps of the derivation; contributions that nothing asks for are left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.network.graph import Network, instantiate
from symgrad.network.shapes import Shape, shown
from symgrad.notation.tree import ONE, Derivative, Mul, Name, Tree, names_in, walk
from symgrad.numerics.code.arrays import ArrayExpressions, is_row
from symgrad.numerics.code.plainly import TORCH_TENSOR, TORCH_WHERE, copied
from symgrad.numerics.code.plan import Block, Line, Pull
from symgrad.numerics.code.scope import Family
from symgrad.numerics.code.writer import CodeWriter, member
from symgrad.numerics.replay import CANCELLED
from symgrad.numerics.sizes import Sizes, size_symbols
from symgrad.values.derivation import Step

IMPORTS = {
    "numpy": ["import numpy as np"],
    "jax": ["import jax", "import jax.numpy as jnp"],
    "torch": ["import torch"],
}
AS_ARRAY = {"numpy": "np.asarray({0})", "jax": "jnp.asarray({0})", "torch": "tensor({0})"}
ZEROS = {"numpy": "np.zeros_like", "jax": "jnp.zeros_like", "torch": "torch.zeros_like"}


def shaped_edges(
    steps: Iterable[Step], target: Name, goals: Iterable[Name]
) -> tuple[dict[tuple[Name, Name], Tree], set[Name]]:
    """(input, named value) -> its contribution to d(target)/d(input); the inputs that the goals need."""
    found: dict[tuple[Name, Name], Tree] = {}
    last: tuple[Name, Name] | None = None
    for step in steps:
        before = step.before
        if not isinstance(before, Derivative):
            continue
        if step.equation is None:
            if step.rule == CANCELLED and last is not None and last[0] == before.by:
                found[last] = step.after
            continue
        node = step.equation.operands[0]
        assert isinstance(node, Name)
        last = (before.by, node)
        local = step.after
        if before.of == node and node != target:
            upstream = Derivative(target, node)
            local = upstream if local == ONE else Mul((local, upstream))
        found[last] = local
    needed = set(goals)
    parts: dict[Name, list[Tree]] = {}
    for (parent, _), local in found.items():
        parts.setdefault(parent, []).append(local)
    queue = list(needed)
    for name in queue:
        for local in parts.get(name, ()):
            for token in walk(local):
                if isinstance(token, Derivative) and token.of == target and token.by not in needed:
                    needed.add(token.by)
                    queue.append(token.by)
    return found, needed


class ShapedCode(CodeWriter):
    """Lists of arrays, loops as loops."""

    batch = ""
    expressions: ArrayExpressions

    @property
    def network(self) -> Network:
        """The chain."""
        return self.plan.network

    @property
    def language(self) -> str:
        """numpy, jax or torch."""
        return self.expressions.dialect.language

    def source(self) -> str:
        """The whole module."""
        sizes = Sizes(self.network.shapes)
        self.expressions.shapes = sizes
        self.sizes: dict[Name, str] = {}
        self.expressions.size = self.size
        middle = [*self.rows(), *self.run_blocks(self.plan.forward), *self.adjoints()]
        middle += self.run_blocks(self.plan.backward)
        body = [f"def gradient({self.signature()}):", *self.docstring("")]
        body += ["    " + line for line in (*self.start(), *middle, *self.end())]
        text = "\n".join([*body, *self.expressions.definitions.values()])
        head = (["import math", ""] if "math." in text else []) + IMPORTS[self.language]
        if self.language == "torch":
            head += ["", "", TORCH_WHERE] if "where(" in text else []
            head += ["", "", TORCH_TENSOR]
        return self.join(head, body)

    def described(self, entry: Family | Name, shapes: str) -> str:
        """An input in the docstring."""
        if isinstance(entry, Family):
            first, last = member(entry, 0), member(entry, entry.count - 1)
            ends = [shown(self.network.shapes.get(name, ())) for name in (first, last)]
            shape = ends[0] if ends[0] == ends[1] else f"{ends[0]}, ..., {ends[1]}"
            return f"{entry.called}: a list of {entry.count}, {entry.called}[0] is {first}: {shape}."
        return f"{self.scope.single[entry]}: {shown(self.network.shapes.get(entry, ()))}."

    def start(self) -> list[str]:
        """Inputs as arrays, the sizes that are used."""
        lines = []
        for entry in self.scope.inputs:
            name, make = self.called(entry), AS_ARRAY[self.language]
            if isinstance(entry, Family):
                lines.append(f"{name} = [{make.format('part')} for part in {name}]")
                for row in range(entry.count):
                    if is_row(self.network.shapes.get(member(entry, row), ())):
                        lines.append(f"{name}[{row}] = {name}[{row}].reshape(-1)")
            else:
                row_form = ".reshape(-1)" if is_row(self.network.shapes.get(entry, ())) else ""
                lines.append(f"{name} = {make.format(name)}{row_form}")
        return lines + [f"{text} = {self.measured(size)}" for size, text in self.sizes.items()]

    def size(self, tree: Tree) -> str:
        """A size in code; every symbol in it is measured at the start."""
        for symbol in names_in(tree):
            self.symbol(symbol)
        return self.expressions.write(tree, self.ref)

    def symbol(self, symbol: Name) -> str:
        """What a size is called."""
        if symbol not in self.sizes:
            self.sizes[symbol] = self.scope.take("_".join((symbol.stem, *map(str, symbol.indices))))
        return self.sizes[symbol]

    def measured(self, symbol: Name) -> str:
        """The place of an input that has a size."""
        for leaf in self.network.leaves:
            shape = self.network.shapes.get(leaf, ())
            if symbol in shape:
                axis = 0 if is_row(shape) else shape.index(symbol)
                return f"{self.scope.ref(leaf)}.shape[{axis}]"
        raise KeyError(str(symbol))

    def ref(self, tree: Tree) -> str:
        """A name, a size, or a derivative in code."""
        if isinstance(tree, Name) and tree not in self.network.names and tree in self.symbols:
            return self.symbol(tree)
        return self.scope.ref(tree)

    @property
    def symbols(self) -> tuple[Name, ...]:
        """The symbols of all sizes."""
        return size_symbols(self.network)

    def text(self, tree: Tree) -> str:
        """A tree as an expression."""
        return self.expressions.write(tree, self.ref)

    def rows(self) -> list[str]:
        """Lists for the families that loops compute."""
        lines = []
        for family in self.scope.rows.values():
            lines.append(f"{family.called} = [None] * {family.count}")
            lines += [f"{self.scope.ref(leaf)} = {text}" for leaf, text in copied(self, family)]
        return lines

    def adjoints(self) -> list[str]:
        """Derivatives that start from 0."""
        lines = [f"{family.called} = [0] * {family.count}" for family in self.scope.adjoints.values()]
        for result in self.scope.results:
            if isinstance(result.of, Family):
                zeros = ZEROS[self.language]
                lines.append(f"{result.called} = [{zeros}(part) for part in {result.of.called}]")
        return lines + [f"{name} = 0" for name in self.added()]

    def added(self) -> list[str]:
        """Single derivatives that loops add to, or that nothing reaches."""
        found: dict[str, None] = {}
        reached = set()
        for block in self.plan.backward:
            for pull in block.operations:
                assert isinstance(pull, Pull)
                name = self.scope.adjoint(pull.parent)
                reached.add(name)
                if "[" not in name and block.letter:
                    found.setdefault(name)
        for result in self.scope.results:
            name = self.scope.adjoint(result.of) if isinstance(result.of, Name) else "["
            if name not in reached and "[" not in name:
                found.setdefault(name)
        return list(found)

    def lettered(self, block: Block) -> dict[Name, Shape]:
        """The shapes of names with the letter of a loop, as they are in its first turn."""
        found: dict[Name, Shape] = {}
        for operation in block.operations if block.letter else ():
            tree = operation.body if isinstance(operation, Line) else operation.local
            ends = (operation.target,) if isinstance(operation, Line) else (operation.node, operation.parent)
            for name in (*ends, *(node for node in walk(tree) if isinstance(node, Name))):
                actual = instantiate(name, {block.letter: block.first})
                if isinstance(actual, Name) and (shape := self.network.shapes.get(actual)) is not None:
                    found[name] = shape
        return found

    def run_blocks(self, blocks: Iterable[Block]) -> list[str]:
        """The statements of a pass."""
        lines: list[str] = []
        for block in blocks:
            letter, operations = block.letter, block.operations
            self.expressions.shapes = Sizes({**self.network.shapes, **self.lettered(block)})
            if letter:
                lines.append(self.loop_head(block))
            lines += [("    " if letter else "") + self.statement(o, bool(letter)) for o in operations]
        return lines

    def statement(self, operation: Line | Pull, looped: bool) -> str:
        """One assignment."""
        if isinstance(operation, Line):
            return f"{self.scope.ref(operation.target)} = {self.text(operation.body)}"
        to, term = self.scope.adjoint(operation.parent), self.text(operation.local)
        whole = self.scope.result(operation.parent)
        added = looped and ("[" not in to or (whole is not None and isinstance(whole.of, Family)))
        if operation.first and not added:
            return f"{to} = {term}"
        return f"{to} = {to} + {term}"

    def end(self) -> list[str]:
        """What is handed back, in the shapes of the inputs."""
        lines, found = [], []
        for result in self.scope.results:
            if isinstance(result.of, Family):
                for row in range(result.of.count):
                    if is_row(self.network.shapes.get(member(result.of, row), ())):
                        lines.append(f"{result.called}[{row}] = {result.called}[{row}].reshape(1, -1)")
                found.append(result.called)
                continue
            name = self.scope.adjoint(result.of)
            shape = self.network.shapes.get(result.of, ())
            if self.plan.backward == () and result.of in self.scope.single:
                name = f"{ZEROS[self.language]}({self.scope.single[result.of]})"
            found.append(f"{name}.reshape(1, -1)" if is_row(shape) else name)
        return [*lines, "return " + ", ".join(found)]
