"""The launcher ``ssh``: hosts take the runs of a study as they have room for them, and give back what these leave."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, replace
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import CohearError, FolderError, UserError
from cohear.base.plugins import packages_with_parts
from cohear.runs.carried import Carried
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.spec import Spec
from cohear.study.launch.brought import why_not_kept
from cohear.study.launch.failure import Failure
from cohear.study.launch.launcher import HERE, LAUNCHERS, Pool, RunEvent
from cohear.study.launch.ssh.carry import PackToSend, can_be_sent
from cohear.study.launch.ssh.host import Given, Host, Told
from cohear.study.launch.ssh.installed import code_here, first_text, packages_needed

NAME = "ssh"


@LAUNCHERS.register(NAME)
class Ssh(Pool):
    """Runs on other machines, by the system's ``ssh``.

    A host that is lost is looked for again for a while, and its runs go to others meanwhile. One that cannot be used is
    told of and left out, as long as another one is there.

    Args:
        pack, runs, jobs, place: as of every pool; ``jobs`` is of each host.
        hosts: as ssh takes them: ``user@vm``, ``ssh://user@vm:2222``, or names of ``~/.ssh/config``.
        python: on the hosts.

    Raises:
        ValueError: no host, or one that is none.
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
        hosts: Sequence[str] = (),
        python: str = "python3",
    ) -> None:
        self._names = list(dict.fromkeys(map(str, [hosts] if isinstance(hosts, str) else hosts)))
        if not self._names:
            raise ValueError("needs machines to go to, as in --host user@vm")
        if wrong := [name for name in self._names if not name.strip() or name.startswith("-")]:
            raise ValueError(f"{wrong[0]!r} is no host")
        self._pack, self._runs, self._jobs, self._python = can_be_sent(pack), runs, jobs, python
        self._place = replace(place, launcher=NAME)
        self._to_send: Future[PackToSend] = Future()
        self._hosts: list[Host] = []
        self._told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._waiting: deque[tuple[Spec, frozenset[str]]] = deque()
        self._gone: dict[str, str] = {}
        self._was_ready = False

    def room(self) -> int:
        """As the hosts have said; one that has not said anything yet may have room for one run."""
        unknown = self._jobs or 1
        there = [host.room if host.is_ready else unknown for host in self._hosts if not host.is_gone]
        most = sum(there) if self._hosts else unknown * len(self._names)
        busy = len(self._waiting) + sum(len(host.going) for host in self._hosts)
        return max(most - busy, 0 if busy else 1)

    def start(self, spec: Spec, files: frozenset[str]) -> None:
        """Give it to a host that has room, now or as soon as one has; the first run makes all hosts ready."""
        self._waiting.append((spec, files))
        if not self._hosts:
            self._reach_hosts()
        self._hand_out()

    def events(self) -> Iterator[RunEvent]:
        """As hosts tell them.

        Raises:
            UserError: no host could be used.
            CohearError: none is left.
        """
        while self._waiting or any(host.going for host in self._hosts):
            if all(host.is_gone for host in self._hosts):
                self._give_up()
            yield from self._take(self._told.get())
            self._hand_out()

    def close(self) -> None:
        """End what hosts do, and take away what was made for the way."""
        for host in self._hosts:
            host.close()
            host.going.clear()
        self._waiting.clear()
        if self._to_send.done() and self._to_send.exception() is None:
            self._to_send.result().remove()

    def _reach_hosts(self) -> None:
        """Begin with all of them at once, and make meanwhile what is sent.

        Raises:
            UserError: the features are not there, or cannot be written.
        """
        with_parts = self._pack.index.packages if isinstance(self._pack, Carried) else packages_with_parts()
        given = Given(
            text=first_text(),
            code=code_here(),
            packages=packages_needed(self._pack.manifest.versions, with_parts),
            pack=self._to_send.result,
            place=asdict(self._place),
            jobs=self._jobs,
            python=self._python,
        )
        self._hosts = [Host(name, given, self._told) for name in self._names]
        try:
            self._to_send.set_result(PackToSend(self._pack, self._place.device))
        except BaseException as error:
            self._to_send.set_exception(CohearError(str(error)))
            raise

    def _hand_out(self) -> None:
        """Runs that wait go to the host with most room."""
        while self._waiting:
            free = [host for host in self._hosts if host.is_ready and len(host.going) < host.room]
            if not free:
                return
            host = max(free, key=lambda each: each.room - len(each.going))
            host.start(*self._waiting.popleft(), self._pack.file)

    def _take(self, told: Told) -> Iterator[RunEvent]:
        """What a host says means."""
        host = told.by
        if told.kind == "said":
            self.say(f"host {host.name}: {told.why}")
        elif told.kind == "ready":
            host.room, host.is_ready, self._was_ready = told.message["room"], True, True
        elif told.kind == "message":
            yield from self._run_event(told)
        else:
            yield from self._lose(host, told.why, for_good=told.kind == "gone")

    def _lose(self, host: Host, why: str, *, for_good: bool) -> Iterator[RunEvent]:
        """Its runs are killed: whoever drives begins them again, on whichever host."""
        host.is_ready, host.is_gone = False, for_good
        if for_good:
            self._gone[host.name] = why
            if len(self._gone) < len(self._names):
                self.say(f"host {host.name} is left out: {why}")
        lost, host.going = host.going, {}
        for key in lost:
            yield RunEvent("killed", key, Failure(f"host {host.name} was lost: {why}", ""))

    def _run_event(self, told: Told) -> Iterator[RunEvent]:
        """What became of a run; one that is nobody's any more is passed over."""
        host, message = told.by, told.message
        key = message.get("run", "")
        if key not in host.going:
            return
        if message["event"] == "started":
            yield RunEvent("started", key)
            return
        _, files = host.going.pop(key)
        failure = Failure(**message["failure"]) if message.get("failure") else None
        if message["event"] == "finished":
            yield self._brought(key, files, told)
        elif failure and failure.concerns_all == FolderError.__name__:  # that host's disk, and no other's
            host.close()
            yield RunEvent("killed", key, failure)
            yield from self._lose(host, failure.error, for_good=True)
        else:
            yield RunEvent(message["event"], key, failure)

    def _brought(self, key: str, files: frozenset[str], told: Told) -> RunEvent:
        """Keep what a run has left, where it came whole.

        Raises:
            FolderError: it cannot be written here.
        """
        contents, digests, begin = {}, {}, 0
        for name, size, digest in told.message["files"]:
            contents[name], digests[name] = told.content[begin : begin + size], digest
            begin += size
        why = why_not_kept(self._runs / key, files, contents, digests, told.by.name)
        return RunEvent("killed", key, Failure(why, "")) if why else RunEvent("finished", key)

    def _give_up(self) -> None:
        """Say why there is no host.

        Raises:
            UserError: none could be used.
            CohearError: none is left.
        """
        why = "; ".join(f"host {name}: {reason}" for name, reason in self._gone.items())
        if self._was_ready:
            raise CohearError(f"no host is left: {why}; run the same again to go on")
        raise UserError(why)
