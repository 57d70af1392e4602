"""Trees -> NumPy statements that compute in place, with as few scratch rows as will do."""

from __future__ import annotations

from symgrad.arithmetic.resolve import resolve_applied
from symgrad.functions.questionnaire import Function
from symgrad.notation.tree import Add, Apply, Derivative, Div, Mul, Name, Neg, Number, Pow, Tree
from symgrad.numerics.code.expressions import Expressions
from symgrad.numerics.code.plan import Plan
from symgrad.numerics.code.rows import Rows
from symgrad.numerics.code.scope import Scope

UFUNCS = ("exp", "log", "sqrt", "tanh", "sinh", "cosh", "floor", "abs", "arctan")


class InPlace(Rows):
    """Puts the value of a tree into a row."""

    def __init__(self, plan: Plan, scope: Scope, expressions: Expressions) -> None:
        super().__init__(plan, scope, expressions)
        self.scratch = 0
        self.spare: list[str] = []
        self.extra: dict[Tree, str] = {}

    def simple(self, tree: Tree) -> str | None:
        """A name, a derivative or a number as it stands; None for what must be computed."""
        if tree in self.extra:
            return self.extra[tree]
        if isinstance(tree, Name | Derivative):
            return self.name(tree)
        return self.text(tree) if isinstance(tree, Number) else None

    def operand(self, tree: Tree) -> tuple[str, list[str]]:
        """Something to compute with, and the statements that put it into a scratch row."""
        if (text := self.simple(tree)) is not None:
            return text, []
        self.scratch += 1
        while len(self.spare) < self.scratch:
            self.spare.append(self.scope.take(f"spare_{len(self.spare) + 1}"))
        name = self.spare[self.scratch - 1]
        return name, self.emit(name, tree)

    def emit(self, out: str, tree: Tree) -> list[str]:
        """Statements that put a tree into a row."""
        if (text := self.simple(tree)) is not None:
            return [f"{out}[...] = {text}"]
        match tree:
            case Add(terms):
                return self.fold(out, "add", terms)
            case Mul(parts):
                return self.fold(out, "multiply", parts)
            case Neg(operand):
                text, lines = self.operand(operand)
                return [*lines, f"np.negative({text}, out={out})"]
            case Div(a, b):
                above, first = self.operand(a)
                below, second = self.operand(b)
                return [*first, *second, f"np.divide({above}, {below}, out={out})"]
            case Pow(base, Number(value)) if value == 2:
                text, lines = self.operand(base)
                return [*lines, f"np.square({text}, out={out})"]
            case Apply(_, (argument,), 0, ()):
                function = resolve_applied(tree, self.expressions.functions)
                if isinstance(function, Function) and function.name in UFUNCS:
                    text, lines = self.operand(argument)
                    return [*lines, f"np.{function.name}({text}, out={out})"]
        return [f"{out}[...] = {self.expressions.write(tree, self.name)}"]

    def fold(self, out: str, ufunc: str, parts: tuple[Tree, ...]) -> list[str]:
        """Terms or factors one after the other, into one row."""
        lines: list[str] = []
        so_far = ""
        for place, part in enumerate(parts):
            if not so_far and self.simple(part) is None:
                lines, so_far = self.emit(out, part), out
                continue
            negative = ufunc == "add" and so_far != "" and isinstance(part, Neg)
            part = part.operand if negative and isinstance(part, Neg) else part
            if place == 1 and so_far != out and self.simple(part) is None:
                text = out
                lines += self.emit(out, part)
            else:
                text, before = self.operand(part)
                lines += before
            if not so_far:
                so_far = text
                continue
            lines.append(f"np.{'subtract' if negative else ufunc}({so_far}, {text}, out={out})")
            so_far = out
        return lines
