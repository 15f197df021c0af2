"""Every container, codec and damage: the duration is that of what is there, or the file is refused by name."""

from dataclasses import dataclass

import damages
import pytest
from encoders import FFMPEG, LIBSNDFILE, SECONDS, by_ffmpeg, by_libsndfile, reference_seconds, speex

from cohear.audio.decode import UnreadableAudio, open_blocks
from cohear.audio.segment import Segment

TOLERANCE = 0.1
MP3_DELAY = 0.15  # of an encoder at 16 kHz, where no table in the file tells it
SIZES = [
    damages.size_zero,
    damages.size_ones,
    damages.size_more,
    damages.size_less,
    damages.size_half,
    damages.size_with_header,
]
UNSTATED = {
    "adts",
    "amr",
    "ac3",
    "eac3",
    "mpegts",
    "flv",
    "mp2",
    "IRCAM",
    "PAF",
    "PVF",
}
"""Formats that say nothing of their length: what is left of a file that was cut is all there is."""


@dataclass(frozen=True)
class Case:
    """A file.

    Attributes:
        name: of the test.
        make: its bytes.
        seconds: how long it is: a number, ``cut`` where it must be refused as cut short, or ``reference`` for as long
            as another decoder finds it.
        delay: seconds that the codec may add.
        is_odd: whether something must be told of it; None where either is fine.
    """

    name: str
    make: object
    seconds: float | str
    delay: float = 0.0
    is_odd: bool | None = None


def damaged(base, content, seconds, delay, *functions, is_odd=True):
    return [
        Case(f"{base}-{function.__name__}", lambda f=function: f(content()), seconds, delay, is_odd)
        for function in functions
    ]


def whole_and_cut():
    """Each file as its encoder made it, and its first part alone."""
    for container, subtype, delay in LIBSNDFILE:
        name = f"{container}-{subtype}"
        yield Case(name, lambda c=container, s=subtype: by_libsndfile(c, s), SECONDS, delay, False)
        seconds = damages.SHARE * SECONDS if container in UNSTATED else "cut"
        yield Case(name + "-cut", lambda c=container, s=subtype: damages.cut(by_libsndfile(c, s)), seconds, delay)
    for container, codec, delay, rate, options in FFMPEG:
        settings = "-".join(value for _, value in options)
        name = "-".join(filter(None, ("av", container, codec, str(rate), settings)))
        is_plain = container == "mp3" and ("write_xing", "0") in options
        is_streamed = container in UNSTATED or ("live", "1") in options or is_plain
        content = lambda c=container, e=codec, r=rate, o=options: by_ffmpeg(c, e, r, o)  # noqa: E731
        yield Case(name, content, SECONDS, delay, None if name.startswith("av-wav-libmp3lame") else is_plain)
        yield Case(
            name + "-cut",
            lambda content=content: damages.cut(content()),
            "reference" if is_streamed else "cut",
            delay,
        )


def sizes_of_chunks():
    for container, subtype in [
        ("WAV", "PCM_16"),
        ("WAV", "FLOAT"),
        ("RF64", "PCM_16"),
        ("W64", "PCM_16"),
        ("AIFF", "PCM_16"),
        ("CAF", "PCM_16"),
        ("AU", "PCM_16"),
    ]:
        content = lambda c=container, s=subtype: by_libsndfile(c, s)  # noqa: E731
        functions = [function for function in SIZES if (container, function) != ("CAF", damages.size_less)]
        yield from damaged(f"{container}-{subtype}", content, SECONDS, 0, *functions)
    for subtype, delay in [("PCM_U8", 0), ("PCM_24", 0), ("ULAW", 0), ("IMA_ADPCM", 0.07), ("MS_ADPCM", 0.07)]:
        content = lambda s=subtype: by_libsndfile("WAV", s)  # noqa: E731
        yield from damaged(f"WAV-{subtype}", content, SECONDS, delay, damages.all_zero, damages.all_ones)
    content = lambda: by_libsndfile("WAV", "PCM_16")  # noqa: E731
    yield from damaged(
        "WAV-PCM_16",
        content,
        SECONDS,
        0,
        damages.all_zero,
        damages.all_ones,
        damages.all_zero_and_chunk,
        damages.more_and_chunk,
    )
    yield from damaged("WAV-PCM_16", content, SECONDS, 0, damages.chunk_behind, damages.zeros_behind, is_odd=False)
    for container in ("WAV", "RF64", "W64", "AIFF", "CAF", "AU", "NIST", "VOC", "AVR", "SVX", "SDS"):
        content = lambda c=container: by_libsndfile(c, "PCM_16")  # noqa: E731
        yield from damaged(f"{container}-PCM_16", content, 2 * SECONDS, 0, damages.twice)
    content = lambda: by_ffmpeg("wav", "libmp3lame")  # noqa: E731
    yield from damaged("WAV-MP3", content, SECONDS, MP3_DELAY, damages.all_zero, damages.all_ones, damages.chunk_behind)


