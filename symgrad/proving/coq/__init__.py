"""A proof as a self-contained Coq file: the same argument, for a checker that is not ours.

The file defines the functions, proves that their derivatives are their derivatives and what their ranges
are, states the claim and proves it along the certificate. `coqc FILE` accepts it with coq, coq-interval and
coquelicot (Debian: coq libcoq-interval libcoq-coquelicot).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symgrad.errors import CertificateError, NotSupportedError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import BigOp, Name, Relation, Tree, names_in, walk
from symgrad.notation.writers.plain import plain
from symgrad.proving.coq.chapters import PRODUCT, text
from symgrad.proving.coq.ranges import theorem
from symgrad.proving.coq.script import Script
from symgrad.proving.coq.terms import Terms, unsupported
from symgrad.proving.kernel.asked import asked
from symgrad.proving.kernel.enclosures.domain import open_conditions
from symgrad.proving.kernel.evaluate import precise
from symgrad.proving.kernel.points import read_name
from symgrad.proving.kernel.setting import Setting
from symgrad.version import __version__


def export(certificate: Mapping[str, Any]) -> str:
    """The file's text.

    Raises:
        NotSupportedError: the claim is not proved, or uses what has no chapter here yet.
    """
    if certificate["verdict"] != "proved":
        raise NotSupportedError("coq-not-proved")
    if "loop" in certificate or certificate.get("shapes"):
        raise unsupported("loop" if "loop" in certificate else "norms")
    try:
        with precise():
            return _file(certificate)
    except CertificateError as error:
        raise unsupported(str(error.fields.get("kind", certificate["proof"]["rule"]))) from error


def _file(certificate: Mapping[str, Any]) -> str:
    functions = {str(k): str(v) for k, v in certificate["functions"].items()}
    definitions = tuple((read_name(name), from_data(body)) for name, body in certificate["definitions"])
    stated, *given = (from_data(data) for data in (certificate["statement"], *certificate["given"]))
    question = asked(stated, given, definitions, functions, None)
    statement, used = question.statement, [from_data(data) for data in certificate["used"]]
    terms = Terms(functions)
    here = question.setting(used)
    if any(isinstance(node, BigOp) for node in walk(statement)):
        terms.used[PRODUCT] = None
        body = theorem(statement, certificate["proof"], used, here, terms)
    else:
        body = _theorem(statement, certificate["proof"], used, here, terms)
    chapters = "\n".join(text(terms.used))
    return "\n".join((*_opening(stated, statement, used), chapters, *body, "Print Assumptions claim.", ""))


def _theorem(
    statement: Tree, entry: Mapping[str, Any], used: list[Tree], here: Setting, terms: Terms
) -> list[str]:
    """Statement and proof of a claim about finitely many numbers."""
    reached = _reached((statement, *used), here.definitions)
    script = Script(terms, dict(reached))
    names = dict.fromkeys(n for t in (statement, *used, *(b for _, b in reached)) for n in names_in(t))
    names |= dict.fromkeys(name for name, _ in reached)
    goal = terms.proposition(statement)
    meant = _meant(statement, here)
    used = [*used, *meant]
    for piece in meant:
        here = here.with_assumption(piece)
    premises = [terms.proposition(piece) for piece in used]
    equations = [f"{terms(name)} = {terms(body)}" for name, body in reached]
    variables = [terms(name) for name in names if name not in terms.heads]
    terms.quotients = False
    script.equations = tuple(f"D{k}" for k in range(len(equations)))
    introduced = [*terms.general, *variables, *script.equations]
    proof = [f"intros {' '.join(introduced)}."] if introduced else []
    for piece in used:
        proof += script.assume(piece)
    proof += [
        "unfold Rdiv in *; rewrite ?over_one in *.",
        *script.cleared(used, here),
        *script.prove(statement, entry, here),
    ]
    quantified = f"forall {' '.join(variables)} : R, " if variables else ""
    general = f"forall {' '.join(terms.general)} : R -> R, " if terms.general else ""
    claim = " -> ".join(f"({p})" for p in (*equations, *premises, goal))
    return [
        f"Theorem claim : {general}{quantified}",
        f"  {claim}.",
        "Proof.",
        *(f"  {line}" for line in proof),
        "Qed.",
        "",
    ]


def _meant(statement: Tree, here: Setting) -> list[Tree]:
    """An equation speaks of the places where both its sides have values: that those exist is a premise."""
    match statement:
        case Relation(operators, operands) if set(operators) == {"="}:
            return list(open_conditions(operands, here.bounds(statement)))
    return []


def _opening(stated: Tree, statement: Tree, used: list[Tree]) -> Iterator[str]:
    yield f"(* symgrad {__version__}: a proof of"
    yield f"     {_comment(plain(stated))}"
    if stated != statement:
        yield "   that is, with every gradient written out,"
        yield f"     {_comment(plain(statement))}"
    yield "   for all real numbers" + (" with" if used else ", without assumptions")
    yield from (f"     {_comment(plain(piece))}" for piece in used)
    yield "   An equation is claimed where both its sides have a value."
    yield "   Theorem `claim` at the end states this; Print Assumptions shows that it rests on the axioms of"
    yield "   the real numbers alone. To check: coqc FILE, with coq-interval and coquelicot. *)"


def _comment(words: str) -> str:
    """Text that neither ends nor opens a comment or a string."""
    return words.replace("(*", "( *").replace("*)", "* )").replace('"', "''")


def _reached(trees: tuple[Tree, ...], definitions: Sequence[tuple[Name, Tree]]) -> list[tuple[Name, Tree]]:
    """The definitions that the trees speak of, directly or through others, in order."""
    names = {n for tree in trees for n in names_in(tree)}
    found = []
    for name, body in reversed(definitions):
        if name in names:
            names.update(names_in(body))
            found.append((name, body))
    return found[::-1]
