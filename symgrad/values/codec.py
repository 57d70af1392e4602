"""The values that cross rooms as plain JSON data and back, read strictly.

Every value is an object with its `type` and all its fields, none more and none less. Trees go through
`notation.codec`, numbers through `values.numbers`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.notation.codec import from_data, to_data
from symgrad.notation.tree import Derivative, Name, Node, Relation
from symgrad.values.derivation import RULES, Derivation, Step
from symgrad.values.evaluation import Evaluation, FactorValue
from symgrad.values.mark import MISTAKES, Mark, Mistake
from symgrad.values.mark import VERDICTS as MARK_VERDICTS
from symgrad.values.numbers import read_number, write_number
from symgrad.values.phrase import Phrase
from symgrad.values.proof import VERDICTS as PROOF_VERDICTS
from symgrad.values.proof import Claim, Proof

Value: TypeAlias = Phrase | Step | Derivation | Claim | Proof | Mark | Mistake | Evaluation | FactorValue
MAX_DEPTH = 64
PHRASE_ID = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")
IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is written and read; `read` gets the depth of nesting as well."""

    write: Callable[[Any], Any]
    read: Callable[[Any, int], Any]


def refuse(data: object, expected: str) -> ValueError:
    """The error for data that is something else."""
    shown = repr(data)
    return ValueError(f"{expected} expected, not {shown if len(shown) <= 80 else shown[:77] + '...'}")


# -- single fields


def exactly(kind: type, expected: str, allowed: Sequence[str] | None = None) -> Field:
    """A text, whole number or truth value that JSON holds as it is."""

    def read(data: Any, depth: int) -> Any:
        if type(data) is not kind or (allowed is not None and data not in allowed):
            raise refuse(data, expected)
        return data

    return Field(lambda value: value, read)


def tree(kind: type = Node, expected: str = "a formula") -> Field:
    """A formula, of one kind of node if that is asked."""

    def read(data: Any, depth: int) -> Any:
        found = from_data(data)
        if not isinstance(found, kind):
            raise refuse(data, expected)
        return found

    return Field(to_data, read)


def optional(inner: Field) -> Field:
    """The field, or null."""
    return Field(
        lambda value: None if value is None else inner.write(value),
        lambda data, depth: None if data is None else inner.read(data, depth),
    )


def many(inner: Field) -> Field:
    """A tuple of one kind, as a list."""

    def read(data: Any, depth: int) -> Any:
        if not isinstance(data, list):
            raise refuse(data, "a list")
        return tuple(inner.read(item, depth) for item in data)

    return Field(lambda value: [inner.write(item) for item in value], read)


def pair(first: Field, second: Field) -> Field:
    """A tuple of two."""

    def read(data: Any, depth: int) -> Any:
        if not isinstance(data, list) or len(data) != 2:
            raise refuse(data, "a list of two")
        return first.read(data[0], depth), second.read(data[1], depth)

    return Field(lambda value: [first.write(value[0]), second.write(value[1])], read)


def value(*kinds: type) -> Field:
    """Another value of this file."""

    def read(data: Any, depth: int) -> Any:
        found = read_value(data, depth + 1)
        if not isinstance(found, kinds):
            raise refuse(data, " or ".join(kind.__name__.lower() for kind in kinds))
        return found

    return Field(lambda inner: to_json(inner), read)  # defined below


def write_phrase_field(field: Any) -> Any:
    """A field of a phrase under the name of its kind."""
    if isinstance(field, str):
        return {"text": field}
    if isinstance(field, int):
        return {"number": field}
    if isinstance(field, tuple):
        return {"formulas": [to_data(item) for item in field]}
    return {"formula": to_data(field)}


def read_phrase_field(data: Any, depth: int) -> Any:
    """Back from `write_phrase_field`."""
    match data:
        case {"text": str(text), **rest} if not rest:
            return text
        case {"number": int(number), **rest} if not rest and not isinstance(number, bool):
            return number
        case {"formula": formula, **rest} if not rest:
            return from_data(formula)
        case {"formulas": list(formulas), **rest} if not rest:
            return tuple(map(from_data, formulas))
    raise refuse(data, "a text, number or formula of a phrase")


def read_phrase_id(data: Any, depth: int) -> str:
    """`room.key`."""
    if not isinstance(data, str) or not PHRASE_ID.fullmatch(data):
        raise refuse(data, "the id of a phrase")
    return data


def read_identifier(data: Any, depth: int) -> str:
    """The name of a phrase's field."""
    if not isinstance(data, str) or not IDENTIFIER.fullmatch(data):
        raise refuse(data, "the name of a field")
    return data


def read_certificate(data: Any, depth: int) -> Any:
    """Plain JSON, an object; its content is the kernel's to judge."""
    if not isinstance(data, dict):
        raise refuse(data, "a certificate")
    return plain_copy(data)


