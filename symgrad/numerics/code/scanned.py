"""Code for JAX: loops as lax.fori_loop over arrays of rows, never unrolled."""

from __future__ import annotations

from symgrad.notation.tree import Name
from symgrad.numerics.code.plainly import copied
from symgrad.numerics.code.plan import Block, Line, Pull
from symgrad.numerics.code.scope import Family
from symgrad.numerics.code.writer import CodeWriter

LIKE = '''def like(total, given):
    """A gradient summed over the batch where the input has one number for all of it."""
    return total.sum(-1) if total.ndim > given.ndim else total'''


class Scanned(CodeWriter):
    """Rows in arrays, updated functionally."""

    def source(self) -> str:
        """The whole module."""
        passes = [*self.start(), *self.run(self.plan.forward, "forward")]
        passes += [*self.adjoints(), *self.run(self.plan.backward, "backward")]
        body = [f"def gradient({self.signature()}):", *self.docstring(" (a last axis: a batch)")]
        body += ["    " + line for line in (*passes, *self.end())]
        head = ["import jax", "import jax.numpy as jnp", "from jax import lax", "", "", LIKE]
        return self.join(head, body)

    def start(self) -> list[str]:
        """Inputs as arrays, empty rows."""
        scope = self.scope
        names = [self.called(entry) for entry in scope.inputs]
        lines = [f"{name} = jnp.asarray({name})" for name in names]
        shapes = ", ".join(
            f"{name}.shape[1:]" if isinstance(entry, Family) else f"{name}.shape"
            for name, entry in zip(names, scope.inputs, strict=True)
        )
        lines.append(f"shape = jnp.broadcast_shapes({shapes})")
        for family in scope.rows.values():
            lines.append(f"{family.called} = jnp.zeros(({family.count}, *shape))")
            lines += [self.put(scope.ref(leaf), text, "set") for leaf, text in copied(self, family)]
        return lines

    def adjoints(self) -> list[str]:
        """Derivatives, all from 0."""
        scope, lines = self.scope, []
        for family in scope.adjoints.values():
            lines.append(f"{family.called} = jnp.zeros(({family.count}, *shape))")
        for result in scope.results:
            if isinstance(result.of, Family):
                lines.append(f"{result.called} = jnp.zeros(({result.of.count}, *shape))")
        return lines + [f"{name} = jnp.zeros(shape)" for name in self.singles()]

    def singles(self) -> list[str]:
        """The derivatives that are arrays of their own."""
        pulls = [o for block in self.plan.backward for o in block.operations if isinstance(o, Pull)]
        names = [r.of for r in self.scope.results if isinstance(r.of, Name)] + [pull.parent for pull in pulls]
        found = (self.scope.adjoint(name) for name in names)
        return list(dict.fromkeys(name for name in found if "[" not in name))

    def put(self, to: str, text: str, how: str) -> str:
        """An assignment, or an addition, to a name or a row of an array."""
        array, bracket, _ = to.partition("[")
        if bracket:
            return f"{array} = {array}.at{to[len(array) :]}.{how}({text})"
        return f"{to} = {to} + {text}" if how == "add" else f"{to} = {text}"

    def run(self, blocks: tuple[Block, ...], title: str) -> list[str]:
        """The statements of a pass."""
        lines: list[str] = []
        loops = 0
        for block in blocks:
            statements = [self.statement(operation) for operation in block.operations]
            if not block.letter:
                lines += [text for _, text in statements]
                continue
            loops += 1
            name = self.scope.take(f"{title}_{loops}")
            state = ", ".join(dict.fromkeys(to for to, _ in statements))
            state = f"({state},)"
            letter, turns = self.scope.letters[block.letter], block.turns
            counter = letter if turns.step == 1 else "turn"
            lines += [f"def {name}({counter}, state):", f"    {state} = state"]
            if turns.step != 1:
                lines.append(f"    {letter} = {turns.start} - turn")
            lines += ["    " + text for _, text in statements]
            low, high = (turns.start, turns.stop) if turns.step == 1 else (0, len(turns))
            lines += [f"    return {state}", f"{state} = lax.fori_loop({low}, {high}, {name}, {state})"]
        return lines

    def statement(self, operation: Line | Pull) -> tuple[str, str]:
        """What is assigned to, and the assignment."""
        if isinstance(operation, Line):
            to, text, how = self.scope.ref(operation.target), self.text(operation.body), "set"
        else:
            to, text, how = self.scope.adjoint(operation.parent), self.text(self.pulled(operation)), "add"
        return to.partition("[")[0], self.put(to, text, how)

    def end(self) -> list[str]:
        """What is handed back."""
        found = []
        for result in self.scope.results:
            total = result.called if isinstance(result.of, Family) else self.scope.adjoint(result.of)
            if isinstance(result.of, Family) or result.of in self.scope.single:
                total = f"like({total}, {self.called(result.of)})"
            found.append(total)
        return ["return " + ", ".join(found)]
