"""Variables: the names that are known, the names nobody declared, and what a mistyped one may have meant."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from symgrad.errors import SymgradError, UnknownNameError
from symgrad.notation import symbols as s
from symgrad.notation.context import OBJECTIVE_LETTERS
from symgrad.notation.lexer import Token
from symgrad.notation.parsing.scripts import Scripts
from symgrad.notation.tree import Name, Number, Tree
from symgrad.notation.writers.plain import plain

ALIKE = {
    "omega": "w", "nu": "v", "upsilon": "v", "alpha": "a",
    "l": "L", "c": "C", "W": "w", "A": "a", "B": "b", "Z": "z",
}  # fmt: skip
"""Letters that are written for each other."""


class Names(Scripts):
    """Reads a name with its subscripts and says which names there are when it is none of them."""

    def is_bound(self, stem: str) -> bool:
        """Whether a letter is the index of an operator around."""
        return stem in self.bound or stem in self.context.bound

    def variable(self, stem: str) -> Name:
        """A known name with its subscripts; a member that does not exist is an error that says which do."""
        token = self.take()
        name = self.subscripts(Name(stem, span=(token.start, token.end)), token.start)
        if self.context.kind == "answer":
            self.check_member(name, token)
        return name

    def name_only(self) -> Name:
        """A name where nothing but a name can stand: behind d, ∂ and ∇."""
        token = self.token
        if token.kind not in ("letters", "word"):
            raise self.fail("name-expected", token, found=self.text_of(token))
        if token.kind == "letters" and len(token.text) > 1 and self.latex and token.text not in self.stems:
            self.split(len(self.longest_known(token.text) or "x"))
        token = self.take()
        text = token.text
        if text not in self.stems and (alias := self.context.aliases.get(text)) is not None:
            self.taken[text] = alias
            text = alias
        return self.subscripts(Name(text, span=(token.start, token.end)), token.start)

    def longest_known(self, text: str) -> str | None:
        """The longest known name that begins a LaTeX run of letters, shorter than the run."""
        known = [n for n in self.stems if len(n) > 1 and text.startswith(n) and n != text]
        return max(known, key=len, default=None)

    def check_member(self, name: Name, token: Token) -> None:
        """Raise if a family is known but has no such member; an index in letters may be any."""
        if name in self.context.known or self.is_bound(name.stem):
            return
        if name.stem in self.context.families and name.indices:
            return
        members = self.context.members(name.stem)
        if not members:
            return
        concrete = all(isinstance(i, Number) for i in name.indices)
        if not concrete and any(member.indices for member in members):
            return
        known = [plain(member) for member in members]
        shown = ", ".join(known if len(known) <= 6 else [*known[:3], "...", known[-1]])
        raise self.fail(
            "no-such-member", token, self.last, name=plain(name), members=shown, kind=UnknownNameError
        )

    def free_name(self, token: Token) -> Tree:
        """A name nobody declared: a leaf, a free symbol, or an error with a suggestion."""
        text, following = token.text, self.peek()
        single = len(text) == 1 or text in s.GREEK_WORDS or token.kind == "word"
        applied = following.kind == "(" and not (single and following.spaced)
        if applied and text not in self.bound and text not in self.bare:
            raise self.unknown_function(token)
        if self.context.kind == "answer" and not self.allowed_in_answer(text):
            raise self.unknown_in_answer(token)
        self.take()
        name = self.subscripts(Name(text, span=(token.start, token.end)), token.start)
        if self.token.kind == "(" and not self.token.spaced and name.indices and text not in self.bare:
            raise self.fail(
                "unknown-function",
                token,
                self.last,
                name=self.written(token),
                hint="product-meant",
                kind=UnknownNameError,
            )
        return name

    def allowed_in_answer(self, text: str) -> bool:
        """Whether a free letter has a meaning in every answer: delta, and the letters of the objective."""
        if text == "delta" and self.context.deltas:
            return True
        return self.context.objective is not None and text in OBJECTIVE_LETTERS and text not in self.stems

    def numbered(self) -> bool:
        """Whether a built-in name goes on with digits, log2(x): another function, or a product?"""
        digits = self.peek()
        glued = digits.kind == "number" and not digits.spaced and digits.text.isdigit()
        general = self.context.is_general(self.token.text)
        following = self.peek(2)
        applied = following.kind == "(" and not following.spaced
        logarithm = self.token.text.lower() == "log" and digits.text in ("2", "10") and not self.latex
        return glued and not general and (applied or (logarithm and self.starts_factor(following)))

    def numbered_function(self, token: Token) -> SymgradError:
        """The error for log2(x), tanh2(x), relu6(x), with what can be written instead."""
        digits, base = self.peek(), token.text.lower()
        hint, suggestion = "function-or-product", f"{token.text}({digits.text})*(...)"
        if base == "log":
            hint, suggestion = "write-instead", f"log(x)/log({digits.text})"
        elif base == "relu":
            hint, suggestion = "write-instead", f"min(relu(x), {digits.text})"
        return self.fail(
            "unknown-function",
            token,
            digits,
            name=token.text + digits.text,
            hint=hint,
            known=token.text,
            suggestion=suggestion,
            kind=UnknownNameError,
        )

    def unknown_function(self, token: Token) -> SymgradError:
        """The error for a function nobody knows, with the nearest one that is known, or as a product."""
        pool = sorted(s.BUILT_IN | self.context.functions)
        nearest = next(iter(get_close_matches(token.text.lower(), pool, 1, 0.6)), "")
        return self.fail(
            "unknown-function",
            token,
            name=token.text,
            hint="did-you-mean" if nearest else "product-meant",
            suggestion=nearest,
            kind=UnknownNameError,
        )

    def unknown_in_answer(self, token: Token) -> SymgradError:
        """The error for a name the question does not have, under the whole of what was written."""
        save = self.at
        self.take()
        try:
            name = self.subscripts(Name(token.text), token.start)
        except SymgradError:
            name = Name(token.text)
        last, written = self.last, self.written(token).strip()
        self.at = save
        suggestion = self.suggest(name)
        return self.fail(
            "unknown-name",
            token,
            last,
            name=written,
            hint="did-you-mean" if suggestion else "",
            suggestion=suggestion,
            kind=UnknownNameError,
        )

    def suggest(self, name: Name) -> str:
        """The nearest known name: same index first, look-alike letters, then spelling."""
        candidate = replace(name, stem=ALIKE.get(name.stem, name.stem.lower()))
        if candidate in self.context.known:
            return plain(candidate)
        if not name.indices and len(name.stem) > 1 and all(letter in self.stems for letter in name.stem):
            return " ".join(name.stem)
        known = sorted(plain(n) for n in self.context.known)
        return next(iter(get_close_matches(plain(name), known, 1, 0.5)), "")
