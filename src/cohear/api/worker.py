"""Runs of a pack, trained on whatever machine this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cohear.study.elsewhere.stand_alone import Worked
    from cohear.study.launch.progress import Progress


def worker(
    pack: str, out: str, *, shard: str = "1/1", jobs: int | None = None, progress: Progress | None = None
) -> Worked:
    """Train the runs of a pack, or a share of them, with nothing of the machine that made it.

    Args:
        pack: URL or folder.
        out: URL or folder that gets ``runs/<key>``; that of the pack, where ``Study.run`` is to find them.
        shard: the I-th of N shares, ``I/N``.
        jobs: runs at once; None for one a core.
        progress: told of the runs.

    Raises:
        UserError: there is no whole pack, it was made for other code than there is here, or nothing can be written.
        RunFailed: runs failed one after another with the same error, and nothing that is left could fare better.
    """
    from cohear.study.elsewhere.stand_alone import work

    return work(pack, out, shard=shard, jobs=jobs, progress=progress)
