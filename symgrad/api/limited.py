"""Work in a process of its own that is ended when its time is up, with a cap on its memory.

The search looks at its deadline between steps; a step that takes too long is ended only from outside. A call
from Python stays in its own process, so that a small claim costs milliseconds; a command starts a child.
"""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

from symgrad.errors import SymgradError

T = TypeVar("T")
GRACE = 1.0
"""Seconds beyond the limit in which a child may still answer."""
MEMORY = 4 * 2**30


class OutOfTimeError(Exception):
    """The child was ended, or ended itself for want of memory."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """The result of some work.

    Raises:
        OutOfTimeError: it took too long, or too much memory. SymgradError: the work raised it.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        return work()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(work, theirs), daemon=True)
    with warnings.catch_warnings():  # Python 3.12 warns of forks beside threads; the child starts none
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        child.start()
    theirs.close()
    try:
        if not ours.poll(seconds + GRACE):
            raise OutOfTimeError
        answer = ours.recv()
    except EOFError as error:
        child.join(GRACE)
        if child.exitcode == 1:  # a defect, which has printed its traceback
            raise
        raise OutOfTimeError from error
    finally:
        child.kill()
        child.join()
    if isinstance(answer, SymgradError):
        raise answer
    result: T = answer
    return result


def _run(work: Callable[[], object], pipe: Connection) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # no such limit on this system: time is limited all the same
    try:
        pipe.send(work())
    except SymgradError as error:
        pipe.send(error)
    except MemoryError:
        pass
    finally:
        pipe.close()
