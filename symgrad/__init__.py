"""symgrad: gradients with their reasons. `from symgrad import Chain, Question, prove, grade`.

The names are loaded on first use, so that `symgrad --help` costs no mathematics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.version import __version__

if TYPE_CHECKING:
    from symgrad.api import Chain as Chain
    from symgrad.api import Question as Question
    from symgrad.api import grade as grade
    from symgrad.api import prove as prove

__all__ = ["Chain", "Question", "__version__", "grade", "prove"]


def __getattr__(name: str) -> Any:
    """One of the public names, from `symgrad.api`."""
    if name not in __all__:
        raise AttributeError(f"module 'symgrad' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module("symgrad.api"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, whether loaded yet or not."""
    return sorted(__all__)
