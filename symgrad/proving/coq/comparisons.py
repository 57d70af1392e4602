"""Comparisons in Coq: both sides equal, or apart by a product of known signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from symgrad.notation.codec import from_data
from symgrad.notation.tree import Add, Name, Neg, Relation, Tree, substitute
from symgrad.proving.coq.enclosures import Enclosures
from symgrad.proving.coq.equality import equal, sizes
from symgrad.proving.coq.facts import proved
from symgrad.proving.coq.terms import Terms, number, unsupported
from symgrad.proving.kernel.rules.affine import at_ends
from symgrad.proving.kernel.rules.entry import comparison
from symgrad.proving.kernel.rules.known import FACTS
from symgrad.proving.kernel.setting import Setting

Entry = Mapping[str, Any]


class Comparisons:
    """Tactics for one comparison, with what is assumed in this branch of a proof."""

    def __init__(self, terms: Terms, bodies: dict[Name, Tree]) -> None:
        self.terms, self.bodies = terms, bodies
        self.assumptions: tuple[str, ...] = ()
        self.equations: tuple[str, ...] = ()

    def prove(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """The goal is the statement; afterwards it is closed."""
        raise NotImplementedError

    def inner(self, lines: list[str]) -> Iterator[str]:
        """A block of its own."""
        yield "{ " + (lines[0] if lines else "")
        yield from (f"  {line}" for line in lines[1:])
        yield "}"

    def branch(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """A proof in a block of its own, whose assumptions end with it."""
        before = self.assumptions
        lines = list(self.prove(statement, entry, here))
        self.assumptions = before
        yield from self.inner(lines)

    def facts(self, here: Setting, *trees: Tree) -> Enclosures:
        """What is known of these trees."""
        return Enclosures(self.terms, here.bounds(*trees), self.bodies, self.assumptions, self.equations)

    def identity(self, operator: str, a: Tree, b: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """Both sides are one rational function, with the definitions put in if the entry says so."""
        a, b = (substitute(side, here.settled) for side in (a, b))
        lines = []
        if entry["definitions"]:
            lines.append(f"rewrite {', '.join(f'?{e}' for e in reversed(self.equations))}.")
            for name, body in reversed(here.definitions):
                a, b = (substitute(side, {name: body}) for side in (a, b))
            yield f"cut ({self.terms(a)} = {self.terms(b)})."
            yield from self.inner(["intros E_; " + lines[0][:-1] + "; first [exact E_ | lra]."])
        else:
            yield f"assert ({self.terms(a)} = {self.terms(b)})."
        facts = self.facts(here, a, b)
        inner = [*sizes((a, b), facts), *equal((a, b), entry["unfold"], facts)]
        if entry["definitions"]:
            yield from inner
        else:
            yield from self.inner(inner)
            yield "first [assumption | lra]."

    def difference(self, operator: str, a: Tree, b: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """Larger - smaller = common * rest, with the signs of both by intervals."""
        a, b = (substitute(side, here.settled) for side in (a, b))
        common, rest = from_data(entry["common"]), from_data(entry["difference"])
        facts = self.facts(here, a, b, common, rest)
        yield from facts.of(common)
        yield from facts.of(rest)
        yield from self._product(operator, (a, b), (common, rest), entry["unfold"], facts)

    def known(self, operator: str, a: Tree, b: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """The fact among the hypotheses; the statement is the fact times `by`."""
        a, b = (substitute(side, here.settled) for side in (a, b))
        places, by = [from_data(tree) for tree in entry["at"]], from_data(entry["by"])
        facts = self.facts(here, a, b, by, *(p for p in places if not isinstance(p, Relation)))
        gap, sign = FACTS[entry["fact"]](places, here, facts.bounds)
        gap = substitute(gap, here.settled)
        yield from proved(entry["fact"], places, self.terms(gap), sign, facts)
        yield from facts.of(by)
        yield from self._product(operator, (a, b), (by, gap), entry["unfold"], facts, sign == "=")

    def _product(
        self,
        operator: str,
        sides: tuple[Tree, Tree],
        parts_: tuple[Tree, Tree],
        unfold: int,
        facts: Enclosures,
        zero: bool = False,
    ) -> Iterator[str]:
        """Larger - smaller = first * second; the signs of both are known."""
        smaller, larger = sides if operator in ("<", "<=") else sides[::-1]
        first, second = map(self.terms, parts_)
        name = f"G{self.terms.fresh()}"
        yield f"assert ({self.terms(larger)} - {self.terms(smaller)} = {first} * {second}) as {name}."
        trees = (*sides, *parts_)
        yield from self.inner([*sizes(trees, facts), *equal(trees, unfold, facts)])
        if zero or operator == "=":
            yield f"assert ({second} = 0) as Z_ by lra; rewrite Z_, Rmult_0_r in {name}; lra."
        elif operator == "!=":
            both_nonzero = "apply Rmult_integral_contrapositive_currified; nonzero"
            yield f"assert ({first} * {second} <> 0) by ({both_nonzero})."
            yield f"intros E; rewrite E in {name}; lra."
        elif operator in ("<", ">"):
            yield f"assert (0 < {first}) by (first [lra | apply positive; [lra | nonzero]])."
            yield f"pose proof (Rmult_lt_0_compat {first} {second} ltac:(lra) ltac:(lra)); lra."
        else:
            yield f"pose proof (Rmult_le_pos {first} {second} ltac:(lra) ltac:(lra)); lra."

    def same(self, trees: tuple[Tree, Tree], here: Setting) -> Iterator[str]:
        """Close the goal that two trees are equal as the kernel's normal form sees it."""
        facts = self.facts(here, *trees)
        yield from sizes(trees, facts)
        yield from equal(trees, 0, facts)

    def affine(self, statement: Tree, operator: str, entry: Entry, here: Setting) -> Iterator[str]:
        """The difference is of first degree in a variable, so between its values at the two ends."""
        if entry["conditions"]:
            raise unsupported("affine")
        atom = from_data(entry["atom"])
        corners = at_ends(statement, atom, here)
        _, a, b = comparison(statement, here)
        facts = self.facts(here, a, b, atom)
        box = facts.bounds.enclose(atom)
        assert box.low is not None and box.high is not None
        yield from facts.of(atom)
        gap = Add((b, Neg(a))) if operator in ("<", "<=") else Add((a, Neg(b)))
        words = []
        for corner, part in zip(corners, entry["parts"], strict=True):
            words.append(self.terms(corner.operands[0]))
            yield f"assert ({self.terms.proposition(corner)})."
            yield from self.branch(corner, part, here)
        t, low, high = self.terms(atom), number(box.low), number(box.high)
        name = f"G{self.terms.fresh()}"
        whole = f"({high} - {low}) * {self.terms(gap)}"
        yield f"assert ({whole} = {words[0]} * ({high} - {t}) + {words[1]} * ({t} - {low})) as {name}."
        yield from self.inner([*sizes((gap, *(c.operands[0] for c in corners)), facts), "same."])
        for word, side in zip(words, (f"({high} - {t})", f"({t} - {low})"), strict=True):
            yield f"pose proof (Rmult_le_pos {word} {side} ltac:(lra) ltac:(lra))."
        if operator in ("<", ">"):
            yield f"destruct (Rle_lt_dec ({t} - {low}) 0);"
            yield f"  [pose proof (Rmult_lt_0_compat {words[0]} ({high} - {low}) ltac:(lra) ltac:(lra))"
            yield f"  |pose proof (Rmult_lt_0_compat {words[1]} ({t} - {low}) ltac:(lra) ltac:(lra))]; nra."
        else:
            yield "apply Rminus_le; apply Ropp_le_cancel; nra."
