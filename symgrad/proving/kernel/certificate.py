"""A certificate, from its statement up: the keys, the assumptions, the proof entry or the counterexample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import from_data
from symgrad.notation.tree import Derivative, Name, Tree, names_in, walk
from symgrad.proving.kernel.evaluate import precise, truth
from symgrad.proving.kernel.families import instances
from symgrad.proving.kernel.gradient import written_out
from symgrad.proving.kernel.points import assignment, meets, read_name, satisfies
from symgrad.proving.kernel.rules import prove_entry
from symgrad.proving.kernel.setting import setting
from symgrad.proving.kernel.written import spelled_out

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
    if set(certificate) != KEYS | extra:
        raise CertificateError("certificate-malformed", problem="keys")
    functions = {str(k): str(v) for k, v in certificate["functions"].items()}
    pairs = [(read_name(name), from_data(body)) for name, body in certificate["definitions"]]
    in_order(pairs)
    definitions = [(name, spelled_out(body, functions)) for name, body in pairs]
    statement, *given = (
        written_out(spelled_out(from_data(data), functions), definitions)
        for data in (certificate["statement"], *certificate["given"])
    )
    if any(isinstance(node, Derivative) for tree in (statement, *given) for node in walk(tree)):
        raise CertificateError("certificate-unsupported", kind="Derivative")
    universe = occurring(statement, definitions)
    if verdict == "refuted":
        values = assignment(certificate["counterexample"], functions, definitions)
        satisfies(values, given, universe, functions)
        if truth(statement, values, functions) is not False:
            raise CertificateError("certificate-counterexample")
        return
    allowed = {piece for assumption in given for piece in instances(assumption, universe)}
    used = [from_data(data) for data in certificate["used"]]
    if not allowed.issuperset(used):
        raise CertificateError("certificate-assumption")
    prove_entry(statement, certificate["proof"], setting(functions, definitions, used))
    if certificate["attained"] is not None:
        values = assignment(certificate["attained"], functions, definitions)
        satisfies(values, given, universe, functions)
        if not meets(statement, values, functions):
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
