"""Sums of products of what is known, in sentences: the lemmas, what is supposed, and the contradiction."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from symgrad.functions import registry
from symgrad.notation.codec import from_data
from symgrad.notation.tree import ZERO, Apply, Name, Pow, Relation, Tree, names_in, number
from symgrad.proving import kernel
from symgrad.proving.kernel import functions as functions_known
from symgrad.proving.kernel.enclosures.intervals import MIRROR
from symgrad.proving.kernel.enclosures.pieces import alternatives
from symgrad.proving.kernel.enclosures.ranges import function_range
from symgrad.proving.kernel.rules.lemmas import FALSE
from symgrad.proving.methods.method import Entry, Word
from symgrad.proving.methods.terms import minus
from symgrad.proving.places import range_line
from symgrad.proving.problem import Problem
from symgrad.proving.sums import letter_steps, named, put
from symgrad.proving.tidied import tidied
from symgrad.values.phrase import Phrase


def _fact(entry: Entry, problem: Problem) -> str:
    """The fact's name; at kinks the mean value theorem gives way to the integral of the slope."""
    name: str = entry["fact"]
    match [from_data(tree) for tree in entry["at"]]:
        case [Apply(function, _, 0, ()), *_] if name in ("mean-value", "secant"):
            found = registry.lookup(functions_known.resolve(function, problem.functions) or "")
            return f"{name}-kinks" if found is not None and found.kinks else name
    return name


def steps(
    problem: Problem, statement: Tree, entry: Entry, here: kernel.Setting, word: Word
) -> Iterator[Phrase]:
    """The lemmas one by one, then what follows from them."""
    match entry["rule"]:
        case "have":
            here = yield from _lemma_steps(entry["lemmas"], here, word)
            yield from word(statement, entry["proof"], here)
        case "known":
            yield _known(statement, entry, here, problem)
        case "contradiction":
            _, opposite = alternatives(statement, here.bounds(statement))
            yield Phrase.of("proofs.suppose", condition=tidied(opposite, here.bounds(opposite)))
            inner = here.with_assumption(opposite)
            proof = entry["proof"]
            if proof["rule"] == "have":
                inner = yield from _lemma_steps(proof["lemmas"], inner, word)
                proof = proof["proof"]
            if proof["rule"] == "vanishing":
                yield from _vanishing(from_data(proof["sum"]), opposite, inner)
            else:
                yield from word(FALSE, proof, inner)
        case "squeeze":
            assert isinstance(statement, Relation)
            for operator, part in zip(("<=", ">="), entry["parts"], strict=True):
                yield from word(Relation((operator,), statement.operands), part, here)


def _lemma_steps(
    lemmas: Sequence[Entry], here: kernel.Setting, word: Word
) -> Generator[Phrase, None, kernel.Setting]:
    """Each lemma once; an argument that was just made for another number is not made again."""
    said: set[Tree] = set()
    made: list[Entry] = []
    for lemma in lemmas:
        claim, proof = from_data(lemma["statement"]), lemma["proof"]
        argument = {key: value for key, value in proof.items() if key not in ("names", "given")}
        if proof["rule"] == "generalise" and argument in made:
            yield Phrase.of("proofs.likewise", line=claim)
        elif claim not in said:
            yield from word(claim, proof, here)
        made.append(argument)
        said |= {claim, _mirrored(claim)}
        here = here.with_assumption(claim)
    return here


def _mirrored(claim: Tree) -> Tree:
    """B >= a for a <= b."""
    match claim:
        case Relation((operator,), (a, b)) if operator in MIRROR:
            return Relation((MIRROR[operator],), (b, a))
    return claim


def _known(statement: Tree, entry: Entry, here: kernel.Setting, problem: Problem) -> Phrase:
    """A fact with what it rests on at this place: which function, which order, which slope."""
    name = _fact(entry, problem)
    match name, [from_data(tree) for tree in entry["at"]]:
        case "root", [u]:
            power = Pow(Apply(Name("sqrt"), (u,)), number(2))
            return Phrase.of("proofs.known-root", line=tidied(Relation(("=",), (power, u)), here.bounds(u)))
        case "monotone", [Apply(function, (u,)), Apply(_, (v,))]:
            strict = here.bounds(u, v).enclose(minus(u, v)).positive
            order = Relation((">" if strict else ">=",), (u, v))
            return Phrase.of("proofs.known-monotone", line=statement, function=function, condition=order)
        case (("mean-value" | "mean-value-kinks" | "secant" | "secant-kinks"), [Apply(function, (u,)), *_]):
            stem = functions_known.resolve(function, problem.functions)
            if stem is not None:
                letter = Name("t") if all(n != Name("t") for n in names_in(statement)) else Name("z")
                slope = range_line(Apply(function, (letter,), 1), function_range(stem, 1))
                return Phrase.of(f"proofs.known-{name}", line=statement, slope=slope)
    return Phrase.of(f"proofs.known-{name}", line=statement)


def _vanishing(total: Tree, opposite: Tree, here: kernel.Setting) -> Iterator[Phrase]:
    """The sum that is both positive and 0, its brackets called by letters."""
    bounds = here.bounds(total)
    table = named(total, bounds, here.used)
    if table:
        yield from letter_steps(table, bounds, here.used, (opposite,))
    line = Relation((">",), (tidied(put(total, table) if table else total, bounds), ZERO))
    yield Phrase.of("proofs.impossible", line=line)
