"""Work in a process of its own that is ended when its time is up, with a cap on its memory.

The search looks at its deadline between steps; a step that takes too long is ended only from outside. A call
from Python stays in its own process, so that a small claim costs milliseconds; a command starts a child.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from symgrad.errors import SymgradError

T = TypeVar("T")
GRACE = 0.5
"""Seconds beyond the limit, and a fifth of it, in which a child may still answer."""
MEMORY = 3 * 2**30
TICK = 0.5
"""Seconds between two looks at a child."""


class OutOfTimeError(Exception):
    """The child was ended because its time was up."""


class OutOfMemoryError(OutOfTimeError):
    """The child ended for want of memory."""


def within(seconds: float, work: Callable[[], T], waiting: Callable[[float], None] | None = None) -> T:
    """The result of some work.

    Args:
        seconds: after which the child is ended.
        work: done in a child process.
        waiting: told now and then how many seconds have passed.

    Raises:
        OutOfTimeError: it took too long. OutOfMemoryError: it took too much memory. SymgradError: the work
            raised it.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        return work()
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(work, theirs, seconds), daemon=True)
    with warnings.catch_warnings():  # Python 3.12 warns of forks beside threads; the child starts none
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        child.start()
    theirs.close()
    try:
        if not _answered(ours, 1.2 * seconds + GRACE, waiting):
            raise OutOfTimeError
        answer = ours.recv()
    except EOFError as error:
        child.join(GRACE)
        if child.exitcode == 1:  # a defect, which has printed its traceback
            raise
        raise OutOfMemoryError from error
    finally:
        child.kill()
        child.join()
        ours.close()
    if isinstance(answer, SymgradError):
        raise answer
    result: T = answer
    return result


def _answered(pipe: Connection, seconds: float, waiting: Callable[[float], None] | None) -> bool:
    """Whether something came in time."""
    start = time.monotonic()
    while (passed := time.monotonic() - start) < seconds:
        if pipe.poll(min(TICK, seconds - passed)):
            return True
        if waiting is not None:
            waiting(time.monotonic() - start)
    return pipe.poll(0)


def _mapped() -> int:
    """The bytes of address space that this process has from its parent already; 0 where nobody says."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _run(work: Callable[[], object], pipe: Connection, seconds: float) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which then ends this process
    try:
        import resource

        most = _mapped() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        most = int(1.2 * seconds + GRACE) + 2  # a parent that was killed ends nobody
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    except (ImportError, ValueError, OSError):
        pass  # no such limit on this system: time is limited all the same
    try:
        pipe.send(work())
    except SymgradError as error:
        pipe.send(error)
    except (MemoryError, RecursionError):
        pass
    finally:
        pipe.close()
