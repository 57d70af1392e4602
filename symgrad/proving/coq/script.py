"""A certificate's entry as Coq tactics, argument for argument."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import (
    ZERO,
    Add,
    Apply,
    Indicator,
    Logic,
    Name,
    Neg,
    Number,
    Relation,
    Tree,
    names_in,
    substitute,
    walk,
)  # fmt: skip
from symgrad.proving.coq.chapters import CHAPTERS
from symgrad.proving.coq.comparisons import Entry
from symgrad.proving.coq.enclosures import Enclosures
from symgrad.proving.coq.equality import equal, sizes
from symgrad.proving.coq.terms import unsupported
from symgrad.proving.coq.through import Through
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.enclosures.intervals import MIRROR, Empty, Interval, half_line
from symgrad.proving.kernel.enclosures.pieces import alternatives, settled
from symgrad.proving.kernel.families import parts
from symgrad.proving.kernel.rules.cases import natural
from symgrad.proving.kernel.rules.lemmas import FALSE
from symgrad.proving.kernel.setting import Setting, setting

ABSURD = "absurd_now."


class Script(Through):
    """Tactics for one proof."""

    def prove(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """The goal is the statement; afterwards it is closed."""
        rule = entry["rule"]
        match rule, statement:
            case "and", _:
                pieces = statement.arguments if isinstance(statement, Logic) else parts(statement)
                for k, (piece, part) in enumerate(zip(pieces, entry["parts"], strict=True)):
                    if k < len(pieces) - 1:
                        yield "split."
                    yield from self.branch(piece, part, here)
            case "or", Logic(_, arguments):
                last = entry["choice"] == len(arguments) - 1
                yield from ["right."] * entry["choice"] + ([] if last else ["left."])
                yield from self.prove(arguments[entry["choice"]], entry["proof"], here)
            case "otherwise", Logic(_, arguments):
                yield from self._otherwise(arguments, entry, here)
            case "implies", Logic(_, (a, b)):
                before = self.assumptions
                yield from self.assume(a)
                yield from self.proceed(b, entry["proof"], here.with_assumption(a), a)
                self.assumptions = before
            case "iff", Logic(_, (a, b)):
                yield "split."
                for (start, goal), part in zip(((a, b), (b, a)), entry["parts"], strict=True):
                    before = self.assumptions
                    there = here.with_assumption(start)
                    lines = [*self.assume(start), *self.proceed(goal, part, there, start)]
                    self.assumptions = before
                    yield from self.inner(lines)
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
                    yield from self.branch(half, part, here)
                yield "lra."
            case "absurd", _:
                yield "exfalso."
                yield from self._absurd(here)
                yield ABSURD
            case "identity", Relation((operator,), (a, b)):
                yield from self.identity(operator, a, b, entry, here)
            case "difference", Relation((operator,), (a, b)):
                yield from self.difference(operator, a, b, entry, here)
            case "known", Relation((operator,), (a, b)):
                yield from self.known(operator, a, b, entry, here)
            case "exponentials", Relation((operator,), (a, b)):
                yield from self.exponentials(operator, a, b, entry, here)
            case "lipschitz", Relation((_,), _):
                yield from self.lipschitz(statement, entry, here)
            case "squares", Relation((_,), _):
                yield from self.squares(statement, entry, here)
            case "put-in", Relation():
                yield from self.put_in(statement, entry, here)
            case "where-defined", _:
                if natural(statement, here).used != here.used:
                    raise unsupported(rule)
                yield from self.prove(statement, entry["proof"], here)
            case "size", Relation((_,), _):
                yield from self.size(statement, entry, here)
            case "affine", Relation((operator,), _):
                yield from self.affine(statement, operator, entry, here)
            case "vanishing", _:
                yield from self._vanishing(statement, entry, here)
            case "generalise", _:
                yield from self._generalise(statement, entry, here)
            case _:
                raise unsupported(rule)

    def _have(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """Lemmas first, each an assumption from then on."""
        before = self.assumptions
        for lemma in entry["lemmas"]:
            claim = from_data(lemma["statement"])
            name = f"L{self.terms.fresh()}"
            yield f"assert ({name} : {self.terms.proposition(claim)})."
            yield from self.branch(claim, lemma["proof"], here)
            here = here.with_assumption(claim)
            self.assumptions = (*self.assumptions, name)
            yield from self.cleared([claim], here)
        yield from self.prove(statement, entry["proof"], here)
        self.assumptions = before

    def _absurd(self, here: Setting) -> Iterator[str]:
        """What the other assumptions say of an assumption that contradicts them."""
        for piece in here.used:
            match piece:
                case Relation((operator,), (a, b)) if operator in (*MIRROR, "="):
                    others = here.using([u for u in here.used if u != piece])
                    with suppress(CertificateError):
                        gap = others.bounds(a, b).enclose(Add((a, Neg(b))))
                        try:
                            _ = gap & half_line(operator, ZERO.value)
                        except Empty:
                            facts = self.facts(others, a, b)
                            yield from [f"try {line}" for side in (a, b) for line in facts.of(side)]
                            return

    def _contradiction(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """With the opposite assumed, 0 < 0."""
        opposite = alternatives(statement, here.bounds(statement))[1]
        name, before = f"H{self.terms.fresh()}", self.assumptions
        first, second = map(self.terms.proposition, (statement, opposite))
        close = f"[first [exact {name} | lra]|exfalso]"
        yield f"assert ({first} \\/ {second}) as [{name}|{name}] by lra; {close}."
        yield "assert (0 < 0); [|lra]."
        self.assumptions = (*before, name)
        yield from self.proceed(FALSE, entry["proof"], here.with_assumption(opposite), opposite)
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
        yield f"{{ {first}; first [exact {name} | lra]. }}"
        yield f"{second}."
        self.assumptions = (*before, name)
        yield from self.proceed(chosen, entry["proof"], here.with_assumption(opposite), opposite)
        self.assumptions = before

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

    def proceed(self, statement: Tree, entry: Entry, here: Setting, new: Tree) -> Iterator[str]:
        """Prove with one more assumption, which may be about a quotient or give one its sign."""
        before = here.using([u for u in here.used if u not in parts(new)])
        yield from self.cleared(parts(new), here)
        yield from self.cleared([u for u in before.used if not _sign(u, before) and _sign(u, here)], here)
        yield from self.prove(statement, entry, here)

    def cleared(self, pieces: Sequence[Tree], here: Setting) -> Iterator[str]:
        """Of eta < 2/lambda, also eta lambda - 2 < 0: what the kernel reads from a quotient of known sign."""
        for piece in pieces:
            if not (found := _sign(piece, here)):
                continue
            assert isinstance(piece, Relation)
            (operator,), (a, b) = piece.operators, piece.operands
            others, value, below, size = found
            above = nf.to_tree(value.numerator)
            label, facts = f"C{self.terms.fresh()}", self.facts(others, below)
            low, gap = self.terms(below), f"({self.terms(a)} - {self.terms(b)})"
            flipped = operator if size.nonnegative else MIRROR[operator]
            yield f"assert ({label} : {self.terms(above)} {flipped} 0)."
            lines = [*facts.of(below)]
            if not size.nonzero:
                lines.append(f"assert ({low} <> 0) by nonzero.")
            sign = f"(0 < {low})" if size.nonnegative else f"({low} < 0)"
            apart = [f"apply {side}; [lra | nonzero]" for side in ("positive", "negative")]
            lines.append(f"assert {sign} by (first [lra | {' | '.join(apart)}]).")
            lines.append(f"replace {self.terms(above)} with ({gap} * {low}) by (field; nonzero).")
            lines.append("timeout 20 nra.")
            yield from self.inner(lines)
            self.assumptions = (*self.assumptions, label)

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
                *self.proceed(statement, part, here.with_assumption(alternative), alternative),
            ]
            yield from self.inner(lines)
        self.assumptions = before

    def _split(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        condition = from_data(entry["condition"])
        both = alternatives(condition, here.bounds(statement, condition))
        first, second = map(self.terms.proposition, both)
        name = f"H{self.terms.fresh()}"
        yield f"assert ({first} \\/ {second}) as [{name}|{name}] by lra."
        before = self.assumptions
        for alternative, part in zip(both, entry["parts"], strict=True):
            self.assumptions = (*before, name)
            there = here.with_assumption(alternative)
            yield from self.inner(list(self.proceed(statement, part, there, alternative)))
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
        yield from self.inner([f"rewrite ?{', ?'.join(names)}; intros; lra."] if names else ["intros; lra."])
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

    # ---- through other statements

    def _vanishing(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """A sum is positive by the assumptions and 0 when multiplied out."""
        total = from_data(entry["sum"])
        yield "exfalso."
        try:
            facts = self.facts(here, statement, total)
            lines = [line for term in _terms(total) for line in facts.of(term)]
        except Empty:
            yield ABSURD
            return
        yield from lines
        yield f"assert ({self.terms(total)} = 0)."
        yield from self.inner([*sizes((total,), facts), *equal((total, ZERO), entry["unfold"], facts)])
        yield "lra."

    def _generalise(self, statement: Tree, entry: Entry, here: Setting) -> Iterator[str]:
        """The same for any value in place of a term."""
        pieces = [from_data(piece) for piece in entry["given"]]
        named = {from_data(term): from_data(name) for name, term in entry["names"]}
        given = [substitute(piece, named) for piece in pieces]
        goal = substitute(statement, named)
        words = [self.terms(name) for name in named.values()]
        names = dict.fromkeys(n for t in (goal, *given) for n in names_in(t))
        free = [self.terms(n) for n in names if n in named.values()]
        chain = " -> ".join(f"({self.terms.proposition(t)})" for t in (*given, goal))
        label, before, equations = f"A{self.terms.fresh()}", self.assumptions, self.equations
        quantified = f"forall {' '.join(free)} : R, " if free else ""
        yield f"assert ({label} : {quantified}{chain})."
        self.assumptions, self.equations = (), ()
        inner = setting(here.functions, here.definitions, given)
        lines = [f"intros {' '.join(free)}."] if free else []
        for piece in given:
            lines += self.assume(piece)
        lines += self.prove(goal, entry["proof"], inner)
        yield from self.inner(lines)
        self.assumptions, self.equations = before, equations
        values = {self.terms(name): self.terms(term) for term, name in named.items()}
        places = " ".join(values[word] for word in words if word in free)
        yield f"apply ({label} {places}); first [assumption | lra]."


def _terms(tree: Tree) -> tuple[Tree, ...]:
    return tree.terms if isinstance(tree, Add) else (tree,)


def _sign(piece: Tree, here: Setting) -> tuple[Setting, nf.Rational, Tree, Interval] | None:
    """An inequality's denominator and its sign by the other assumptions, if it has one of one sign."""
    match piece:
        case Relation(("<" | "<=" | ">" | ">=",), (a, b)):
            others = here.using([u for u in here.used if u != piece])
            try:
                value = others.bounds().normal(Add((a, Neg(b))))
                below = nf.to_tree(value.denominator)
                size = others.bounds().enclose(below)
            except CertificateError:
                return None
            if set(value.denominator) != {nf.UNIT} and (size.nonnegative or (-size).nonnegative):
                return others, value, below, size
    return None
