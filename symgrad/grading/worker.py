"""A process of its own for answers that may cost much: it has a time and a memory limit and can be killed.

One worker serves one question and is used again for its next heavy answer. Where processes can be forked it
starts at once; elsewhere (Windows) it is spawned and the question is sent to it.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

SECONDS = 0.75
"""For one answer, from the moment it is handed over."""
START_SECONDS = 20.0
MEMORY = 120 * 2**20
"""What an answer may take beyond what the process has at its start."""
METHOD = "fork" if "fork" in multiprocessing.get_all_start_methods() and os.name == "posix" else "spawn"

Work = Callable[[Any, Any, Callable[[Any], None]], None]
"""work(question, answer, tell): calls `tell` with every result it has; the last one counts."""


class Worker:
    """The process of one question."""

    def __init__(self, question: Any, work: Work) -> None:
        context = multiprocessing.get_context(METHOD)
        self.question = question
        self.here, there = context.Pipe()
        self.process = context.Process(  # type: ignore[attr-defined]
            target=serve, args=(there, self.here if METHOD == "fork" else None, question, work), daemon=True
        )
        with warnings.catch_warnings():
            # Libraries with threads (jax) and Python 3.12 warn of forks; the child calls none of them.
            warnings.simplefilter("ignore", RuntimeWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            self.process.start()
        there.close()

    def ask(self, answer: Any, seconds: float = SECONDS) -> Any:
        """The last result before time ran out; None if there was none."""
        found, end = None, monotonic() + START_SECONDS
        try:
            while self.here.poll(max(0.0, end - monotonic())):
                kind, value = self.here.recv()
                if kind == "ready":
                    self.here.send(answer)
                    end = monotonic() + seconds
                elif kind == "done":
                    return found
                else:
                    found = value
        except (EOFError, OSError):
            pass
        self.stop()
        return found

    def stop(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.join()
        self.here.close()

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return bool(self.process.is_alive()) and not self.here.closed


def serve(there: Connection, here: Connection | None, question: Any, work: Work) -> None:
    """The worker's life: limits first, then one answer after another until nobody asks any more."""
    if here is not None:
        here.close()  # a copy of the other end: with it open the end of the parent would go unnoticed
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(MEMORY)
    try:
        while True:
            there.send(("ready", None))
            answer = there.recv()
            with suppress(MemoryError, RecursionError):
                work(question, answer, lambda result: there.send(("result", result)))
            there.send(("done", None))
    except (EOFError, OSError, MemoryError):
        os._exit(0)


def limit_memory(more: int) -> None:
    """No more memory than now and this much; not to be had on Windows, where only the time is limited."""
    try:
        import resource
    except ImportError:
        return
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (now + more, now + more))


_current: list[Worker] = []


def worker_for(question: Any, work: Work) -> Worker:
    """The worker of a question; that of another question is stopped."""
    if _current and (_current[0].question is not question or not _current[0].alive):
        close()
    if not _current:
        _current.append(Worker(question, work))
    return _current[0]


def close() -> None:
    """Stop the worker, if there is one."""
    while _current:
        worker = _current.pop()
        if worker.alive:
            worker.stop()


atexit.register(close)
