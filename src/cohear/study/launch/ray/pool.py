"""The launcher ``ray``: a task of Ray for each run, which Ray puts where there is room and where its features are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from cohear.base.errors import CohearError, FolderError, UserError
from cohear.base.files import digest
from cohear.runs.pack import Pack
from cohear.runs.pack_index import Blob
from cohear.runs.place import PROCESSOR, RunPlace
from cohear.runs.spec import Spec
from cohear.study.launch.brought import why_not_kept
from cohear.study.launch.failure import Failure
from cohear.study.launch.launcher import HERE, LAUNCHERS, Pool, RunEvent
from cohear.study.launch.ray.cluster import Cluster, ShareOfNode
from cohear.study.launch.ray.there import Asked, SaidOfRun, carry_out_there
from cohear.study.launch.same_code import SameCode
from cohear.study.launch.ssh.carry import PackToSend, can_be_sent

NAME = "ray"


@LAUNCHERS.register(NAME)
class Ray(Pool):
    """Runs as tasks of Ray.

    A node that is lost costs the runs that it had, which go to others. One with other versions, or where nothing can be
    written, is told of and left out.

    Args:
        pack, runs, jobs, place: as of every pool; ``jobs`` is of the whole cluster.
        address: of the cluster's head, or ``auto``; empty begins one on this machine, for this command alone.
        cpus: cores that a run takes of a node.
        gpus: accelerators that it takes; None for one where the study asks for CUDA.

    Raises:
        ValueError: a run of no or less than no core.
        TypeError: the pack is of a kind that cannot be sent.
    """

    here: ClassVar[bool] = False

    def __init__(
        self,
        pack: Pack,
        runs: Path,
        jobs: int | None = None,
        place: RunPlace = HERE,
        *,
        address: str = "",
        cpus: float = 1.0,
        gpus: float | None = None,
    ) -> None:
        wants_one = place.device not in (PROCESSOR, "auto")
        self._share = ShareOfNode(cpus, float(wants_one) if gpus is None else gpus)
        self._pack, self._runs, self._jobs, self._address = can_be_sent(pack), runs, jobs, address
        self._place = asdict(replace(place, launcher=NAME))
        self._cluster: Cluster | None = None
        self._sent: _Sent | None = None
        self._going: dict[Any, tuple[Spec, frozenset[str]]] = {}
        self._left_out: dict[str, str] = {}

    def room(self) -> int:
        """What the nodes have room for that are up now, unless told otherwise."""
        most = self._jobs or (self._cluster.slots(self._share, self._left_out) if self._cluster else 1)
        return max(most - len(self._going), 0 if self._going else 1)

    def start(self, spec: Spec, files: frozenset[str]) -> None:
        """Hand it to Ray; the first run connects.

        Raises:
            UserError: there is no cluster, or none of its nodes is large enough.
        """
        if self._cluster is None:
            self._cluster = Cluster(self._address)
        if not self._cluster.slots(self._share, self._left_out):
            self._refuse()
        if self._sent is None:
            self._sent = _Sent(self._cluster, self._pack, self._place)
        task = self._cluster.ray.remote(carry_out_there).options(
            num_cpus=self._share.cpus,
            num_gpus=self._share.gpus,
            num_returns="streaming",
            max_retries=0,  # what is tried again is the driver's
            label_selector={"ray.io/node-id": f"!in({','.join(self._left_out)})"} if self._left_out else {},
        )
        self._going[task.remote(*self._sent.asked(spec, files, self._pack))] = (spec, files)

    def events(self) -> Iterator[RunEvent]:
        """As tasks tell them.

        Raises:
            UserError: no node can be used.
            CohearError: cohear cannot be loaded on a node.
        """
        while self._going:
            assert self._cluster is not None
            ray = self._cluster.ray
            [task], _ = ray.wait(list(self._going), num_returns=1)
            spec, files = self._going[task]
            try:
                told: SaidOfRun = ray.get(next(task))
            except StopIteration:  # it has said how it ended
                self._going.pop(task, None)
                continue
            except ray.exceptions.RayTaskError as error:
                raise CohearError(
                    f"a node of the cluster cannot work for cohear: {error.cause or error}; install there what is here"
                ) from error
            except ray.exceptions.RayError as error:
                del self._going[task]
                yield RunEvent("killed", spec.key, Failure(f"its worker was lost: {_why(error)}", ""))
                continue
            yield from self._take(task, told, spec, files)

    def close(self) -> None:
        """End what is going, and leave the cluster."""
        if self._cluster is not None:
            for task in self._going:
                with suppress(Exception):  # it may be over
                    self._cluster.ray.cancel(task, force=True)
            self._cluster.close()
        self._going.clear()
        self._cluster = self._sent = None

    def _take(self, task: Any, told: SaidOfRun, spec: Spec, files: frozenset[str]) -> Iterator[RunEvent]:  # noqa: ANN401 - Ray's
        """What a node's words mean."""
        failure = Failure(**told.failure) if told.failure else None
        if told.event == "started":
            yield RunEvent("started", spec.key, seconds=told.seconds)
            return
        del self._going[task]
        concerns_node = failure is not None and failure.concerns_all == FolderError.__name__
        if failure and (told.event == "refused" or concerns_node):
            if told.node not in self._left_out:
                self._left_out[told.node] = f"node {told.host}: {failure.error}"
                self.say(f"node {told.host} is left out: {failure.error}")
            if concerns_node and told.event != "refused":
                yield RunEvent("killed", spec.key, failure)
            else:
                self.start(spec, files)
        elif told.event == "finished":
            why = why_not_kept(self._runs / spec.key, files, told.contents, told.digests, told.host)
            event = RunEvent("killed", spec.key, Failure(why, "")) if why else RunEvent("finished", spec.key)
            yield replace(event, seconds=told.seconds)
        else:
            yield RunEvent("failed" if told.event == "failed" else "killed", spec.key, failure, told.seconds)

    def _refuse(self) -> None:
        """Say why there is no node.

        Raises:
            UserError: always.
        """
        assert self._cluster is not None
        if self._left_out:
            raise UserError("; ".join(self._left_out.values()))
        there = [f"{node['NodeManagerAddress']}" for node in self._cluster.nodes()]
        raise UserError(
            f"a run takes {self._share}, and none of the nodes ({', '.join(there) or 'there is none'}) has that: add "
            "nodes, or ask for less with --cpus and --gpus"
        )


