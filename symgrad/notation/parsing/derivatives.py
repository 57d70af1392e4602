"""The token dX/dY in all its spellings: one thing, never a quotient, and so tried before any division."""

from __future__ import annotations

from symgrad.errors import SymgradError
from symgrad.notation.context import ACTIVATION_LETTERS, OBJECTIVE_LETTERS
from symgrad.notation.parsing.functions import Functions
from symgrad.notation.tree import Apply, Derivative, Name, Tree

ITSELF = (Name("()"),)
"""Indices no text can write: they mark the dσ of dσ/dz, a function that is not applied yet."""


class Derivatives(Functions):
    """Reads derivative tokens; whatever turns out not to be one is left unread."""

    def derivative(self) -> Tree | None:
        r"""dC/db_1, ∂C/∂a₄, \frac{\partial C}{\partial a_4}, dC_da4, dσ(z_1)/dz_1; None if it is not one."""
        save, tokens, start = self.at, list(self.tokens), self.token.start
        try:
            result = self.derivative_fraction() if self.token.kind == "frac" else self.derivative_slash()
        except SymgradError:
            result = None
        if result is None:
            self.at, self.tokens = save, tokens  # letters may have been split
            return None
        return self.spanned(result, start)

    def derivative_slash(self) -> Tree | None:
        """dX/dY, dX/(dY) and the dX_dY of programs."""
        sign = self.marker()
        if sign is None:
            return None
        order = self.order()
        top = self.differentiated(sign)
        if top is None or not (self.accept("/") or (sign == "d" and self.accept("_"))):
            return None
        grouped = self.accept("(")
        below = self.by_names(sign, order)
        if grouped and not self.accept(")"):
            return None
        return None if below is None else self.derived(top, below, order)

    def derivative_fraction(self) -> Tree | None:
        r"""\frac{dX}{dY}, and \frac{d}{dY} X."""
        self.take()
        if not self.accept("{"):
            return None
        sign = self.marker()
        if sign is None:
            return None
        order = self.order()
        behind = self.token.kind == "}"
        top = None if behind else self.differentiated(sign)
        if (top is None and not behind) or not self.accept("}") or not self.accept("{"):
            return None
        below = self.by_names(sign, order)
        if below is None or not self.accept("}"):
            return None
        if behind:
            top = self.differentiated("partial")
        return None if top is None else self.derived(top, below, order)

    def marker(self) -> str | None:
        """The d or ∂ before a name, cut off a run of letters."""
        if self.accept("partial"):
            return "partial"
        if not self.at_d():
            return None
        if len(self.token.text) > 1:
            self.split(1)
        self.take()
        return "d"

    def at_d(self) -> bool:
        """Whether the next letters begin with d."""
        return self.token.kind == "letters" and self.token.text.startswith("d")

    def order(self) -> int:
        """The 2 of d^2, or 1."""
        if self.token.kind == "super" and self.token.text.isdigit():
            return int(self.take().text)
        if self.token.kind != "^":
            return 1
        braces = 1 if self.peek().kind == "{" else 0
        digits = self.peek(1 + braces)
        whole = digits.kind == "number" and digits.text.isdecimal()
        if not whole or (braces and self.peek(3).kind != "}"):
            return 1
        self.at += 2 + 2 * braces
        return int(digits.text)

    def differentiated(self, sign: str) -> Tree | None:
        """X of dX/dY: a name, a function, or a function applied."""
        token, text = self.token, self.token.text
        if token.kind not in ("letters", "word"):
            return None
        run = token.kind == "letters" and self.latex and len(text) > 1
        if run and text not in self.stems and not self.is_function(text):
            return None
        activation = self.context.activation
        free = not self.context.is_variable(text) and text not in self.context.functions
        if activation and free and text in ACTIVATION_LETTERS:
            self.taken[text] = activation
            text = activation
        if self.is_function(text):
            return self.differentiated_function(self.canonical_function(text))
        if sign == "d" and self.context.known and text not in self.stems and text not in OBJECTIVE_LETTERS:
            return None
        self.take()
        name = self.subscripts_of_top(Name(text, span=(token.start, token.end)), token.start)
        objective = self.context.objective
        unknown = name.stem not in self.stems and not name.indices
        if objective is not None and unknown and name.stem in OBJECTIVE_LETTERS:
            self.taken[name.stem] = objective.stem
            return objective
        return name

    def differentiated_function(self, stem: str) -> Tree:
        """The σ(z) of dσ(z)/dz, or the σ alone of dσ/dz; see `derived`."""
        self.take()
        if self.token.kind != "(":
            return Name(stem, ITSELF)
        arguments, options = self.arguments(self.token)
        return Apply(Name(stem), arguments, 0, options)

    def subscripts_of_top(self, name: Name, start: int) -> Name:
        """Like `subscripts`, but the _ of dC_da4 belongs to the derivative."""
        following = self.peek()
        if self.token.kind == "_" and following.kind == "letters" and following.text.startswith("d"):
            rest = following.text[1:]
            if rest and not self.latex and (not self.context.known or rest in self.stems):
                return name
        return self.subscripts(name, start)

    def by_names(self, sign: str, order: int) -> list[tuple[Name, int]] | None:
        """Y of dX/dY with its order, or several: ∂w_1 ∂w_2."""
        found: list[tuple[Name, int]] = []
        while self.token.kind == "partial" or self.at_d():
            if len(found) > 1 and self.at_d():
                break
            if self.marker() != sign:
                return None
            name = self.name_only()
            strict = sign == "d" and self.context.known and self.context.kind == "answer"
            if strict and name.stem not in self.stems and name.stem != "z":
                return None
            found.append((name, self.order()))
            if not self.latex and sum(count for _, count in found) >= order:
                break  # behind the last name the factors go on
        return found or None

    def derived(self, top: Tree, below: list[tuple[Name, int]], order: int) -> Tree | None:
        """The token of X, the Ys and the order above; None where they do not fit each other."""
        by, by_order = below[0]
        match top:
            case Apply(function, arguments, 0, options):
                fits = arguments == (by,) and len(below) == 1
                return Apply(function, arguments, order, options) if fits else None
            case Name(stem, indices) if indices == ITSELF:
                if self.token.kind == "(":
                    arguments, options = self.arguments(self.token)
                    return Apply(Name(stem), arguments, order, options)
                return Apply(Name(stem), (by,), order)
            case Name() if len(below) == 1:
                return Derivative(top, by, order) if by_order == order else None
            case Name() if len(below) == 2 and order == 2:
                return Derivative(Derivative(top, by), below[1][0])
        return None
