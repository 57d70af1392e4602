"""What the writers share: the docstring, the inputs, and plain assignments."""

from __future__ import annotations

from symgrad.notation.tree import ONE, Apply, Derivative, Mul, Name, Tree
from symgrad.notation.writers.plain import plain
from symgrad.numerics.code.expressions import Expressions
from symgrad.numerics.code.plan import Block, Line, Plan, Pull
from symgrad.numerics.code.scope import Family, Scope


class CodeWriter:
    """Writes one plan; subclasses know a library."""

    batch = ", each a number or a batch of them along the last axis"

    def __init__(self, plan: Plan, scope: Scope, expressions: Expressions) -> None:
        self.plan, self.scope, self.expressions = plan, scope, expressions

    def source(self) -> str:
        """The whole module."""
        raise NotImplementedError

    # -- pieces ------------------------------------------------------------------------------------------

    def text(self, tree: Tree) -> str:
        """A tree as an expression."""
        return self.expressions.write(tree, self.scope.ref)

    def pulled(self, pull: Pull) -> Tree:
        """What a contribution adds: the derivative by the node, times the local one."""
        if pull.whole:
            return pull.local
        upstream = Derivative(self.plan.target, pull.node)
        if pull.local == ONE:
            return upstream
        return Mul((upstream, *(pull.local.factors if isinstance(pull.local, Mul) else (pull.local,))))

    def signature(self) -> str:
        """The arguments."""
        return ", ".join(self.called(i) for i in self.scope.inputs)

    def called(self, entry: Family | Name) -> str:
        """What an input is called."""
        return entry.called if isinstance(entry, Family) else self.scope.single[entry]

    def loop_head(self, block: Block) -> str:
        """The head of a loop."""
        turns = block.turns
        step = "" if turns.step == 1 else ", -1"
        return f"for {self.scope.letters[block.letter]} in range({turns.start}, {turns.stop}{step}):"

    def docstring(self, shapes: str) -> list[str]:
        """What the function computes, what it takes and what it gives."""
        target = plain(self.plan.target)
        names = [plain(Derivative(self.plan.target, goal)) for goal in self.plan.goals]
        shown = ", ".join(names) if len(names) <= 4 else f"{names[0]}, ..., {names[-1]}"
        lines = [f'    """{shown}.']
        if self.plan.forward:
            lines += ["", "    Forward:"]
            lines += [f"        {line}" for line in self.formulas(self.plan.forward)]
        if self.plan.backward:
            lines += ["", f"    Backward, d_v being d{target}/dv:"]
            lines += [f"        {line}" for line in self.formulas(self.plan.backward)]
        lines += ["", "    Args:"]
        for entry in self.scope.inputs:
            lines.append(f"        {self.described(entry, shapes)}")
        lines += ["", "    Returns:"]
        for result in self.scope.results:
            of = (
                self.called(result.of)
                if isinstance(result.of, Family) or result.of in self.scope.single
                else ""
            )
            extent = f", shaped like {of}" if of and self.batch else ""
            lines.append(f"        {result.called}{extent}.")
        if self.batch:
            lines += ["", "    " + SUMMED]
        return [*lines, '    """']

    def described(self, entry: Family | Name, shapes: str) -> str:
        """An input in the docstring."""
        if isinstance(entry, Family):
            first = plain(member(entry, 0))
            return f"{entry.called}: {entry.count} rows{shapes}; {entry.called}[0] is {first}."
        return f"{self.scope.single[entry]}: a number{' or a batch of them' * bool(shapes)}."

    def formulas(self, blocks: tuple[Block, ...]) -> list[str]:
        """The lines of a pass in plain notation; long straight ones cut."""
        found: list[str] = []
        for block in blocks:
            indent = ""
            if block.letter:
                found.append(f"for {block.letter} = {block.first}, ..., {block.last}:")
                indent = "    "
            for operation in block.operations:
                if isinstance(operation, Line):
                    found.append(f"{indent}{plain(operation.target)} = {plain(operation.body)}")
                else:
                    plus = "=" if operation.first and self.scope.result(operation.parent) is None else "+="
                    up = "" if operation.whole else f"d_{plain(operation.node)}"
                    local = plain(operation.local)
                    bare = isinstance(operation.local, Name | Apply | Mul)
                    term = (
                        local if not up else up if local == "1" else f"{up} {local if bare else f'({local})'}"
                    )
                    found.append(f"{indent}d_{plain(operation.parent)} {plus} {term}")
        return found if len(found) <= 24 else [*found[:20], "..."]

    def join(self, head: list[str], body: list[str]) -> str:
        """The module: imports, the functions it needs, then `gradient`."""
        definitions = list(self.expressions.definitions.values())
        parts = ["\n".join(head), *(d.rstrip("\n") for d in definitions), "\n".join(body)]
        return "\n\n\n".join(part for part in parts if part) + "\n"


SUMMED = "An input of one number for the whole batch gets the gradient summed over the batch."


def member(family: Family, row: int) -> Name:
    """The name that a row of a family is."""
    from symgrad.notation.tree import number

    return Name(family.stem, (number(family.base + row),))
