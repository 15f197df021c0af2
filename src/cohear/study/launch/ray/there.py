"""What a node does for a task of Ray: it carries one run out, as the launcher ``local`` does, and gives back its files.

Ray keeps a process for the tasks of a study; it has a worker server of its own, which has torch loaded and forks each
run. When Ray ends the process, the server ends, and with it the run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cohear.base.errors import CohearError
from cohear.base.files import cache_folder, make_folder, remove_left_behind, storage_errors_told, write_bytes
from cohear.base.temporary import temporary_beside
from cohear.runs.carried import Carried, within_pack
from cohear.runs.job import read_spec
from cohear.runs.pack_index import Blob, PackIndex
from cohear.runs.place import RunPlace
from cohear.study.launch.brought import contents_left, digests_of
from cohear.study.launch.failure import Failure
from cohear.study.launch.local import Local
from cohear.study.launch.same_code import SameCode

VISIBLE = "CUDA_VISIBLE_DEVICES"
"""Ray sets it to the accelerators that a task was given."""


@dataclass(frozen=True)
class Asked:
    """A run, as a node is asked for it.

    Attributes:
        pack: digest of the pack's index.
        needs: of the node.
        specification: of the run.
        files: that are wanted beside its record.
        blobs: files of the pack that come with it, in their order.
        left: what other runs left that it needs, by ``<key>/<file>``.
        place: what it may use.
    """

    pack: str
    needs: SameCode
    specification: dict[str, Any]
    files: list[str]
    blobs: list[Blob]
    left: dict[str, bytes]
    place: dict[str, Any]


@dataclass(frozen=True)
class SaidOfRun:
    """What a node says of a run.

    Attributes:
        event: started, finished, failed, killed; refused, where this node cannot carry runs out.
        node: Ray's id of it.
        host: its address.
        failure: of failed, killed and refused.
        contents: of finished: what it left, by file.
        digests: their checksums.
        seconds: of the processor.
    """

    event: str
    node: str
    host: str
    failure: dict[str, Any] | None = None
    contents: dict[str, bytes] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


_SEATS: dict[tuple[Any, ...], _Seat] = {}
"""The one of this process, by what it was made for."""


def carry_out_there(asked: Asked, index: str, *contents: Any) -> Iterator[SaidOfRun]:  # noqa: ANN401 - arrays of bytes
    """The task: first that it has begun, then how it ended."""
    import ray  # noqa: PLC0415 - in a process of Ray's

    node, host = ray.get_runtime_context().get_node_id(), ray.util.get_node_ip_address()
    if not _SEATS and (why := asked.needs.why_not_here()):  # a process that has worked may work
        yield SaidOfRun("refused", node, host, asdict(Failure(why, "")))
        return
    try:
        seat = _seat(asked.pack, index, os.environ.get(VISIBLE, ""), tuple({**asked.place, "host": host}.items()))
        yield from (_told(event, node, host) for event in seat.carry_out(asked, contents))
    except CohearError as error:
        yield SaidOfRun("refused", node, host, asdict(Failure.of(error)))


def _told(event: dict[str, Any], node: str, host: str) -> SaidOfRun:
    return SaidOfRun(node=node, host=host, **event)


class _Seat:
    """Where one run at a time is carried out.

    Args:
        index: of the pack, as JSON.
        place: what each run may use.
    """

    def __init__(self, index: str, place: dict[str, Any]) -> None:
        folder = make_folder(cache_folder() / "ray")
        remove_left_behind(folder)
        self.folder, self._held = temporary_beside(folder / "runs"), folder / "pack"
        self._runs, self._left = make_folder(self.folder / "made"), make_folder(self.folder / "left")
        pack = Carried.of(str(self._held), PackIndex.model_validate_json(index), cache_folder(), [self._left])
        self._pool = Local(pack, self._runs, 1, RunPlace(**place))
        self._there: set[str] = set()

    def carry_out(self, asked: Asked, contents: Sequence[Any]) -> Iterator[dict[str, Any]]:
        """See that what it reads is here, and do it.

        Raises:
            CohearError: this node can keep nothing, or start no worker.
        """
        for blob, content in zip(asked.blobs, contents, strict=True):
            self._keep(blob, content)
        for name, left in asked.left.items():
            self._write(self._left / within_pack(name), left)
        spec = read_spec(asked.specification)
        self._pool.start(spec, frozenset(asked.files))
        for event in self._pool.events():
            failure = asdict(event.failure) if event.failure else None
            told = {"event": event.kind, "failure": failure, "seconds": event.seconds}
            if event.kind == "finished":
                files = contents_left(self._runs / spec.key, asked.files)
                told |= {"contents": files, "digests": digests_of(files)}
                shutil.rmtree(self._runs / spec.key, ignore_errors=True)
            yield told

    def close(self) -> None:
        """Nobody wants it any more."""
        self._pool.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _keep(self, blob: Blob, content: Any) -> None:  # noqa: ANN401 - an array of bytes
        """Have a file of the pack on this node; what it holds is checked when it is read."""
        path = self._held / within_pack(blob.name)
        if blob.name in self._there or (path.exists() and path.stat().st_size == blob.size):
            self._there.add(blob.name)
            return
        self._write(path, memoryview(content))
        self._there.add(blob.name)

    def _write(self, path: Path, content: bytes | memoryview) -> None:
        make_folder(path.parent)
        with storage_errors_told(path):
            write_bytes(path, bytes(content))


def _seat(pack: str, index: str, visible: str, place: tuple[tuple[str, Any], ...]) -> _Seat:
    """The seat of this process; a study or accelerators that are others get a new one, since its worker has the old."""
    key = (pack, visible, place)
    if key not in _SEATS:
        for other in _SEATS.values():
            other.close()
        _SEATS.clear()
        _SEATS[key] = _Seat(index, dict(place))
    return _SEATS[key]
