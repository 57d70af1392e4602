"""What the buffers of NumPy code are for: which names need a row for every turn, which share one."""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.arithmetic.resolve import resolve_applied
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import Apply, Derivative, Mul, Name, Number, Tree, names_in
from symgrad.numerics.code.expressions import Expressions
from symgrad.numerics.code.pieces import PAIRS
from symgrad.numerics.code.plan import Block, Line, Plan, Pull
from symgrad.numerics.code.scope import Scope, by_letter
from symgrad.numerics.code.writer import CodeWriter


class Rows(CodeWriter):
    """Knows for every name and derivative its row."""

    def __init__(self, plan: Plan, scope: Scope, expressions: Expressions) -> None:
        super().__init__(plan, scope, expressions)
        self.pairs = self.find_pairs()
        self.local, self.local_adjoints = self.find_local(), self.find_local_adjoints()

    def find_pairs(self) -> dict[str, tuple[str, str]]:
        """Stems a of loops with a_j = sigma(z_j) whose slope is needed: the function, the slopes' rows."""
        slopes: set[Tree] = set()
        for pull in self.loop_pulls():
            slopes |= {part for part in factors(pull.local) if isinstance(part, Apply) and part.order == 1}
        found: dict[str, tuple[str, str]] = {}
        for block in self.plan.forward:
            for line in block.operations if block.letter and self.covers(block) else ():
                assert isinstance(line, Line)
                body = line.body
                if isinstance(body, Apply) and len(body.arguments) == 1 and body.order == 0:
                    function = resolve_applied(body, self.expressions.functions)
                    slope = Apply(body.function, body.arguments, 1, body.options)
                    if isinstance(function, Function) and function.name in PAIRS and slope in slopes:
                        stem = line.target.stem
                        if stem in self.scope.rows:
                            found[stem] = (function.name, self.scope.take(f"slope_{stem}"))
        return found

    def covers(self, block: Block) -> bool:
        """Whether a forward loop has every turn of the loops that come back to it."""
        made = {line.target for line in block.operations if isinstance(line, Line)}
        back = [b for b in self.plan.backward if b.letter]
        return all(
            set(b.turns) <= set(block.turns)
            for b in back
            if any(isinstance(pull, Pull) and pull.node in made for pull in b.operations)
        )

    def loop_pulls(self) -> Iterable[Pull]:
        """The contributions in loops."""
        for block in self.plan.backward:
            for pull in block.operations if block.letter else ():
                assert isinstance(pull, Pull)
                yield pull

    def paired(self, pull: Pull) -> str | None:
        """The row of the stored slope that a contribution's local derivative is."""
        stem = pull.node.stem
        if stem in self.pairs and len(pull.node.indices) == 1 and self.definition(pull.node) is not None:
            body = self.definition(pull.node)
            if isinstance(body, Apply) and pull.local == Apply(
                body.function, body.arguments, 1, body.options
            ):
                family = self.scope.rows[stem]
                row = self.scope.ref(pull.node).removeprefix(family.called)
                return self.pairs[stem][1] + row
        return None

    def definition(self, name: Name) -> Tree | None:
        """The body of the loop line that defines a name, in letters."""
        for block in self.plan.forward:
            for line in block.operations if block.letter else ():
                if isinstance(line, Line) and line.target == name:
                    return line.body
        return None

    def find_local(self) -> set[str]:
        """Stems of values that only their own turn of the loop needs: one row for all turns."""
        found = {line.target.stem for b in self.plan.forward if b.letter for line in b.operations
                 if isinstance(line, Line)} & self.scope.rows.keys()  # fmt: skip
        found -= self.pairs.keys()
        for block in self.plan.forward:
            names = [
                n for o in block.operations if isinstance(o, Line) for n in (o.target, *names_in(o.body))
            ]
            found -= strangers(names, block, {o.target for o in block.operations if isinstance(o, Line)})
        for block in self.plan.backward:
            for pull in block.operations:
                assert isinstance(pull, Pull)
                if not (block.letter and self.paired(pull)):
                    found -= {name.stem for name in names_in(pull.local)}
        return found

    def find_local_adjoints(self) -> set[str]:
        """Families of derivatives of which one at a time is alive: one row that every turn uses again."""
        found = set(self.scope.adjoints)
        alive: dict[str, Tree] = {}
        for block in self.plan.backward:
            pulls = [pull for pull in block.operations if isinstance(pull, Pull)]
            pairs = [zip(block.members(p.node), block.members(p.parent), strict=True) for p in pulls]
            for turn in zip(*pairs, strict=True):
                for pull, (node, parent) in zip(pulls, turn, strict=True):
                    stem = pull.parent.stem
                    if not pull.whole and alive.get(pull.node.stem) != node:
                        found.discard(pull.node.stem)
                    if not pull.first and alive.get(stem) != parent:
                        found.discard(stem)
                    if stem == pull.node.stem and not all(map(self.bare, factors(pull.local))):
                        found.discard(stem)  # its row is still being read
                    alive[stem] = parent
        return found - {goal.stem for goal in self.plan.goals if alive.get(goal.stem) != goal}

    def bare(self, tree: Tree) -> bool:
        """Whether a factor is at hand without computing."""
        return isinstance(tree, Name | Number)

    def name(self, tree: Tree) -> str:
        """A name or derivative; without an index where one row serves all turns."""
        if isinstance(tree, Derivative):
            text = self.scope.adjoint(tree.by)
            return text.partition("[")[0] if self.is_local(tree.by, self.local_adjoints) else text
        assert isinstance(tree, Name)
        text = self.scope.ref(tree)
        return text.partition("[")[0] if self.is_local(tree, self.local) else text

    def is_local(self, name: Name, local: set[str]) -> bool:
        """Whether a name is of a family with one row."""
        return name.stem in local and len(name.indices) == 1

    def text(self, tree: Tree) -> str:
        """A tree as an expression."""
        return self.expressions.write(tree, self.name)


def factors(tree: Tree) -> tuple[Tree, ...]:
    """The factors of a product, or the tree alone."""
    return tree.factors if isinstance(tree, Mul) else (tree,)


def strangers(names: Iterable[Name], block: Block, made: set[Name]) -> set[str]:
    """The stems that a block speaks of otherwise than of what the same turn makes."""
    return {
        name.stem
        for name in names
        if len(name.indices) == 1
        and (not block.letter or not by_letter(name, block.letter) or name not in made)
    }
