"""Values written out where their arguments stand beside them: a_4 = sigma(z_4) next to sigma'(z_4)."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import Apply, Relation, Tree, names_in, substitute
from symgrad.proving import kernel
from symgrad.proving.methods.method import Entry, Method, Prove, Word
from symgrad.proving.problem import Problem
from symgrad.values.phrase import Phrase


def entries(statement: Relation, here: kernel.Setting, problem: Problem, prove: Prove) -> Iterator[Entry]:
    """The claim with each a = f(z) put in whose z occurs, too."""
    names = set(names_in(statement))
    called = {
        name: body
        for name, body in here.definitions
        if name in names and isinstance(body, Apply) and names & set(names_in(body))
    }
    if called and (inner := prove(substitute(statement, dict(called.items())), here)) is not None:
        yield {"rule": "put-in", "names": [to_data(name) for name in called], "proof": inner}


def steps(
    problem: Problem, statement: Tree, entry: Entry, here: kernel.Setting, word: Word
) -> Iterator[Phrase]:
    """What the names stand for, then the proof."""
    bodies: dict[Tree, Tree] = dict(here.definitions)
    written: dict[Tree, Tree] = {}
    for data in entry["names"]:
        name = from_data(data)
        written[name] = bodies[name]
        yield Phrase.of("proofs.token", equation=Relation(("=",), (name, bodies[name])))
    yield from word(substitute(statement, written), entry["proof"], here)


METHOD = Method("written", ("put-in",), entries, steps)
