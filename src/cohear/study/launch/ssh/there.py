"""The worker on a host: takes a pack and runs from its driver, and gives back what they leave.

``python -m cohear.study.launch.ssh.there`` reads messages (``frames.py``) from standard input and answers on standard
output. Runs are carried out as those of the launcher ``local``. When its input closes, or nothing comes for a while
because the way to the driver is cut, it ends, and with it all that it started.
"""

from __future__ import annotations

import os
import select
import shutil
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, replace
from io import FileIO
from pathlib import Path
from typing import Any

from cohear.base.errors import CohearError
from cohear.base.files import (
    cache_folder,
    digest_of,
    make_folder,
    remove_left_behind,
    storage_errors_told,
    write_bytes,
)
from cohear.base.temporary import temporary_beside
from cohear.runs.carried import Carried, within_pack
from cohear.runs.job import read_spec
from cohear.runs.pack_index import Blob, PackIndex
from cohear.runs.place import RunPlace
from cohear.study.launch.brought import contents_left, digests_of
from cohear.study.launch.launcher import RunEvent
from cohear.study.launch.local import Local
from cohear.study.launch.ssh.frames import read_frame, write_frame

SILENCE_SECONDS = 90.0
"""Without a word of the driver, who says several a minute that it is there."""


class Ear(FileIO):
    """A pipe that is taken for closed when nothing came for a while."""

    def read(self, size: int | None = -1) -> bytes:
        """What comes, or nothing."""
        return (super().read(size) or b"") if select.select([self], [], [], SILENCE_SECONDS)[0] else b""


def main() -> None:
    """Serve one driver."""
    with Ear(0, "rb", closefd=False) as asks, os.fdopen(os.dup(1), "wb", 0) as answers:
        os.dup2(sys.stderr.fileno(), 1)  # what a user's module prints is no answer of ours
        told = read_frame(asks)
        if told is None:
            return
        folder = make_folder(cache_folder() / "ssh")
        remove_left_behind(folder)
        runs = temporary_beside(folder / "runs")
        try:
            _Worker(told[0], folder, runs, answers).serve(asks)
        except CohearError as error:
            with suppress(OSError):
                write_frame(answers, {"refused": str(error)})
        except BrokenPipeError:
            pass
        finally:
            shutil.rmtree(runs, ignore_errors=True)


class _Worker:
    """What is begun for one driver.

    Args:
        told: the first message: index of the pack, place of the runs, and how many at once.
        folder: keeps the files of all packs that were sent here.
        runs: gets folders of runs, until they have been given back.
        answers: to the driver.
    """

    def __init__(self, told: dict[str, Any], folder: Path, runs: Path, answers: FileIO) -> None:
        index = PackIndex.model_validate(told["index"])
        self._held, self._left, self._runs = folder / "pack", runs / "left", make_folder(runs / "made")
        make_folder(self._left)
        self._pack = Carried.of(str(self._held), index, cache_folder(), [self._left])
        # runs come one by one, and one that waits here for others would have no room elsewhere
        self._pool = Local(self._pack, self._runs, told["jobs"], replace(RunPlace(**told["place"]), together=1))
        self._files: dict[str, list[str]] = {}
        self._answers, self._one = answers, threading.Lock()
        self._started = threading.Event()

    def serve(self, asks: FileIO) -> None:
        """Until the driver has gone.

        Raises:
            CohearError: nothing can be written here, or the pack cannot be opened.
        """
        lacks = [blob.name for blob in self._pack.index.blobs if not self._has(blob)]
        self._answer({"lacks": lacks, "room": self._pool.room()})
        threading.Thread(target=self._pass_on, daemon=True).start()
        try:
            while (told := read_frame(asks)) is not None:
                self._do(*told)
        finally:
            self._pool.close()

    def _do(self, message: dict[str, Any], content: bytes) -> None:
        if "blob" in message:
            self._write(self._held, message["blob"], content)
        elif "sent" in message:
            self._pack.open()
            self._answer({"ready": True})
        elif "left" in message:
            self._write(self._left, message["left"], content)
        elif "specification" in message:
            spec = read_spec(message["specification"])
            self._files[spec.key] = message["files"]
            self._pool.start(spec, frozenset(message["files"]))
            self._started.set()

    def _write(self, folder: Path, name: str, content: bytes) -> None:
        path = folder / within_pack(name)
        make_folder(path.parent)
        with storage_errors_told(path):
            write_bytes(path, content)

    def _has(self, blob: Blob) -> bool:
        return digest_of(self._held / within_pack(blob.name)) == blob.digest

    def _pass_on(self) -> None:
        """What happens to runs, as long as this process lives."""
        try:
            while self._started.wait():
                self._started.clear()
                for event in self._pool.events():
                    self._tell(event)
        except (CohearError, OSError) as error:
            with suppress(OSError):
                self._answer({"refused": str(error), "said": True})

    def _tell(self, event: RunEvent) -> None:
        """Of a finished run, all that it left; it stays here no longer."""
        if event.kind != "finished":
            failure = asdict(event.failure) if event.failure else None
            self._answer({"event": event.kind, "run": event.run, "failure": failure})
            return
        place = self._runs / event.run
        contents = contents_left(place, self._files[event.run])
        files = [[name, len(contents[name]), digest] for name, digest in digests_of(contents).items()]
        self._answer({"event": "finished", "run": event.run, "files": files}, b"".join(contents.values()))
        shutil.rmtree(place, ignore_errors=True)

    def _answer(self, message: dict[str, Any], content: bytes = b"") -> None:
        with self._one:
            write_frame(self._answers, message, content)


if __name__ == "__main__":
    main()
