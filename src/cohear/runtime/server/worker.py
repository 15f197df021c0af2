"""The process that decodes: clips come in on standard input, samples go out on standard output.

A clip is a line of JSON (``bytes`` of its file, ``rate`` and ``hops`` that are wanted) and its file's bytes. An answer
is a line of JSON: ``status`` and ``reason``, or ``channels_cancel`` and ``bytes`` with so many bytes of float32 samples
at the wanted rate after it, and after these as many of float64 sums over each hop as ``own`` tells.
Samples are resampled here, as they are decoded, so that what a clip takes depends on its seconds alone and not on its
rate or its channels.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cohear.audio.decode import UnreadableAudio, audio_info, open_blocks
from cohear.audio.segment import Segment
from cohear.audio.unreadable import NoDecoder
from cohear.base.errors import DataError
from cohear.runtime.resampled import Intake, Resampled
from cohear.runtime.scale import check_largest
from cohear.runtime.server.limits import Limits, Refused
from cohear.runtime.server.raw import check_sound


def read_clip(path: Path, rate: int, hops: Sequence[int], limits: Limits) -> tuple[Resampled, bool]:
    """Decode within limits; the header is looked at before anything is decoded.

    Returns:
        Mono samples at ``rate`` with sums over ``hops``, and whether the channels cancel that they are the mean of.

    Raises:
        Refused: it is no audio, or beyond a limit.
    """
    try:
        info = audio_info(path)
        check_sound(info.rate, info.channels, limits)
        most = int(limits.duration * info.rate)
        if info.frames is not None and info.frames > most:
            raise _too_long(limits)
        with open_blocks(Segment(path)) as audio:
            intake = Intake(info.rate, rate, hops)
            blocks = [*map(intake.push, _at_most(audio.blocks, most, limits)), intake.end()]
            own = zip(*(block.own for block in blocks), strict=True)
            check_largest(audio.meter.largest)
            samples = np.concatenate([block.samples for block in blocks])
            return Resampled(samples, tuple(map(np.concatenate, own))), audio.meter.cancel
    except UnreadableAudio as error:
        raise Refused(415 if isinstance(error, NoDecoder) else 422, error.reason) from error
    except DataError as error:
        raise Refused(422, str(error)) from error
    except MemoryError as error:
        raise Refused(422, "it needs more memory than a clip may") from error


def _at_most(blocks: Iterator[NDArray[np.float32]], most: int, limits: Limits) -> Iterator[NDArray[np.float32]]:
    """Blocks of so many samples in all: a header may not tell, or not the truth."""
    for block in blocks:
        most -= len(block)
        if most < 0:
            raise _too_long(limits)
        yield block


def _too_long(limits: Limits) -> Refused:
    return Refused(413, f"it is longer than {limits.duration:g} s")


def main() -> None:
    """Decode until standard input ends."""
    limits = Limits(**json.loads(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.decoder_memory, limits.decoder_memory))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while head := source.readline():
        asked = json.loads(head)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + limits.seconds) + 1, hard))
        file = os.memfd_create("clip")  # a file without a disk: the server may run from a read-only one
        try:
            with os.fdopen(file, "wb", closefd=False) as stream:
                stream.write(source.read(asked["bytes"]))
            clip, cancel = read_clip(Path(f"/proc/self/fd/{file}"), asked["rate"], asked["hops"], limits)
            sums = [each.nbytes for each in clip.own]
            head = {"bytes": clip.samples.nbytes, "own": sums, "channels_cancel": cancel}
            sink.write(json.dumps(head).encode() + b"\n")
            sink.write(clip.samples.tobytes() + b"".join(each.tobytes() for each in clip.own))
        except Refused as refused:
            sink.write(json.dumps({"status": refused.status, "reason": refused.reason}).encode() + b"\n")
        finally:
            os.close(file)
        sink.flush()


if __name__ == "__main__":
    main()
