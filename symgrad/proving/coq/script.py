"""A certificate's entry as Coq tactics, argument for argument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    Apply,
    Div,
    Indicator,
    Logic,
    Mul,
    Name,
    Number,
    Relation,
    Tree,
    substitute,
    walk,
)
from symgrad.proving.coq.chapters import CHAPTERS
from symgrad.proving.coq.enclosures import Enclosures
from symgrad.proving.coq.terms import Terms, unsupported
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.pieces import alternatives, settled
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.rules.lemmas import FALSE
from symgrad.proving.kernel.setting import Setting

Entry = Mapping[str, Any]


class Script:
    """Tactics for one proof."""

    def __init__(self, terms: Terms, bodies: dict[Name, Tree]) -> None:
        self.terms, self.bodies = terms, bodies
        self.assumptions: tuple[str, ...] = ()
        self.equations: tuple[str, ...] = ()

    def prove(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """The goal is the statement; afterwards it is closed."""
        rule = entry["rule"]
        match rule, statement:
            case "and", _:
                pieces = statement.arguments if isinstance(statement, Logic) else parts(statement)
                for k, (piece, part) in enumerate(zip(pieces, entry["parts"], strict=True)):
                    if k < len(pieces) - 1:
                        yield "split."
                    yield from self._branch(piece, part, here)
            case "or", Logic(_, arguments):
                last = entry["choice"] == len(arguments) - 1
                yield from ["right."] * entry["choice"] + ([] if last else ["left."])
                yield from self.prove(arguments[entry["choice"]], entry["proof"], here)
            case "otherwise", Logic(_, arguments):
                yield from self._otherwise(arguments, entry, here)
            case "implies", Logic(_, (a, b)):
                yield from self.assume(a)
                yield from self.prove(b, entry["proof"], here.with_assumption(a))
            case "iff", Logic(_, (a, b)):
                yield "split."
                for (start, goal), part in zip(((a, b), (b, a)), entry["parts"], strict=True):
                    before = self.assumptions
                    lines = [*self.assume(start), *self.prove(goal, part, here.with_assumption(start))]
                    self.assumptions = before
                    yield from self._inner(lines)
            case "cases", _:
                yield from self._cases(statement, entry, here)
            case "split", _:
                yield from self._split(statement, entry, here)
            case "settle", Relation():
                yield from self._settle(statement, entry, here)
            case "have", _:
                yield from self._have(statement, entry, here)
            case "contradiction", Relation():
                yield from self._contradiction(statement, entry, here)
            case "squeeze", Relation(_, sides):
                for operator, part in zip(("<=", ">="), entry["parts"], strict=True):
                    half = Relation((operator,), sides)
                    yield f"assert ({self.terms.proposition(half)})."
                    yield from self._branch(half, part, here)
                yield "lra."
            case "absurd", _:
                yield "exfalso; first [lra | bars; lra | timeout 10 (bars; nra)]."
            case "identity", Relation((operator,), (a, b)):
                yield from self._identity(operator, a, b, entry, here)
            case "difference", Relation((operator,), (a, b)):
                yield from self._difference(operator, a, b, entry, here)
            case _:
                raise unsupported(rule)

    def _have(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """Lemmas first, each an assumption from then on."""
        before = self.assumptions
        for lemma in entry["lemmas"]:
            claim = from_data(lemma["statement"])
            name = f"L{self.terms.fresh()}"
            yield f"assert ({name} : {self.terms.proposition(claim)})."
            yield from self._branch(claim, lemma["proof"], here)
            here = here.with_assumption(claim)
            self.assumptions = (*self.assumptions, name)
        yield from self.prove(statement, entry["proof"], here)
        self.assumptions = before

    def _contradiction(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """With the opposite assumed, 0 < 0."""
        opposite = alternatives(statement, here.bounds(statement))[1]
        name, before = f"H{self.terms.fresh()}", self.assumptions
        first, second = map(self.terms.proposition, (statement, opposite))
        yield f"assert ({first} \\/ {second}) as [{name}|{name}] by lra; [exact {name}|exfalso]."
        yield "assert (0 < 0); [|lra]."
        self.assumptions = (*before, name)
        yield from self.prove(FALSE, entry["proof"], here.with_assumption(opposite))
        self.assumptions = before

    def _otherwise(self, arguments: tuple[Tree, ...], entry: Entry, here: Setting) -> Iterator[str]:
        """A alone, or A's part with the opposite of the other assumed."""
        if len(arguments) != 2:
            raise unsupported("or")
        chosen, other = arguments[entry["choice"]], arguments[1 - entry["choice"]]
        opposite = alternatives(other, here.bounds(other))[1]
        name, before = f"H{self.terms.fresh()}", self.assumptions
        first, second = ("left", "right") if entry["choice"] else ("right", "left")
        both = " \\/ ".join(map(self.terms.proposition, (other, opposite)))
        yield f"assert ({both}) as [{name}|{name}] by lra."
        yield f"{{ {first}; exact {name}. }}"
        yield f"{second}."
        self.assumptions = (*before, name)
        yield from self.prove(chosen, entry["proof"], here.with_assumption(opposite))
        self.assumptions = before

    def _inner(self, lines: list[str]) -> Iterator[str]:
        yield "{ " + (lines[0] if lines else "")
        yield from (f"  {line}" for line in lines[1:])
        yield "}"

    def _branch(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        before = self.assumptions
        lines = list(self.prove(statement, entry, here))
        self.assumptions = before
        yield from self._inner(lines)

    def assume(self, assumption: Tree) -> Iterator[str]:
        """The next premise becomes a hypothesis, a joined one several."""
        yield f"intros {self._pattern(assumption)}."
        yield from self.settled(assumption)

    def _pattern(self, assumption: Tree) -> str:
        """[H1 [H2 H3]] for a joined assumption; its names are assumptions from here on."""
        names = [f"H{self.terms.fresh()}" for _ in parts(assumption)]
        self.assumptions = (*self.assumptions, *names)
        pattern = names[-1]
        for name in reversed(names[:-1]):
            pattern = f"[{name} {pattern}]"
        return pattern

    def settled(self, assumption: Tree) -> Iterator[str]:
        """What an assumption says of a name is put in; the assumption was the last to be named."""
        for name, piece in zip(self.assumptions[-len(parts(assumption)) :], parts(assumption), strict=True):
            match piece:
                case Relation(("=",), (Name(), Number())):
                    yield f"try rewrite {name} in *."

    # ---- cases

    def _cases(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        split = from_data(entry["assumption"])
        assert isinstance(split, Logic)
        before = self.assumptions
        patterns, named = [], []
        for alternative in split.arguments:
            self.assumptions = before
            patterns.append(self._pattern(alternative))
            named.append(self.assumptions)
        pattern = patterns[-1]
        for other in reversed(patterns[:-1]):
            pattern = f"[{other}|{pattern}]"
        yield f"assert ({self.terms.proposition(split)}) as {pattern} by assumption."
        for alternative, names, part in zip(split.arguments, named, entry["parts"], strict=True):
            self.assumptions = names
            lines = [
                *self.settled(alternative),
                *self.prove(statement, part, here.with_assumption(alternative)),
            ]
            yield from self._inner(lines)
        self.assumptions = before

    def _split(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        condition = from_data(entry["condition"])
        both = alternatives(condition, here.bounds(statement, condition))
        first, second = map(self.terms.proposition, both)
        name = f"H{self.terms.fresh()}"
        yield f"assert ({first} \\/ {second}) as [{name}|{name}] by lra."
        before = self.assumptions
        self.assumptions = (*before, name)
        for alternative, part in zip(both, entry["parts"], strict=True):
            yield from self._branch(statement, part, here.with_assumption(alternative))
        self.assumptions = before

    def _settle(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        bounds = here.bounds(statement)
        after = settled(statement, bounds)
        here_known = Enclosures(self.terms, bounds, self.bodies, self.assumptions, self.equations)
        nodes = dict.fromkeys(n for n in walk(statement) if isinstance(n, Apply | Indicator | Name))
        names = []
        for node in nodes:
            there = settled(node, bounds)
            inside_only = (
                isinstance(there, Apply) and isinstance(node, Apply) and there.function == node.function
            )
            if there == node or isinstance(node, Indicator) or inside_only:
                continue
            if isinstance(node, Apply):
                for argument in node.arguments:
                    yield from here_known.of(argument)
            names.append(name := f"E{self.terms.fresh()}")
            yield f"assert ({self.terms(node)} = {self.terms(there)}) as {name} by ({self._piece(node)})."
        goal = self.terms.proposition(after)
        yield f"cut ({goal})."
        yield from self._inner([f"rewrite ?{', ?'.join(names)}; intros; lra."] if names else ["intros; lra."])
        yield from self.prove(after, entry["proof"], here)

    def _piece(self, node: Tree) -> str:
        if isinstance(node, Name):
            return "lra"
        assert isinstance(node, Apply)
        name = known.resolve(node.function, self.terms.functions)
        if name in ("max", "min"):
            return f"unfold R{name}; destruct (Rle_dec {' '.join(map(self.terms, node.arguments))}); lra"
        if name in CHAPTERS and CHAPTERS[name].pieces:
            return f"{name}_piece"
        return "unfold Rabs; destruct (Rcase_abs _); lra"

    # ---- identities and differences

    def _identity(self, operator: str, a: Tree, b: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        a, b = (substitute(side, here.settled) for side in (a, b))
        if entry["definitions"]:
            for equation in reversed(self.equations):
                yield f"try rewrite {equation} in *."
        yield f"assert ({self.terms(a)} = {self.terms(b)})."
        yield from self._inner(list(self._equal((a, b), entry["unfold"], here)))
        yield "lra." if operator != "=" else "assumption."

    def _difference(self, operator: str, a: Tree, b: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        a, b = (substitute(side, here.settled) for side in (a, b))
        common, rest = from_data(entry["common"]), from_data(entry["difference"])
        bounds = here.bounds(a, b, common, rest)
        facts = Enclosures(self.terms, bounds, self.bodies, self.assumptions, self.equations)
        yield from facts.of(common)
        yield from facts.of(rest)
        smaller, larger = (a, b) if operator in ("<", "<=") else (b, a)
        first, second = self.terms(common), self.terms(rest)
        name = f"G{self.terms.fresh()}"
        yield f"assert ({self.terms(larger)} - {self.terms(smaller)} = {first} * {second}) as {name}."
        lines = list(self._sizes((a, b, common, rest), facts))
        yield from self._inner(lines + list(self._equal((a, b, common, rest), entry["unfold"], here)))
        if operator == "!=":
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
        facts = Enclosures(self.terms, here.bounds(*trees), self.bodies, self.assumptions, self.equations)
        yield from self._sizes(trees, facts)
        yield from self._equal(trees, 0, here)

    def _sizes(self, trees: Sequence[Tree], facts: Enclosures) -> Iterator[str]:
        """|x y| = |x| |y|; no bars where a function is never negative."""
        absolute = [
            n for t in trees for n in walk(t) if isinstance(n, Apply) and n.function == nf.ABS and not n.order
        ]
        if not absolute:
            return
        yield "rewrite ?Rabs_mult."
        parts_of = [f for n in absolute for f in (*_factors(n.arguments[0]), *walk(n.arguments[0]))]
        for node in dict.fromkeys(parts_of):
            if isinstance(node, Name):
                continue
            value = facts.bounds.enclose(node)
            if isinstance(node, Number) or value.nonnegative or (-value).nonnegative:
                yield from facts.of(node)
                lemma = "Rabs_pos_eq" if value.nonnegative else "Rabs_left1"
                yield f"rewrite ?({lemma} {self.terms(node)}) by lra."
        yield "rewrite ?pow2_abs, ?Rabs_Ropp."

    def _equal(self, trees: Sequence[Tree], unfold: int, here: Setting) -> Iterator[str]:
        """Both sides are one rational function of the same atoms."""
        applied = dict.fromkeys(n for t in trees for n in walk(t) if isinstance(n, Apply))
        slopes = {known.resolve(n.function, self.terms.functions): n for n in applied if n.order == 1}
        if unfold:
            for name, node in slopes.items():
                if name in CHAPTERS and not CHAPTERS[name].pieces:
                    yield f"unfold {self.terms.function(node)}."
        exponential = any(known.resolve(n.function, self.terms.functions) == "exp" for n in applied)
        if unfold > 1 or exponential:
            yield from self._exponentials(applied, unfold > 1)
        bounds = here.bounds(*trees)
        facts = Enclosures(self.terms, bounds, self.bodies, self.assumptions, self.equations)
        for below in dict.fromkeys(n.denominator for t in trees for n in walk(t) if isinstance(n, Div)):
            if not isinstance(below, Number) and not (unfold > 1 or exponential):
                yield from facts.of(below)
                yield f"assert ({self.terms(below)} <> 0) by nonzero."
        yield "first [ring | field; nonzero]."

    def _exponentials(self, applied: dict[Apply, None], unfolded: bool) -> Iterator[str]:
        """Every function by exponentials of the same few atoms, which are positive."""
        names = {known.resolve(n.function, self.terms.functions) for n in applied} if unfolded else set()
        for name in sorted(n for n in names if n is not None and n in CHAPTERS):
            if not CHAPTERS[name].by_exp:
                raise unsupported(name)
            yield f"rewrite ?{name}_by_exp."
        normal = nf.Normaliser(self.terms.functions, 0)
        bases: dict[Tree, int] = {}
        for node in applied:
            argument = node.arguments[0]
            of = known.resolve(node.function, self.terms.functions)
            if of != "exp" and not (unfolded and of in CHAPTERS):
                continue
            value = normal(Apply(Name("exp"), (argument,)))
            written: list[str] = []
            for poly, sign in ((value.numerator, ""), (value.denominator, "- ")):
                ((monomial, _),) = poly.items()
                for base, n in monomial:
                    assert isinstance(base, Apply)
                    bases[base] = max(n, bases.get(base, 0))
                    written.append(f"{sign}(INR {n} * {self.terms(base.arguments[0])})")
            term = self.terms(argument)
            if written and not (len(written) == 1 and written[0] == f"(INR 1 * {term})"):
                total = " + ".join(written)
                yield (
                    f"try (replace (exp {term}) with (exp ({total})) by (f_equal; simpl; lra)); "
                    "rewrite ?exp_plus, ?exp_Ropp, ?exp_times."
                )
        for base, n in bases.items():
            term = self.terms(base)
            yield f"pose proof (exp_pos {self.terms(base.arguments[0])})."  # type: ignore[union-attr]
            for k in range(2, 2 * n + 1):
                yield f"assert (0 < {term} ^ {k}) by (apply pow_lt; lra)."


def _factors(tree: Tree) -> tuple[Tree, ...]:
    return tree.factors if isinstance(tree, Mul) else (tree,)