def flac():
    for name, content in [
        ("FLAC-sf", lambda: by_libsndfile("FLAC", "PCM_16")),
        ("FLAC-stereo", lambda: by_libsndfile("FLAC", "PCM_24", 8000, 2)),
        ("FLAC-av", lambda: by_ffmpeg("flac", "flac")),
    ]:
        yield from damaged(name, content, SECONDS, 0, damages.flac_unstated, damages.flac_understated)
        yield from damaged(name, content, 2 * SECONDS, 0, damages.twice)
        yield from damaged(name, content, SECONDS, 0, damages.tag_behind, damages.tag_before, is_odd=False)
        yield from damaged(name, content, "reference", 0, damages.flac_unstated_and_cut)


def mp3():
    for name, rate, options in [("16k", 16000, ()), ("44k", 44100, (("b", "128000"),)), ("vbr", 22050, (("q", "4"),))]:
        tagged = lambda r=rate, o=options: by_ffmpeg("mp3", "libmp3lame", r, (("id3v2_version", "0"), *o))  # noqa: E731
        plain = lambda r=rate, o=options: by_ffmpeg(  # noqa: E731
            "mp3", "libmp3lame", r, (("write_xing", "0"), ("id3v2_version", "0"), *o)
        )
        yield from damaged(f"MP3-{name}", tagged, 2 * SECONDS, 0, damages.twice)
        yield from damaged(f"MP3-{name}", tagged, SECONDS, MP3_DELAY, damages.xing_understated, damages.junk_inside)
        yield from damaged(f"MP3-{name}", tagged, SECONDS, 0, damages.tag_behind, damages.tag_before, is_odd=False)
        yield Case(f"MP3-{name}-plain", plain, SECONDS, MP3_DELAY, True)
        yield from damaged(f"MP3-{name}-plain", plain, 2 * SECONDS, 2 * MP3_DELAY, damages.twice)
        yield from damaged(
            f"MP3-{name}-plain", plain, SECONDS, MP3_DELAY, damages.tag_behind, damages.tag_before, damages.junk_inside
        )
        yield from damaged(f"MP3-{name}-plain", plain, "reference", MP3_DELAY, damages.begins_inside)


def ogg():
    for name, content, delay in [
        ("Vorbis", lambda: by_libsndfile("OGG", "VORBIS"), 0),
        ("Vorbis-stereo", lambda: by_libsndfile("OGG", "VORBIS", 44100, 2), 0),
        ("Opus", lambda: by_libsndfile("OGG", "OPUS"), 0),
        ("Opus-av", lambda: by_ffmpeg("ogg", "libopus", 48000), 0.04),
    ]:
        yield from damaged(f"Ogg-{name}", content, SECONDS, delay, damages.no_end_mark)
        yield from damaged(f"Ogg-{name}", content, 2 * SECONDS, 2 * delay, damages.chained)
        yield from damaged(f"Ogg-{name}", content, 3 * SECONDS, 3 * delay, damages.three_chained)
    yield Case("Ogg-Speex", speex, SECONDS, 0.04, False)
    yield Case("Ogg-Speex-cut", lambda: damages.cut(speex()), "cut", 0.04)


CASES = [*whole_and_cut(), *sizes_of_chunks(), *flac(), *mp3(), *ogg()]


def test_the_grid_is_large():
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_duration(case, tmp_path):
    content = case.make()
    file = tmp_path / "a.bin"
    file.write_bytes(content)
    try:
        with open_blocks(Segment(file)) as audio:
            seconds = sum(map(len, audio.blocks)) / audio.rate
    except UnreadableAudio as error:
        assert case.seconds == "cut", error.reason
        assert "cut short" in error.reason
        assert error.kind == "truncated"
        return
    assert case.seconds != "cut", f"{seconds:.2f} s of a file whose end is missing"
    wanted = reference_seconds(content) if case.seconds == "reference" else case.seconds
    assert abs(seconds - wanted) <= TOLERANCE + case.delay
    if case.is_odd is not None:
        assert bool(audio.oddities) is case.is_odd, audio.oddities
