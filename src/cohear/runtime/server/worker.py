"""The process that decodes: clips come in on standard input, samples go out on standard output.

A clip is 8 bytes of length and its file's bytes. An answer is a line of JSON: ``status`` and ``reason``, or ``rate``
and ``bytes`` with so many bytes of float32 samples after it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cohear.audio.decode import UnreadableAudio, audio_info, open_blocks
from cohear.audio.segment import Segment
from cohear.runtime.server.limits import Limits, Refused


def read_clip(path: Path, limits: Limits) -> tuple[NDArray[np.float32], int]:
    """Decode within limits; the header is looked at before anything is decoded.

    Raises:
        Refused: it is no audio, or beyond a limit.
    """
    try:
        info = audio_info(path)
        if info.channels > limits.channels:
            raise Refused(422, f"it has {info.channels} channels, at most {limits.channels} are taken")
        if not limits.lowest_rate <= info.rate <= limits.highest_rate:
            raise Refused(422, f"its rate is {info.rate} Hz, not {limits.lowest_rate} to {limits.highest_rate}")
        taken, most = [], limits.duration * info.rate
        with open_blocks(Segment(path)) as audio:
            for block in audio.blocks:
                most -= len(block)
                if most < 0:
                    raise Refused(413, f"it is longer than {limits.duration:g} s")
                taken.append(block)
    except UnreadableAudio as error:
        raise Refused(422, error.reason) from error
    except MemoryError as error:
        raise Refused(422, "it needs more memory than a clip may") from error
    return np.concatenate(taken), info.rate


def main() -> None:
    """Decode until standard input ends."""
    limits = Limits(**json.loads(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.decoder_memory, limits.decoder_memory))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(8)) == 8:
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + limits.seconds) + 1, hard))
        file = os.memfd_create("clip")  # a file without a disk: the server may run from a read-only one
        try:
            with os.fdopen(file, "wb", closefd=False) as stream:
                stream.write(source.read(int.from_bytes(head, "big")))
            samples, rate = read_clip(Path(f"/proc/self/fd/{file}"), limits)
            content = samples.tobytes()
            sink.write(json.dumps({"rate": rate, "bytes": len(content)}).encode() + b"\n" + content)
        except Refused as refused:
            sink.write(json.dumps({"status": refused.status, "reason": refused.reason}).encode() + b"\n")
        finally:
            os.close(file)
        sink.flush()


if __name__ == "__main__":
    main()
