"""`A or B`: one part alone, a product that vanishes, or the last part from the opposites of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgrad.errors import CertificateError
from symgrad.notation.codec import to_data
from symgrad.notation.tree import ZERO, Logic, Relation, Tree
from symgrad.proving import kernel
from symgrad.proving.attempt import Attempt
from symgrad.proving.kernel import normal as nf
from symgrad.proving.kernel.depth.letters import symbolic
from symgrad.proving.kernel.enclosures.pieces import alternatives
from symgrad.proving.kernel.rules.logic import product_of_gaps
from symgrad.proving.kernel.rules.ranges import form, letters_of
from symgrad.proving.methods.doubt import fails
from symgrad.proving.methods.ranges import readable

Entry = Mapping[str, Any]
Find = Callable[[Tree, kernel.Setting, Attempt], Entry | None]


def chosen(statement: Logic, here: kernel.Setting, attempt: Attempt, find: Find) -> Entry | None:
    """A proof entry for `A or B`."""
    choices = statement.arguments
    for k, choice in enumerate(choices) if attempt.has_values(statement, here) else ():
        if (inner := find(choice, here, attempt)) is not None:
            return {"rule": "or", "choice": k, "proof": inner}
    return _product(statement, here, attempt, find) or _otherwise(choices, here, attempt, find)


def _product(statement: Logic, here: kernel.Setting, attempt: Attempt, find: Find) -> Entry | None:
    """The differences of both sides multiplied are 0."""
    try:
        for line in _lines(statement, here):
            if fails(line, here) or (proof := find(line, here, attempt)) is None:
                continue
            entry = {"rule": "product-zero", "line": to_data(line), "proof": proof}
            kernel.prove_entry(statement, entry, here)
            return entry
    except (CertificateError, RecursionError):
        pass
    return None


def _lines(statement: Logic, here: kernel.Setting) -> Iterator[Relation]:
    """The product = 0; where indices are letters, what is added in it = what is taken away."""
    product = product_of_gaps(statement)
    if here.families is None or not symbolic(statement):
        yield Relation(("=",), (product, ZERO))
        return
    value = form(here, letters_of(here, statement))(product)
    if value.denominator == nf.constant(1):
        signs: Sequence[nf.Poly] = [
            {m: s * c for m, c in value.numerator.items() if s * c > 0} for s in (Fraction(1), Fraction(-1))
        ]
        left, right = (readable(nf.to_tree(poly)) for poly in signs)
        yield Relation(("=",), (left, right))


def _otherwise(choices: Sequence[Tree], here: kernel.Setting, attempt: Attempt, find: Find) -> Entry | None:
    """The last part, from the opposites of the others."""
    *others, last = choices
    try:
        for other in others:
            here = here.with_assumption(alternatives(other, here.bounds(other))[1])
    except CertificateError:
        return None
    inner = find(last, here, attempt)
    return None if inner is None else {"rule": "otherwise", "choice": len(others), "proof": inner}
