"""When the search must end, for long loops between two proposals."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from symgrad.errors import CertificateError

_END: ContextVar[float] = ContextVar("end of the search", default=math.inf)
_NESTED: ContextVar[int] = ContextVar("inductions around this one", default=0)


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Within, `hurry` raises once the deadline (by time.monotonic) has passed."""
    token = _END.set(min(deadline, _END.get()))
    try:
        yield
    finally:
        _END.reset(token)


def hurry() -> None:
    """Nothing, while there is time.

    Raises:
        CertificateError: there is none left; a proposal in the making is given up.
    """
    if time.monotonic() > _END.get():
        raise CertificateError("certificate-time")


@contextmanager
def nested(most: int) -> Iterator[None]:
    """Within, one more argument of a kind that may need another of its kind.

    Raises:
        CertificateError: there are `most` around it already.
    """
    if _NESTED.get() >= most:
        raise CertificateError("certificate-rule")
    token = _NESTED.set(_NESTED.get() + 1)
    try:
        yield
    finally:
        _NESTED.reset(token)
