"""The kernel: re-checks a certificate from the statement up. No search, no solver, no simplifier.

A certificate is plain JSON data and self-contained. Everything it claims is derived again here from its own
statement; a field that says anything else is rejected. `certificate` holds the order of events, `rules` the
kinds of argument, one file each; below them stand the facts: ranges, intervals, normal forms, gradients.
"""

from symgrad.proving.kernel.certificate import FORMAT, check, occurring
from symgrad.proving.kernel.points import Values, satisfies, values_at
from symgrad.proving.kernel.rules import prove_entry
from symgrad.proving.kernel.rules.difference import enclosed
from symgrad.proving.kernel.setting import Setting, setting

__all__ = [
    "FORMAT",
    "Setting",
    "Values",
    "check",
    "enclosed",
    "occurring",
    "prove_entry",
    "satisfies",
    "setting",
    "values_at",
]
