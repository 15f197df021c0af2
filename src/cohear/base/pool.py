"""The same work on many chunks, on all cores.

Threads: decoding (libsndfile), resampling (soxr), FFTs (scipy) and hashing release Python's lock. Threads
start at once, copy no arrays between processes and cannot outlive their parent.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

_Chunk = TypeVar("_Chunk")
_Result = TypeVar("_Result")

Advance = Callable[[float, float], None]
"""Called now and then with what is done and the total, both in a unit that the caller of it names."""


def available_cores() -> int:
    """Cores that this process may use (a container or a batch system may allow fewer than there are)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def parallel_map(
    function: Callable[[_Chunk], _Result],
    chunks: Sequence[_Chunk],
    jobs: int | None,
    on_done: Callable[[int, _Result], None],
) -> None:
    """Call ``function`` on every chunk.

    Args:
        function: the work on one chunk; it should spend its time in code that releases Python's lock.
        chunks: the pieces of work.
        jobs: threads at a time; None is one for each core. With one, all is done in the calling thread.
        on_done: called in the calling thread with a chunk's index and result as soon as it is there, in
            whatever order they end. Results are not kept.

    Raises:
        Exception: whatever ``function`` or ``on_done`` raises first; work that has not begun is then dropped.
    """
    jobs = min(jobs or available_cores(), len(chunks))
    if jobs <= 1:
        for index, chunk in enumerate(chunks):
            on_done(index, function(chunk))
        return
    with ThreadPoolExecutor(jobs, thread_name_prefix="cohear") as threads:
        running: dict[Future[_Result], int] = {}
        waiting = iter(enumerate(chunks))
        try:
            while True:
                # few chunks ahead, so that finished results cannot pile up in memory
                while len(running) < 2 * jobs and (following := next(waiting, None)) is not None:
                    running[threads.submit(function, following[1])] = following[0]
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    index = running.pop(future)
                    on_done(index, future.result())
        finally:
            for future in running:
                future.cancel()
