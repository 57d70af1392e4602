"""Arguments of functions bounded first: what an assumption about f(u) says about u, then the claim."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import Apply, Name, Neg, Number, Relation, Tree, names_in, substitute, walk
from symgrad.proving import kernel
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.rules.known import SMOOTH
from symgrad.proving.methods.combination import Direct
from symgrad.proving.methods.facts import Lemma, applications, known_fact
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase

LETTERS = ("t", "r", "q", "p", "h", "m")
MAX_ARGUMENTS = 3
CLOSED = SMOOTH - {"abs", "log", "sqrt", "exp", "identity"}


def entries(statement: Relation, here: kernel.Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """|u| <= L for each logarithm L of the claim and each argument u in the assumptions, then the claim."""
    limits = [n for n in applications(statement.operands, here.functions, frozenset({"log"})) if not n.order]
    limits = [n for n in limits if not isinstance(n.arguments[0], Number)][:1]
    plain = list(_without_bars(here))
    spoken = [lemma.statement for lemma in plain] or here.used
    places = list(dict.fromkeys(n.arguments[0] for n in applications(spoken, here.functions, CLOSED)))
    known = {side for piece in here.used if isinstance(piece, Relation) for side in piece.operands}
    if not limits or known.intersection(limits) or statement.operators not in (("<=",), (">=",)):
        return
    if any(side in (u, Apply(nf.ABS, (u,))) for side in statement.operands for u in places):
        return
    there, lemmas = here, [lemma.data() for lemma in plain]
    for lemma in plain:
        there = there.with_assumption(lemma.statement)
    found: list[Tree] = []
    memory: dict[tuple[Tree, ...], Entry | None] = {}
    for u in places[:MAX_ARGUMENTS]:
        claim = Relation(("<=",), (Apply(nf.ABS, (u,)), limits[0]))
        if (inner := _general(claim, u, there, prove, memory)) is not None:
            lemmas.append({"statement": to_data(claim), "proof": inner})
            there = there.with_assumption(claim)
            found.append(u)
    for u, v in combinations(found, 2):
        if (sides := known_fact("triangle", (u, Neg(v)), there)) is not None:
            lemmas.append(sides.data())
            there = there.with_assumption(sides.statement)
    if not found:
        return
    for last in Direct.begin(statement, there, 0).entries(1, False):
        yield {"rule": "have", "lemmas": lemmas, "proof": last}
    if (rest := prove(statement, there)) is not None:
        yield {"rule": "have", "lemmas": lemmas, "proof": rest}


def _without_bars(here: kernel.Setting) -> Iterator[Lemma]:
    """Assumptions about |w f(u)| as assumptions about |w| and f(u)."""
    for piece in here.used:
        if isinstance(piece, Relation) and any(isinstance(n, Apply) and nf.is_bars(n) for n in walk(piece)):
            lemma = known_fact("given", (piece,), here)
            if lemma is not None and lemma.statement != piece:
                yield lemma


def _general(
    claim: Relation, u: Tree, here: kernel.Setting, prove: Prove, memory: dict[tuple[Tree, ...], Entry | None]
) -> Entry | None:
    """The claim for any number in place of u, and of each absolute value."""
    taken = {n for tree in (claim, *here.used) for n in names_in(tree)}
    letters = (Name(c) for c in LETTERS if Name(c) not in taken)
    inner = [n for n in walk(claim.operands[1]) if isinstance(n, Apply) and nf.is_bars(n)]
    named: dict[Tree, Tree] = dict(zip(dict.fromkeys([u, *inner]), letters, strict=False))
    pieces = [p for p in here.used if isinstance(p, Relation) and substitute(p, named) != p]
    rest = set(names_in(substitute(claim, named)))
    pieces = [p for p in pieces if set(names_in(substitute(p, named))) <= rest]
    given = [substitute(p, named) for p in pieces]
    key = (substitute(claim, named), *given)
    if key not in memory:
        memory[key] = prove(key[0], kernel.setting(here.functions, here.definitions, given))
    proof = memory[key]
    if proof is None:
        return None
    return {
        "rule": "generalise",
        "names": [[to_data(name), to_data(tree)] for tree, name in named.items()],
        "given": [to_data(p) for p in pieces],
        "proof": proof,
    }


def steps(
    problem: Problem, statement: Tree, entry: Entry, here: kernel.Setting, word: Word
) -> Iterator[Phrase]:
    """What is named, the proof for any such number, and what it is used for."""
    named: dict[Tree, Tree] = {from_data(tree): from_data(name) for name, tree in entry["names"]}
    given = [substitute(from_data(p), named) for p in entry["given"]]
    for tree, name in named.items():
        yield Phrase.of("proofs.write", equation=Relation(("=",), (name, tree)))
    new = kernel.setting(here.functions, here.definitions, given)
    yield from word(substitute(statement, named), entry["proof"], new)
    yield Phrase.of("proofs.therefore", line=statement)


METHOD = Method("arguments", ("generalise",), entries, steps)
