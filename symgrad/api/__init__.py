"""The public face: thin classes around the values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.api.chain import Chain as Chain
    from symgrad.api.classroom import Results as Results
    from symgrad.api.classroom import grade as grade
    from symgrad.api.derivation import Derivation as Derivation
    from symgrad.api.evaluation import Evaluation as Evaluation
    from symgrad.api.proof import Proof as Proof
    from symgrad.api.proof import prove as prove
    from symgrad.api.proof import verify as verify
    from symgrad.api.question import Mark as Mark
    from symgrad.api.question import Question as Question

_HOME = {
    "Chain": "chain", "Derivation": "derivation", "Evaluation": "evaluation", "Mark": "question",
    "Proof": "proof", "Question": "question", "Results": "classroom", "grade": "classroom", "prove": "proof",
    "verify": "proof",
}  # fmt: skip
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """Each name is loaded with its module when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"module 'symgrad.api' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"symgrad.api.{_HOME[name]}"), name)
