"""A certificate, from its statement up: the keys, the assumptions, the proof entry or the counterexample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import Name, Tree, names_in
from symgrad.proving.kernel import functions as known
from symgrad.proving.kernel.asked import asked, unwritten
from symgrad.proving.kernel.evaluate import precise
from symgrad.proving.kernel.points import assignment, meets, read_name, satisfies
from symgrad.proving.kernel.rules import prove_entry

FORMAT = "symgrad-proof-1"
KEYS = {"format", "verdict", "statement", "given", "functions", "definitions"}


def check(certificate: Mapping[str, Any]) -> None:
    """Accept silently, or raise CertificateError."""
    try:
        with precise():
            _check(certificate)
    except CertificateError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise CertificateError("certificate-malformed", problem=f"{type(error).__name__}: {error}") from error


def _check(certificate: Mapping[str, Any]) -> None:
    if certificate["format"] != FORMAT:
        raise CertificateError("certificate-format")
    verdict = certificate["verdict"]
    extra = {"proved": {"used", "proof", "attained"}, "refuted": {"counterexample"}}[verdict]
    if set(certificate) - {"loop", "shapes"} != KEYS | extra:
        raise CertificateError("certificate-malformed", problem="keys")
    functions = {str(k): str(v) for k, v in certificate["functions"].items()}
    if known.renamed(functions):
        raise CertificateError("certificate-malformed", problem="functions")
    definitions = tuple((read_name(name), from_data(body)) for name, body in certificate["definitions"])
    in_order(definitions)
    loop = None
    if "loop" in certificate:
        from symgrad.proving.kernel.depth.loop import read_loop

        loop = read_loop(certificate["loop"])
    statement, *given = (from_data(data) for data in (certificate["statement"], *certificate["given"]))
    shapes = {read_name(name): tuple(map(from_data, sizes)) for name, sizes in certificate.get("shapes", ())}
    if verdict == "refuted":
        from symgrad.proving.kernel.counterexample import refuted, refuted_arrays

        if shapes:
            refuted_arrays(certificate["counterexample"], statement, given, definitions, functions, shapes)
        else:
            refuted(certificate["counterexample"], statement, given, definitions, functions, loop)
        return
    if shapes and loop is not None:
        raise CertificateError("certificate-unsupported", kind="loop")
    question = asked(statement, given, definitions, functions, loop, shapes=shapes)
    if unwritten(question):
        raise CertificateError("certificate-unsupported", kind="Derivative")
    used = [from_data(data) for data in certificate["used"]]
    if not set(question.pieces()).issuperset(used):
        raise CertificateError("certificate-assumption")
    prove_entry(question.statement, certificate["proof"], question.setting(used))
    if certificate["attained"] is not None:
        values = assignment(certificate["attained"], functions, question.definitions)
        satisfies(values, question.given, question.universe, functions, bool(definitions or loop))
        if not meets(question.statement, values, functions):
            raise CertificateError("certificate-attained")


def occurring(statement: Tree, definitions: Sequence[tuple[Name, Tree]]) -> list[Name]:
    """Every name that the statement or the chain mentions."""
    inside = [n for name, body in definitions for n in (name, *names_in(body))]
    return [*names_in(statement), *inside]


def in_order(definitions: Sequence[tuple[Name, Tree]]) -> None:
    """Every name is defined once and before it is used."""
    later = [name for name, _ in definitions]
    if len(set(later)) != len(later):
        raise CertificateError("certificate-definition")
    waiting = set(later)
    for name, body in definitions:
        if waiting.intersection(names_in(body)):
            raise CertificateError("certificate-definition")
        waiting.discard(name)
