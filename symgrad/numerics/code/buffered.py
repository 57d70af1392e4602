"""Code for NumPy: buffers made once, loops in place, the batch in blocks that stay in cache."""

from __future__ import annotations

from symgrad.notation.tree import Apply, Derivative, Mul, Name, Tree
from symgrad.numerics.code.inplace import InPlace
from symgrad.numerics.code.pieces import ACCUMULATE, CUT, PAIRS
from symgrad.numerics.code.plainly import copied
from symgrad.numerics.code.plan import Block, Line, Pull
from symgrad.numerics.code.scope import Family

BLOCK = 16384


class Buffered(InPlace):
    """Rows of buffers; straight lines as plain expressions."""

    def source(self) -> str:
        """The whole module."""
        self.shared: set[str] = set()
        zeroed = self.zeroed()
        loop = [*self.copies(), *self.run(self.plan.forward), *zeroed, *self.run(self.plan.backward)]
        loop += self.collected()
        body = [f"def gradient({self.signature()}):", *self.docstring(" (a last axis: a batch)")]
        body += ["    " + line for line in self.start()]
        body += ["        " + line for line in loop] + ["    " + line for line in self.end()]
        text = "\n".join([*body, *self.expressions.definitions.values()])
        head = ["import math\n"] if "math." in text else []
        head += [
            "import numpy as np",
            "",
            f"BLOCK = {BLOCK}  # points of a batch at a time",
            "",
            "",
            CUT,
            "",
            "",
            ACCUMULATE,
        ]
        for name in dict.fromkeys(pair[0] for pair in self.pairs.values()):
            head += ["", "", PAIRS[name]]
        return self.join(head, body)

    # -- the frame -----------------------------------------------------------------------------------------

    def start(self) -> list[str]:
        """Inputs as arrays, results, buffers, the head of the loop over blocks."""
        scope, lines = self.scope, []
        names = [self.called(entry) for entry in scope.inputs]
        lines += [f"{name} = np.asarray({name}, dtype=float)" for name in names]
        shapes = ", ".join(
            f"{name}.shape[1:]" if isinstance(entry, Family) else f"{name}.shape"
            for name, entry in zip(names, scope.inputs, strict=True)
        )
        lines.append(f"batch = np.broadcast_shapes({shapes})")
        self.totals = {result.called: scope.take(f"{result.called}_all") for result in scope.results}
        self.whole = {name: scope.take(f"{name}_all") for name in names}
        for result in scope.results:
            lines.append(f"{self.totals[result.called]} = np.zeros({self.extent(result.of)})")
        lines += ["size = batch[0] if batch else 1", "width = min(size, BLOCK)"]
        for entry, name in zip(scope.inputs, names, strict=True):
            shape = f"{entry.count}, -1" if isinstance(entry, Family) else "-1"
            lines.append(f"{self.whole[name]} = {name}.reshape({shape})")
        lines += self.buffers()
        lines.append("for start in range(0, size, BLOCK):")
        lines.append("    part = slice(start, min(start + BLOCK, size))")
        lines.append("    width = part.stop - part.start")
        for name, whole in self.whole.items():
            lines.append(f"    {name} = cut({whole}, part)")
        for result in scope.results:
            whole, shape = (
                self.totals[result.called],
                f"{result.of.count}, -1" if isinstance(result.of, Family) else "-1",
            )
            lines.append(f"    {result.called} = cut({whole}.reshape({shape}), part)")
        lines += [f"    {name} = {buffer}[..., :width]" for name, buffer in self.cut]
        return lines

    def extent(self, of: Family | Name) -> str:
        """The shape of a result: that of its input, or the batch's."""
        if isinstance(of, Family) or (of in self.scope.single and of in self.plan.network.leaves):
            return f"{self.called(of)}.shape"
        array = self.scope.array(of)
        return f"{array.called}.shape[1:]" if array is not None else "batch"

    def buffers(self) -> list[str]:
        """One buffer for every family and every scratch row."""
        scope, lines = self.scope, []
        self.cut: list[tuple[str, str]] = []
        wanted = [(f.called, 0 if stem in self.local else f.count) for stem, f in scope.rows.items()]
        wanted += [(called, scope.rows[stem].count) for stem, (_, called) in self.pairs.items()]
        wanted += [(f.called, 0 if s in self.local_adjoints else f.count) for s, f in scope.adjoints.items()]
        wanted += [(name, 0) for name in self.spare]
        for name, rows in wanted:
            buffer = scope.take(f"{name}_buffer")
            lines.append(f"{buffer} = np.empty({f'({rows}, width)' if rows else 'width'})")
            self.cut.append((name, buffer))
        return lines

    def copies(self) -> list[str]:
        """Inputs that are members of a computed family."""
        found = [pair for f in self.scope.rows.values() for pair in copied(self, f)]
        return [f"{self.name(leaf)}[...] = {text}" for leaf, text in found]

    def zeroed(self) -> list[str]:
        """Derivatives that are added to before anything is assigned."""
        found: dict[str, None] = {}
        for block in self.plan.backward:
            for pull in block.operations:
                assert isinstance(pull, Pull)
                name = self.name(Derivative(self.plan.target, pull.parent))
                if not pull.first and self.total(pull.parent) is None and (block.letter or "[" in name):
                    family = self.scope.adjoints.get(pull.parent.stem)
                    if family and "[" in name:
                        found[f"{family.called}[...] = 0"] = None
                    else:
                        found[f"{name} = np.zeros(width)"] = None
                        self.shared.add(name)
        asked = [
            Derivative(self.plan.target, g)
            for g in self.plan.goals
            if self.total(g) is None and not self.is_local(g, self.local_adjoints)
        ]
        pulled = {o.parent for b in self.plan.backward for o in b.operations if isinstance(o, Pull)}
        for token in asked:
            name = self.name(token)
            family = self.scope.adjoints.get(token.by.stem) if "[" in name else None
            if family:
                found[f"{family.called}[...] = 0"] = None
            elif token.by not in pulled:
                found[f"{name} = 1.0 * {int(token.by == self.plan.target)}"] = None
        return list(found)

    def total(self, name: Name) -> str | None:
        """The result that contributions to an input are added to at once."""
        if (result := self.scope.result(name)) is None:
            return None
        if isinstance(result.of, Name) and (
            name in self.plan.network.position
            or (name.stem in self.scope.adjoints and len(name.indices) == 1)
        ):
            return None
        return self.name(Derivative(self.plan.target, name))

    def collected(self) -> list[str]:
        """Results that stand in rows until the end of the block."""
        found = []
        for result in self.scope.results:
            if isinstance(result.of, Name) and self.total(result.of) is None:
                row = self.name(Derivative(self.plan.target, result.of))
                found.append(f"accumulate({result.called}, width, {row})")
        return found

    def end(self) -> list[str]:
        """What is handed back."""
        return ["return " + ", ".join(f"{total}[()]" for total in self.totals.values())]

    # -- the passes ----------------------------------------------------------------------------------------

    def run(self, blocks: tuple[Block, ...]) -> list[str]:
        """The statements of a pass."""
        lines: list[str] = []
        for block in blocks:
            if not block.letter:
                lines += [self.straight(operation) for operation in block.operations]
                continue
            lines.append(self.loop_head(block))
            for operation in block.operations:
                self.scratch = 0
                lines += ["    " + text for text in self.looped(operation)]
        return lines

    def straight(self, operation: Line | Pull) -> str:
        """A plain statement."""
        if isinstance(operation, Line):
            to = self.name(operation.target)
            return f"{to} = {self.text(operation.body)}"
        to, term = (
            self.name(Derivative(self.plan.target, operation.parent)),
            self.text(self.pulled(operation)),
        )
        if self.total(operation.parent):
            return f"accumulate({to}, width, {term})"
        if to in self.shared:
            return f"{to} += {term}"
        if self.is_local(operation.parent, self.local_adjoints):
            return f"{to}[...] = {term}" if operation.first else f"{to} += {term}"
        return f"{to} = {term}" if operation.first else f"{to} = {to} + {term}"

    def looped(self, operation: Line | Pull) -> list[str]:
        """Statements in place."""
        if isinstance(operation, Line):
            to, stem = self.name(operation.target), operation.target.stem
            if stem in self.pairs and isinstance(operation.body, Apply):
                function, slopes = self.pairs[stem]
                argument, before = self.operand(operation.body.arguments[0])
                row = to.removeprefix(self.scope.rows[stem].called)
                return [*before, f"{function}_and_slope({argument}, {to}, {slopes}{row})"]
            return self.emit(to, operation.body)
        return self.pull(operation)

    def pull(self, pull: Pull) -> list[str]:
        """One contribution in place."""
        to = self.name(Derivative(self.plan.target, pull.parent))
        slope = self.paired(pull)
        local: Tree = pull.local
        names: dict[Tree, str] = {}
        if slope is not None:
            local = Name("\u2022slope")
            names[local] = slope
        self.extra = names
        tree = self.pulled(Pull(pull.node, pull.parent, local, pull.whole))
        if self.total(pull.parent):
            parts = tree.factors if isinstance(tree, Mul) and len(tree.factors) == 2 else (tree,)
            texts, before = [], list[str]()
            for part in parts:
                text, lines = self.operand(part)
                texts.append(text)
                before += lines
            return [*before, f"accumulate({to}, width, {', '.join(texts)})"]
        if pull.first:
            return self.emit(to, tree)
        text, lines = self.operand(tree)
        return [*lines, f"np.add({to}, {text}, out={to})"]
