"""Code that reads like the derivation: rows in lists, one statement a line (PyTorch, SymPy)."""

from __future__ import annotations

from symgrad.notation.tree import Name, number
from symgrad.numerics.code.plan import Block, Line, Pull
from symgrad.numerics.code.scope import Family
from symgrad.numerics.code.writer import CodeWriter

TORCH_WHERE = '''def where(condition, value):
    """The value where the condition holds, 0 elsewhere."""
    value = value if torch.is_tensor(value) else torch.tensor(value, dtype=torch.float64)
    return torch.where(condition, value, torch.zeros_like(value))'''
TORCH_TENSOR = '''def tensor(value):
    """A tensor as it is, numbers and arrays in double precision."""
    return value if torch.is_tensor(value) else torch.as_tensor(value, dtype=torch.float64)'''
TORCH_LIKE = '''def like(total, given):
    """A gradient summed over the batch where the input has one number for all of it."""
    return total.sum(-1) if total.ndim > given.ndim else total'''


class Plainly(CodeWriter):
    """Rows in Python lists, loops as loops."""

    @property
    def torch(self) -> bool:
        """Whether the library is PyTorch; SymPy otherwise."""
        return self.expressions.dialect.language == "torch"

    def source(self) -> str:
        """The whole module."""
        passes = [*self.start(), *self.run(self.plan.forward), *self.adjoints()]
        passes += self.run(self.plan.backward)
        self.batch = self.batch if self.torch else ""
        head = [
            f"def gradient({self.signature()}):",
            *self.docstring(" (a last axis: a batch)" if self.torch else ""),
        ]
        body = [*head, *("    " + line for line in passes), *("    " + line for line in self.end())]
        text = "\n".join([*body, *self.expressions.definitions.values()])
        imports = ["import math\n"] if "math." in text else []
        imports.append(f"import {self.expressions.dialect.language}")
        if self.torch:
            imports += ["", "", TORCH_WHERE] if "where(" in text else []
            imports += ["", "", TORCH_TENSOR, "", "", TORCH_LIKE]
        return self.join(imports, body)

    def start(self) -> list[str]:
        """Inputs in their kind, empty rows."""
        scope, lines = self.scope, []
        for entry in scope.inputs:
            name = self.called(entry)
            if self.torch:
                lines.append(f"{name} = tensor({name})")
            elif isinstance(entry, Family):
                lines.append(f"{name} = [sympy.sympify(value) for value in {name}]")
            else:
                lines.append(f"{name} = sympy.sympify({name})")
        if self.torch:
            shapes = ", ".join(
                f"{self.called(e)}.shape[1:]" if isinstance(e, Family) else f"{self.called(e)}.shape"
                for e in scope.inputs
            )
            lines.append(f"zero = torch.zeros(torch.broadcast_shapes({shapes}), dtype=torch.result_type("
                         f"{self.called(scope.inputs[0])}, 0.0))")  # fmt: skip
        else:
            lines.append("zero = sympy.Integer(0)")
        for family in scope.rows.values():
            lines.append(f"{family.called} = [zero] * {family.count}")
            lines += [f"{scope.ref(leaf)} = {text}" for leaf, text in copied(self, family)]
        return lines

    def adjoints(self) -> list[str]:
        """Derivatives that start from 0."""
        scope = self.scope
        lines = [f"{family.called} = [zero] * {family.count}" for family in scope.adjoints.values()]
        for result in scope.results:
            if isinstance(result.of, Family):
                lines.append(f"{result.called} = [zero] * {result.of.count}")
        return lines + [f"{name} = zero" for name in self.late()]

    def late(self) -> list[str]:
        """Single derivatives that need a 0 to start from: results, and what loops add to."""
        found: dict[str, None] = {}
        for result in self.scope.results:
            if isinstance(result.of, Name):
                name = self.scope.adjoint(result.of)
                if "[" not in name:
                    found.setdefault(name)
        for block in self.plan.backward:
            for pull in block.operations:
                assert isinstance(pull, Pull)
                name = self.scope.adjoint(pull.parent)
                if "[" not in name and not pull.first and block.letter:
                    found.setdefault(name)
        return list(found)

    def run(self, blocks: tuple[Block, ...]) -> list[str]:
        """The statements of a pass."""
        lines: list[str] = []
        for block in blocks:
            indent = "    " if block.letter else ""
            if block.letter:
                lines.append(self.loop_head(block))
            lines += [indent + self.statement(operation) for operation in block.operations]
        return lines

    def statement(self, operation: Line | Pull) -> str:
        """One assignment."""
        if isinstance(operation, Line):
            return f"{self.scope.ref(operation.target)} = {self.text(operation.body)}"
        to, term = self.scope.adjoint(operation.parent), self.text(self.pulled(operation))
        if operation.first and self.scope.result(operation.parent) is None:
            return f"{to} = {term}"
        return f"{to} = {to} + {term}"

    def end(self) -> list[str]:
        """What is handed back."""
        found = []
        for result in self.scope.results:
            total = result.called
            if isinstance(result.of, Name):
                total = self.scope.adjoint(result.of)
                total = total if total == result.called and self.torch else f"zero + {total}"
            if self.torch and isinstance(result.of, Family):
                total = f"torch.stack({total})"
            if self.torch and (isinstance(result.of, Family) or result.of in self.plan.network.leaves):
                given = (
                    self.called(result.of)
                    if result.of in self.scope.single or isinstance(result.of, Family)
                    else self.scope.ref(result.of)
                )
                total = f"like({total}, {given})"
            found.append(total)
        return ["return " + ", ".join(found)]


def copied(writer: CodeWriter, family: Family) -> list[tuple[Name, str]]:
    """The leaves that are members of a family of computed values, such as a_0."""
    scope = writer.scope
    rows = (Name(family.stem, (number(family.base + row),)) for row in range(family.count))
    return [(name, scope.single[name]) for name in rows if name in scope.single]
