"""A worker that stands alone: trains the runs of a pack, with nothing of the machine that made it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cohear.base.errors import UserError
from cohear.base.files import cache_folder, make_folder
from cohear.base.url_folder import UrlFolder
from cohear.runs.carried import Carried
from cohear.runs.place import RunPlace
from cohear.runs.run_folder import RunFolders
from cohear.study.elsewhere.finished_runs import RUNS, leave_finished, leave_run, take_finished
from cohear.study.elsewhere.shares import share_number, share_of
from cohear.study.launch.device import device_here
from cohear.study.launch.driver import ensure
from cohear.study.launch.launcher import LAUNCHERS, RunEvent
from cohear.study.launch.needs import Wanted, with_needs
from cohear.study.launch.progress import NoProgress, PassedOn, Progress


@dataclass(frozen=True)
class Worked:
    """How a worker ended.

    Attributes:
        runs: of its share.
        trained: runs that this call trained; others were there.
        failed: errors by run.
        out: where the records are.
    """

    runs: int
    trained: int
    failed: Mapping[str, str]
    out: str


def work(
    pack: str, out: str, *, shard: str = "1/1", jobs: int | None = None, progress: Progress | None = None
) -> Worked:
    """Train the runs of a pack, or a share of them, and leave each where it belongs as soon as it is finished.

    It can be killed at any moment and called again: what lies there is not trained again.

    Args:
        pack: URL or folder.
        out: URL or folder that gets ``runs/<key>``; that of the pack, where a driver is to find them there.
        shard: the I-th of N shares, ``I/N``.
        jobs: runs at once; None for one a core.
        progress: told of the runs.

    Raises:
        UserError: there is no whole pack, it was made for other code or another device than there is here, or nothing
            can be written.
    """
    number, of = share_number(shard)
    progress = progress or NoProgress()
    place, cache = UrlFolder(out), make_folder(cache_folder())
    if not place.can_be_listed:
        raise UserError(f"--out: nothing can be left behind {out}; give a folder, a bucket or a host (sftp://)")
    carried = Carried.at(pack, cache)
    device_here(carried.index.device, progress)
    runs = make_folder(place.path / RUNS if place.path is not None else carried.code.parent / RUNS)
    carried = Carried.at(pack, cache, [runs])
    carried.open()
    wanted = [Wanted(spec, frozenset(carried.index.wanted[key])) for key, spec in carried.specs().items()]
    share = share_of(with_needs(wanted, RunFolders(runs)), number, of)
    if place.path is None:
        take_finished(place, share, runs)
        leave_finished(place, share, runs)  # of a call that was cut off in between
    launcher = LAUNCHERS["local"]
    with closing(launcher(carried, runs, jobs, RunPlace(carried.index.device))) as pool:
        leaving = progress if place.path is not None else _Leaving(progress, place, share, runs)
        ended = ensure(share.values(), pool, RunFolders(runs), progress=leaving)
    return Worked(len(share), len(ended.trained), ended.failed, out)


class _Leaving(PassedOn):
    """Sends each run as it ends."""

    def __init__(self, progress: Progress, place: UrlFolder, wanted: Mapping[str, Wanted], runs: Path) -> None:
        super().__init__(progress)
        self._place, self._wanted, self._runs = place, wanted, runs

    def run_event(self, event: RunEvent) -> None:
        """Send a finished one first: it is told as finished when it is there."""
        if event.kind == "finished":
            leave_run(self._place, self._wanted[event.run], self._runs)
        super().run_event(event)