class _Sent:
    """What of a pack Ray has to carry: each file is put into its store once, and fetched by nodes that need it.

    Args:
        cluster: whose store takes it.
        pack: of the study.
        place: what each run may use.
    """

    def __init__(self, cluster: Cluster, pack: Any, place: dict[str, Any]) -> None:  # noqa: ANN401 - as can_be_sent says
        self._ray = cluster.ray
        made = PackToSend(pack, place["device"])
        try:
            index = made.index
            contents = {blob.name: made.carried.fetched(blob) for blob in index.blobs}
        finally:
            made.remove()
        self._of_index, self._index = index, self._ray.put(index.model_dump_json())
        self._blobs = {
            name: self._ray.put(np.frombuffer(content, np.uint8))  # of an array nodes make no copy
            for name, content in contents.items()
        }
        self._told: dict[str, Any] = {
            "pack": digest(index.model_dump(mode="json"), 8),
            "needs": SameCode.of(pack),
            "place": place,
        }

    def asked(self, spec: Spec, files: frozenset[str], pack: Pack) -> tuple[Any, ...]:
        """A run as a task takes it. What it reads are arguments: Ray puts it where most of them are, or can be soon."""
        blobs = self._read_by(spec)
        left = {f"{need.run}/{need.file}": pack.file(need) for need in spec.needs.values()}
        specification = spec.model_dump(mode="json")
        asked = Asked(specification=specification, files=sorted(files), blobs=blobs, left=left, **self._told)
        return (asked, self._index, *(self._blobs[blob.name] for blob in blobs))

    def _read_by(self, spec: Spec) -> list[Blob]:
        """Files of the pack that a run reads: of its own tasks, and all code."""
        splits = {task.split for task in spec.tasks}
        stores = {task.store for task in spec.tasks}
        index = self._of_index
        others = {
            "splits": {name: blob for name, blob in index.splits.items() if name in splits},
            "stores": {name: blobs for name, blobs in index.stores.items() if name in stores},
        }
        return index.model_copy(update=others).blobs


def _why(error: Exception) -> str:
    """The first sentence of what Ray says."""
    words = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return words.split(". ")[0].rstrip(".")
