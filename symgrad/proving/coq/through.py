"""Comparisons in Coq through others: slopes between two places, squares, exponentials, definitions."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.notation.codec import from_data
from symgrad.notation.tree import Add, Apply, Mul, Name, Neg, Pow, Relation, Tree, substitute, walk
from symgrad.notation.tree import number as whole
from symgrad.proving.coq.chapters import CHAPTERS
from symgrad.proving.coq.comparisons import Comparisons, Entry
from symgrad.proving.coq.equality import equal, sizes
from symgrad.proving.coq.terms import unsupported
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel import substitution
from symgrad.proving.kernel.rules.entry import comparison
from symgrad.proving.kernel.rules.ranges import oriented, sized
from symgrad.proving.kernel.rules.slopes import T, steepest
from symgrad.proving.kernel.rules.squares import is_root
from symgrad.proving.kernel.setting import Setting, setting

EXPONENT = {"<": "below_lt", "<=": "below_le", ">": "above_lt", ">=": "above_le", "=": "below_same"}
PLACE = "between_"
"""The word for a place that a theorem about all places speaks of; never a variable of the claim."""


class Through(Comparisons):
    """Tactics for comparisons that follow from other comparisons."""

    def lipschitz(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """|f(u) - f(v)| <= K |u - v| from |f'(t)| <= K for every t."""
        first, second, bound = (from_data(data) for data in (*entry["at"], entry["bound"]))
        assert isinstance(first, Apply) and isinstance(second, Apply)
        name, terms = self.terms.known(first) or "", self.terms
        if name not in CHAPTERS or not CHAPTERS[name].derivative:
            raise unsupported(name or "lipschitz")
        slope, label = steepest(first, bound), f"S{terms.fresh()}"
        before = self.assumptions, self.equations, self.bodies
        self.assumptions, self.equations, self.bodies = (), (), {}
        with terms.called(T, PLACE):
            yield f"assert ({label} : forall {PLACE} : R, {terms.proposition(slope)})."
            lines = list(self.prove(slope, entry["proof"], setting(here.functions, (), ())))
        self.assumptions, self.equations, self.bodies = before
        yield from self.inner([f"intros {PLACE}.", *lines])
        (u,), (v,) = first.arguments, second.arguments
        fact = " ".join(("mean_value", name, f"{name}'", terms(bound), terms(u), terms(v)))
        yield f"pose proof ({fact} (fun t_ _ => {name}_is_derivative t_) (fun t_ _ => {label} t_))."
        steps, apart = (Apply(nf.ABS, (Add((x, Neg(y))),)) for x, y in ((u, v), (first, second)))
        yield from self._apart(statement, Mul((bound, steps)), apart, here)
        yield "lra."

    def squares(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """S <= L from S^2 <= L^2 and L >= 0; sqrt(u)^2 = u."""
        operator = statement.operators[0] if isinstance(statement, Relation) else ""
        smaller, larger = (from_data(side) for side in entry["sides"])
        below, above = (from_data(square) for square in entry["squares"])
        terms, strict = self.terms, operator in ("<", ">")
        squared = Relation(("<" if strict else "<=",), (below, above))
        yield f"assert ({terms.proposition(squared)})."
        yield from self.branch(squared, entry["proof"], here)
        facts = self.facts(here, smaller, larger, below, above)
        roots = []
        for root in dict.fromkeys(n for t in (smaller, larger) for n in walk(t) if is_root(n)):
            assert isinstance(root, Apply)
            yield from facts.of(root)
            roots.append(name := f"R{terms.fresh()}")
            inside = terms(root.arguments[0])
            yield f"assert ({name} : {terms(root)} ^ 2 = {inside}) by (apply root_squared; lra)."
        for bars in dict.fromkeys(n for t in (smaller, larger) for n in walk(t) if nf.is_bars(n)):
            assert isinstance(bars, Apply)
            roots.append(name := f"R{terms.fresh()}")
            yield f"pose proof (pow2_abs {terms(bars.arguments[0])}) as {name}."
        for side, square in ((smaller, below), (larger, above)):
            yield from facts.of(side)
            yield f"assert ({terms(Pow(side, whole(2)))} = {terms(square)})."
            lines = [*sizes((side, square), facts), *equal((side, square), 0, facts)]
            lines[-1] = f"first [ring [{' '.join(roots)}] | field [{' '.join(roots)}] | same]."
            yield from self.inner(lines)
        yield from self._apart(statement, larger, smaller, here)
        lemma = f"of_squares{'_lt' * strict} {terms(smaller)} {terms(larger)}"
        yield f"pose proof ({lemma} ltac:(lra) ltac:(lra)); lra."

    def _apart(self, statement: Tree, larger: Tree, smaller: Tree, here: Setting) -> Iterator[str]:
        """The sides of the statement are as far apart as the two trees."""
        operator, a, b = comparison(statement, here)
        low, high = (a, b) if operator in ("<", "<=") else (b, a)
        terms, facts = self.terms, self.facts(here, a, b, larger, smaller)
        yield f"assert ({terms(high)} - {terms(low)} = {terms(larger)} - {terms(smaller)})."
        trees = (high, low, larger, smaller)
        yield from self.inner([*sizes(trees, facts), *equal(trees, 0, facts)])

    def put_in(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """Names by what they stand for."""
        names = [from_data(name) for name in entry["names"]]
        if here.settled or not self.equations or not set(names) <= set(self.bodies):
            raise unsupported("put-in")
        defined = dict(zip(self.bodies, self.equations, strict=True))
        after = substitution.put_in(statement, {name: self.bodies[name] for name in names})  # type: ignore[index]
        label = f"P{self.terms.fresh()}"
        yield f"assert ({label} : {self.terms.proposition(after)})."
        yield from self.branch(after, entry["proof"], here)
        used = ", ".join(f"?{defined[name]}" for name in reversed(self.bodies) if name in names)
        yield f"rewrite {used} in {label} |- *; first [exact {label} | lra]."

    def size(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """A <= b from the size of one side."""
        operator, smaller, larger = oriented(statement, here)
        stronger = sized(operator, smaller, larger, entry["side"])
        side = self.terms(smaller if entry["side"] == "smaller" else larger)
        yield f"assert ({self.terms.proposition(stronger)})."
        yield from self.branch(stronger, entry["proof"], here)
        yield f"pose proof (Rle_abs {side}); pose proof (Rcomplements.Rabs_maj2 {side}); lra."

    def exponentials(self, operator: str, a: Tree, b: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """E^a and e^b, written in another way, compare as a and b do."""
        new = [from_data(side) for side in entry["sides"]]
        old = [substitute(side, here.settled) for side in (a, b)]
        label = f"X{self.terms.fresh()}"
        yield f"assert ({label} : {self.terms.proposition(Relation((operator,), (new[0], new[1])))})."
        yield from self.branch(Relation((operator,), (new[0], new[1])), entry["proof"], here)
        written = []
        for before, after in zip(old, new, strict=True):
            power, after = Apply(Name("exp"), (before,)), substitute(after, here.settled)
            written.append(name := f"Y{self.terms.fresh()}")
            yield f"assert ({name} : exp {self.terms(before)} = {self.terms(after)})."
            facts = self.facts(here, *old, *new)
            yield from self.inner(
                [*sizes((power, after), facts), *equal((power, after), entry["unfold"], facts)]
            )
        yield f"exact ({EXPONENT[operator]} _ _ _ _ {' '.join(written)} {label})."
