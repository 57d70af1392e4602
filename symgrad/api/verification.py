"""What the kernel accepted: the statement, what it rests on, by which arguments; or the step that fails."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from symgrad.errors import CertificateError, InputError, Where
from symgrad.notation.codec import from_data
from symgrad.notation.tree import Name, Relation, Tree
from symgrad.notation.writers.plain import plain
from symgrad.proving import kernel
from symgrad.proving.kernel.rules import prove_entry
from symgrad.values.phrase import Phrase

KINDS: Mapping[str, str] = {
    **dict.fromkeys(
        ("and", "or", "otherwise", "implies", "iff", "cases", "split", "settle", "absurd"), "cases"
    ),
    **dict.fromkeys(("identity", "series", "put-in"), "identity"),
    **dict.fromkeys(("difference", "affine"), "ranges"),
    **dict.fromkeys(("layers", "factorwise", "termwise", "size"), "factors"),
    **dict.fromkeys(("constant", "lipschitz"), "slopes"),
    "where-defined": "cases",
    "squares": "lemmas",
    **dict.fromkeys(("induction", "place"), "induction"),
    **dict.fromkeys(("entries", "norms"), "arrays"),
    **dict.fromkeys(("have", "contradiction", "vanishing", "squeeze", "generalise"), "lemmas"),
    "line": "line",
    "exponentials": "exponentials",
    "known": "known",
}
"""The rules of the kernel -> the key of `proofs.kind-KEY`."""
LARGEST = 20_000_000
"""Characters of a certificate; beyond, it is not read."""


@dataclass(frozen=True, slots=True)
class Verification:
    """A certificate after the kernel has looked at it.

    reason: why it is rejected, None if it is accepted. at: the statement of the step that fails.
    """

    data: Mapping[str, Any]
    reason: CertificateError | None = None
    at: Tree | None = None
    kind: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the kernel agrees."""
        return self.reason is None

    def phrases(self) -> Iterator[Phrase]:
        """What was accepted, or where it failed, a sentence a line."""
        if self.reason is not None:
            if self.at is not None:
                yield Phrase.of("proofs.fails-at", line=self.at)
                yield Phrase.of(f"proofs.kind-{self.kind}")
            return
        statement, *given = (from_data(d) for d in (self.data["statement"], *self.data["given"]))
        used = tuple(from_data(d) for d in self.data.get("used", ()))
        if point := self.point():
            equal = tuple(Relation(("=",), pair) for pair in point)
            yield Phrase.of("proofs.accepted-refuted", line=statement, point=equal)
        else:
            yield Phrase.of("proofs.accepted-proved", line=statement)
        if given and point:
            yield Phrase.of("proofs.accepted-given", conditions=tuple(given))
        elif used:
            yield Phrase.of("proofs.accepted-given", conditions=used)
        elif given:
            yield Phrase.of("proofs.accepted-nothing-used")
        if named := tuple(Relation(("=",), (Name(a), Name(b))) for a, b in self.data["functions"].items()):
            yield Phrase.of("proofs.accepted-functions", equations=named)
        for kind in self.kinds():
            yield Phrase.of(f"proofs.kind-{kind}")

    def point(self) -> list[tuple[Tree, Tree]]:
        """The counterexample, name by name; empty for a proof."""
        return [(from_data(name), from_data(value)) for name, value in self.data.get("counterexample") or ()]

    def kinds(self) -> tuple[str, ...]:
        """The kinds of argument, in order."""
        found = (KINDS[rule] for rule in _rules(self.data.get("proof")) if rule in KINDS)
        return tuple(dict.fromkeys(found)) or ("counterexample",)

    def to(self, format: str = "text", lang: str = "en", encoding: str | None = None) -> str:
        """As text or JSON."""
        from symgrad.rendering.render import Target

        if format == "json":
            return json.dumps(self._json(lang), ensure_ascii=False, indent=2)
        wording = Target("text", lang, None, encoding).wording
        return "\n".join(f"  {wording.say(phrase)}" for phrase in self.phrases())

    def _json(self, lang: str) -> dict[str, Any]:
        if self.reason is not None:
            at = None if self.at is None else plain(self.at)
            return {
                "accepted": False,
                "reason": self.reason.message(lang),
                "at": at,
                "kind": self.kind or None,
            }
        statement, *given = (plain(from_data(d)) for d in (self.data["statement"], *self.data["given"]))
        return {
            "accepted": True,
            "reason": "",
            "verdict": self.data["verdict"],
            "statement": statement,
            "given": given,
            "used": [plain(from_data(d)) for d in self.data.get("used", ())],
            "functions": dict(self.data["functions"]),
            "counterexample": {plain(name): plain(value) for name, value in self.point()} or None,
            "kinds": list(self.kinds()),
        }


def _rules(entry: Any) -> Iterator[str]:
    """The rules of an entry and of all entries inside."""
    stack = [entry]
    while stack:
        match stack.pop():
            case Mapping() as inner:
                if isinstance(rule := inner.get("rule"), str):
                    yield rule
                stack += reversed(list(inner.values()))
            case list() as inner:
                stack += reversed(inner)


def verification(text: str, name: str = "<certificate>") -> Verification:
    """A certificate from JSON, re-checked without any search.

    Raises:
        InputError: it is no JSON object.
    """
    if len(text) > LARGEST:
        raise InputError("certificate-too-long", Where(name), name=name, most=LARGEST)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as problem:
        lines = text.splitlines()
        line = lines[problem.lineno - 1] if problem.lineno <= len(lines) else ""
        raise InputError("not-json", Where(name, problem.lineno, problem.colno, line), name=name) from problem
    except (RecursionError, ValueError) as problem:
        raise InputError("not-json", Where(name), name=name) from problem
    if not isinstance(data, dict):
        raise InputError("not-certificate", Where(name), name=name)
    if "format" not in data:
        return Verification(data, CertificateError("not-certificate", Where(name), name=name))
    try:
        kernel.check(data)
    except CertificateError as error:
        at, kind = _failing(error)
        return Verification(data, error, at, kind)
    return Verification(data)


def _failing(error: BaseException) -> tuple[Tree | None, str]:
    """The statement and the kind of the innermost step that was being checked."""
    found: tuple[Tree | None, str] = (None, "")
    trail: list[TracebackType | None] = [error.__traceback__]
    if error.__cause__ is not None:
        trail.append(error.__cause__.__traceback__)
    for trace in trail:
        for frame, _ in traceback.walk_tb(trace):
            if frame.f_code is prove_entry.__code__:
                statement, entry = frame.f_locals["statement"], frame.f_locals["entry"]
                rule = entry.get("rule") if isinstance(entry, Mapping) else None
                found = statement, KINDS.get(rule, "unknown") if isinstance(rule, str) else "unknown"
    return found
