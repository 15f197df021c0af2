"""One host: the way to it, what is made ready there, and what it says; a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cohear.base.errors import CohearError, UserError
from cohear.runs.pack_index import Blob
from cohear.runs.spec import Need, Spec
from cohear.study.launch.ssh.carry import PackToSend
from cohear.study.launch.ssh.connection import Connection, HostLost
from cohear.study.launch.ssh.installed import OLDEST_PYTHON

AGAIN_AFTER = (1.0, 3.0, 10.0, 30.0)
"""Seconds before each further try to reach a host that was lost while it worked."""
WORD_SECONDS = 15.0
"""A host hears at least every so often that its driver lives."""


@dataclass(frozen=True)
class Told:
    """What a host says to its pool.

    Attributes:
        by: the host.
        kind: ready; a message of its worker; lost, and tried again; gone, for good; said, a sentence for the user.
        message, content: of the worker.
        why: of lost, gone and said.
    """

    by: Host
    kind: str
    message: dict[str, Any] = field(default_factory=dict)
    content: bytes = b""
    why: str = ""


@dataclass(frozen=True)
class Given:
    """What all hosts of a pool are given.

    Attributes:
        text: what a host does first.
        code: digest of cohear's code, and the code.
        packages: that runs need.
        pack: made once, when the first host asks.
        place: of the runs, but for the host's name.
        jobs: at once on a host; None for what it has room for.
        python: on the host.
    """

    text: bytes
    code: tuple[str, bytes]
    packages: dict[str, str]
    pack: Callable[[], PackToSend]
    place: dict[str, Any]
    jobs: int | None
    python: str


class Host:
    """A machine, its runs, and the connection to it.

    Args:
        name: as ssh takes it.
        given: what it is to have.
        told: takes what it says.
    """

    def __init__(self, name: str, given: Given, told: queue.SimpleQueue[Told]) -> None:
        self.name, self._given, self._told = name, given, told
        self.room, self.is_ready, self.is_gone = 0, False, False
        self.going: dict[str, tuple[Spec, frozenset[str]]] = {}
        self._has: set[Need] = set()
        self._outbox: queue.SimpleQueue[Callable[[Connection], None] | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def start(self, spec: Spec, files: frozenset[str], file: Callable[[Need], bytes]) -> None:
        """Send a run, and before it what other runs left for it."""
        self.going[spec.key] = (spec, files)
        for need in set(spec.needs.values()) - self._has:
            self._has.add(need)
            content, name = file(need), f"{need.run}/{need.file}"
            self._outbox.put(lambda way, name=name, content=content: way.send({"left": name}, content))  # type: ignore[misc]
        message = {"specification": spec.model_dump(mode="json"), "files": sorted(files)}
        self._outbox.put(lambda way: way.send(message))

    def close(self) -> None:
        """Whatever it does ends."""
        self._closed.set()
        self._outbox.put(None)
        if (way := self._connection) is not None:
            way.end()
        self._thread.join(timeout=2)

    def _live(self) -> None:
        """Until it is gone for good or nobody wants it."""
        pauses, was_ready = iter(AGAIN_AFTER), False
        while not self._closed.is_set():
            try:
                self._connect()
                pauses, was_ready = iter(AGAIN_AFTER), True
                while True:
                    message, content = self._heard()
                    self._told.put(Told(self, "message", message, content))
            except Exception as error:  # whatever it is, the pool must hear that there is one host less
                why = str(error) if isinstance(error, CohearError) else f"{type(error).__name__}: {error}"
                can_be_mended = was_ready and isinstance(error, HostLost)
            finally:
                self._hang_up()
            if self._closed.is_set():
                return
            pause = next(pauses, None) if can_be_mended else None
            self._told.put(Told(self, "gone" if pause is None else "lost", why=why))
            if pause is None:
                return
            self._closed.wait(pause)

    def _connect(self) -> None:
        """Reach it, and make ready what its worker needs.

        Raises:
            UserError: it cannot be had.
            HostLost: it cannot be reached, or not any more.
        """
        given = self._given
        self._connection = way = Connection(self.name, given.python, given.text)
        if self._closed.is_set():
            raise HostLost("nobody wants it any more")
        asked = {"oldest": OLDEST_PYTHON, "code": given.code[0], "packages": given.packages}
        way.send(asked)
        while "python" not in (told := self._heard()[0]):
            if told.get("code") is False:
                way.send({}, given.code[1])
            if "makes" in told:
                sentence = f"{', '.join(told['lacking'])} is installed there, in {told['makes']}"
                self._told.put(Told(self, "said", why=sentence))
        pack = given.pack()
        place = {**given.place, "host": self.name}
        way.send({"index": pack.index.model_dump(mode="json"), "place": place, "jobs": given.jobs})
        told, _ = self._heard()
        self._send_pack(way, pack, told["lacks"])
        way.send({"sent": True})
        self._heard()
        self._has, self._outbox = set(), queue.SimpleQueue()
        threading.Thread(target=self._send, args=(way, self._outbox), daemon=True).start()
        self._told.put(Told(self, "ready", {"room": told["room"]}))

    def _send_pack(self, way: Connection, pack: PackToSend, lacks: list[str]) -> None:
        blobs: dict[str, Blob] = {blob.name: blob for blob in pack.index.blobs}
        size = sum(blobs[name].size for name in lacks)
        if size:
            self._told.put(Told(self, "said", why=f"{size / 1e6:.1f} MB of the pack are sent there"))
        for name in lacks:
            way.send({"blob": name}, pack.carried.fetched(blobs[name]))

    def _heard(self) -> tuple[dict[str, Any], bytes]:
        """The next message.

        Raises:
            UserError: the host refuses.
            HostLost: it says nothing any more.
        """
        if self._connection is None:
            raise HostLost("the connection was closed")
        message, content = self._connection.receive()
        if "refused" in message:
            said = f" ({self._connection.said})" if message.get("said") and self._connection.said else ""
            raise UserError(f"{message['refused']}{said}")
        return message, content

    def _send(self, way: Connection, outbox: queue.SimpleQueue[Callable[[Connection], None] | None]) -> None:
        """What is put out for it, in its order; where that is nothing, that the driver lives."""
        while True:
            try:
                each = outbox.get(timeout=WORD_SECONDS)
            except queue.Empty:
                each = _lives
            try:
                if each is None:
                    return
                each(way)
            except HostLost:
                return  # whoever listens to it says so

    def _hang_up(self) -> None:
        self._outbox.put(None)
        if self._connection is not None:
            self._connection.forget()
            self._connection = None


def _lives(way: Connection) -> None:
    way.send({"alive": True})