def plain_copy(data: Any) -> Any:
    """A copy through JSON: what is not plain data is refused."""
    try:
        return json.loads(json.dumps(data, allow_nan=False))
    except (TypeError, RecursionError) as problem:
        raise ValueError("plain JSON data expected") from problem


def read_seconds(data: Any, depth: int) -> float:
    """A finite duration."""
    if isinstance(data, bool) or not isinstance(data, int | float) or not 0 <= data < float("inf"):
        raise refuse(data, "a number of seconds")
    return float(data)


def read_points(data: Any, depth: int) -> Fraction:
    """Exact points."""
    found = read_number(data)
    if not isinstance(found, Fraction):
        raise refuse(data, "points as an exact number")
    return found


TEXT, TRUTH = exactly(str, "a text"), exactly(bool, "true or false")
TREE, NAME, DERIVATIVE = tree(), tree(Name, "a name"), tree(Derivative, "a derivative")
TREES, TEXTS, PAIRS = many(TREE), many(TEXT), many(pair(TEXT, TEXT))
PHRASE = value(Phrase)
PHRASES = many(PHRASE)
NUMBER = Field(write_number, lambda data, depth: read_number(data))

SCHEMA: dict[type, dict[str, Field]] = {
    Phrase: {
        "id": Field(str, read_phrase_id),
        "fields": many(pair(Field(str, read_identifier), Field(write_phrase_field, read_phrase_field))),
    },
    Step: {
        "rule": exactly(str, "the id of a rule", tuple(RULES)), "before": TREE, "after": TREE,
        "why": PHRASE, "conditions": TREES, "substeps": many(value(Step)),
        "equation": optional(tree(Relation, "an equation")),
    },
    Derivation: {
        "goal": DERIVATIVE, "steps": many(value(Step)), "factors": TREES,
        "kept": many(pair(DERIVATIVE, TREE)), "path": many(NAME), "notes": PHRASES,
    },
    Claim: {"statement": TREE, "given": TREES, "functions": PAIRS, "text": TEXT, "given_text": TEXTS},
    Proof: {
        "claim": value(Claim), "verdict": exactly(str, "a verdict", PROOF_VERDICTS), "steps": PHRASES,
        "counterexample": PAIRS, "witness": PHRASES, "attained": PHRASES, "used": TREES, "unused": TREES,
        "rescue": TREES, "method": TEXT, "certificate": optional(Field(plain_copy, read_certificate)),
        "checked": TRUTH, "seconds": Field(float, read_seconds),
    },
    Mistake: {
        "name": exactly(str, "the name of a mistake", MISTAKES), "detail": TEXT,
        "at": optional(exactly(int, "the number of a step")), "wrong": TREES, "right": TREES,
    },
    Mark: {
        "verdict": exactly(str, "a verdict", MARK_VERDICTS), "mistakes": many(value(Mistake)),
        "points": optional(Field(write_number, read_points)), "evidence": PHRASES, "reading": TEXT,
        "hints": many(PHRASES), "remarks": PHRASES, "problem": PAIRS,
    },
    FactorValue: {"factor": TREE, "value": NUMBER},
    Evaluation: {
        "goal": TREE, "precision": TEXT, "value": NUMBER, "factors": many(value(FactorValue)),
        "underflow": TEXTS, "overflow": TEXTS,
    },
}  # fmt: skip
"""Type -> its fields, every one of them."""

TAGS = {kind.__name__.lower(): kind for kind in SCHEMA}


def to_json(value: Value) -> dict[str, Any]:
    """A value as plain JSON data.

    >>> to_json(Phrase.of("steps.same-variable"))
    {'type': 'phrase', 'id': 'steps.same-variable', 'fields': []}
    """
    kind = type(value)
    if kind not in SCHEMA:
        raise ValueError(f"no value that crosses rooms: {kind.__name__}")
    fields = {name: field.write(getattr(value, name)) for name, field in SCHEMA[kind].items()}
    return {"type": kind.__name__.lower(), **fields}


def from_json(data: object) -> Value:
    """The value of `to_json`'s data.

    Raises:
        ValueError: anything that `to_json` would not write; the message says what was expected.
    """
    return read_value(data, 0)


def read_value(data: object, depth: int) -> Value:
    """A value inside others."""
    if depth > MAX_DEPTH:
        raise ValueError(f"values are nested deeper than {MAX_DEPTH}")
    tag = data.get("type") if isinstance(data, Mapping) else None
    if not isinstance(data, dict) or not isinstance(tag, str) or tag not in TAGS:
        raise refuse(data, "an object with the `type` of a value")
    kind = TAGS[tag]
    schema = SCHEMA[kind]
    if set(data) != {"type", *schema}:
        odd = sorted(map(str, set(data) ^ {"type", *schema}))
        wrong = ", ".join(odd)[:80]
        raise ValueError(f"the fields of a {tag} are {', '.join(schema)}; missing or unknown: {wrong}")
    found: Value = kind(**{name: field.read(data[name], depth) for name, field in schema.items()})
    return found
