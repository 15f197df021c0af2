"""Short recordings in every container and codec that libsndfile and FFmpeg's encoders make."""

import io
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE = 16000
SECONDS = 1.5
PYAV = "the extra `formats` is not installed: pip install -e '.[formats]'"
FIXTURES = Path(__file__).parent / "recordings"


@cache
def sound(rate=RATE, seconds=SECONDS):
    """A tone that gets louder, in noise, float32 ``[samples]``."""
    time = np.arange(round(rate * seconds)) / rate
    noise = np.random.default_rng(0).uniform(-0.05, 0.05, len(time))
    return (0.3 * time / seconds * np.sin(2 * np.pi * 440 * time) + noise).astype(np.float32)


@cache
def by_libsndfile(container, subtype, rate=RATE, channels=1):
    """A file's bytes."""
    stream = io.BytesIO()
    samples = sound(rate)
    stacked = np.stack([samples] * channels, axis=1) if channels > 1 else samples
    soundfile.write(stream, stacked, rate, format=container, subtype=subtype)
    return stream.getvalue()


@cache
def by_ffmpeg(container, codec, rate=RATE, options=(), channels=1):
    """A file's bytes; the test is skipped where PyAV is not installed."""
    av = pytest.importorskip("av", reason=PYAV)
    layout = "mono" if channels == 1 else "stereo"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made"
        _encode(av.open(str(file), "w", format=container, options=dict(options)), codec, rate, layout)
        return file.read_bytes()


def speex():
    """A file's bytes; no encoder at hand makes such files. The test is skipped where PyAV is not installed."""
    pytest.importorskip("av", reason=PYAV)
    return (FIXTURES / "speex.spx").read_bytes()


def _encode(output, codec, rate, layout):
    import av

    channels = 1 if layout == "mono" else 2
    with output:
        track = output.add_stream(codec, rate=rate, layout=layout)
        track.bit_rate = 64000 * channels
        resampler = av.AudioResampler(track.codec_context.format, layout, rate, track.codec_context.frame_size or 1024)
        samples = np.repeat(sound(rate)[None], channels, axis=0)
        for frame in (_frame(samples, rate, layout), None):
            for piece in resampler.resample(frame):
                output.mux(track.encode(piece))
        output.mux(track.encode(None))


def _frame(samples, rate, layout):
    import av

    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
    frame.sample_rate, frame.pts = rate, 0
    return frame


def reference_seconds(content, demuxer=None):
    """How long FFmpeg finds a file, as far as it decodes; the test is skipped where PyAV is not installed."""
    av = pytest.importorskip("av", reason=PYAV)
    with av.open(io.BytesIO(content), format=demuxer, metadata_errors="ignore") as container:
        samples = rate = 0
        for packet in container.demux(container.streams.audio[0]):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            for frame in frames:
                samples, rate = samples + frame.samples, frame.sample_rate
        return samples / rate


@dataclass(frozen=True)
class Made:
    """A recording.

    Attributes:
        name: for the test.
        content: the file.
        delay: seconds that the codec may add: what its encoder puts in front, and what fills its last frame.
        ending: of the file's name.
    """

    name: str
    content: bytes
    delay: float
    ending: str


BLOCK = 0.04
"""Delay of codecs of a few hundred samples a block."""
LIBSNDFILE = [
    *(("WAV", kind, 0) for kind in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW")),
    *(("WAV", kind, 0.07) for kind in ("IMA_ADPCM", "MS_ADPCM")),
    ("WAVEX", "PCM_16", 0),
    ("RF64", "PCM_16", 0),
    ("W64", "PCM_16", 0),
    ("AIFF", "PCM_16", 0),
    ("AIFF", "FLOAT", 0),
    ("AU", "PCM_16", 0),
    ("AU", "ULAW", 0),
    ("CAF", "PCM_16", 0),
    ("CAF", "ALAC_16", 0),
    ("FLAC", "PCM_16", 0),
    ("FLAC", "PCM_24", 0),
    ("OGG", "VORBIS", 0),
    ("OGG", "OPUS", 0),
    ("MP3", "MPEG_LAYER_III", 0),
    *(("NIST", kind, 0) for kind in ("PCM_16", "PCM_24", "ULAW")),
    *(("VOC", kind, 0) for kind in ("PCM_16", "PCM_U8", "ALAW")),
    *(("AVR", kind, 0) for kind in ("PCM_16", "PCM_U8")),
    *(("SVX", kind, 0) for kind in ("PCM_16", "PCM_S8")),
    *(("MAT4", kind, 0) for kind in ("PCM_16", "FLOAT", "DOUBLE")),
    *(("MAT5", kind, 0) for kind in ("PCM_16", "PCM_U8", "DOUBLE")),
    *(("SDS", kind, 0) for kind in ("PCM_S8", "PCM_16", "PCM_24")),
    ("MPC2K", "PCM_16", 0),
    *(("IRCAM", kind, 0) for kind in ("PCM_16", "FLOAT")),
    *(("PAF", kind, 0) for kind in ("PCM_16", "PCM_24")),
    ("PVF", "PCM_16", 0),
]
"""Container, codec, delay."""
FFMPEG = [
    ("wav", "pcm_s16le", 0, RATE, ()),
    ("wav", "pcm_f32le", 0, RATE, ()),
    ("wav", "adpcm_ms", 0.07, RATE, ()),
    ("wav", "libmp3lame", 0.15, RATE, ()),
    ("wav", "ac3", 0.06, 48000, ()),
    ("wav", "g722", BLOCK, RATE, ()),
    ("wav", "g726", BLOCK, 8000, ()),
    ("wav", "wmav2", 0.2, RATE, ()),
    ("w64", "pcm_s16le", 0, RATE, ()),
    ("aiff", "pcm_s16be", 0, RATE, ()),
    ("au", "pcm_s16be", 0, RATE, ()),
    ("caf", "pcm_s16be", 0, RATE, ()),
    ("caf", "alac", BLOCK, RATE, ()),
    ("flac", "flac", 0, RATE, ()),
    ("ogg", "libopus", BLOCK, 48000, ()),
    ("ogg", "flac", 0, RATE, ()),
    ("mp3", "libmp3lame", 0, RATE, (("id3v2_version", "3"),)),
    ("mp3", "libmp3lame", 0.15, RATE, (("write_xing", "0"), ("id3v2_version", "0"))),
    ("mp3", "libmp3lame", 0, 44100, (("id3v2_version", "4"),)),
    ("mp2", "mp2", 0.1, 44100, ()),
    ("ipod", "aac", 0.07, RATE, ()),
    ("ipod", "aac", 0.03, 44100, ()),
    ("ipod", "alac", 0, RATE, ()),
    ("mp4", "aac", 0.07, RATE, ()),
    ("mp4", "aac", 0.07, RATE, (("movflags", "faststart"),)),
    ("mp4", "aac", 0.13, RATE, (("movflags", "frag_keyframe+empty_moov+default_base_moof"),)),
    ("mp4", "libmp3lame", 0.15, RATE, ()),
    ("mp4", "libopus", BLOCK, 48000, ()),
    ("mp4", "flac", 0, RATE, ()),
    ("mov", "pcm_s16le", 0, RATE, ()),
    ("3gp", "libopencore_amrnb", BLOCK, 8000, ()),
    ("adts", "aac", 0.13, RATE, ()),
    ("asf", "wmav1", 0.2, RATE, ()),
    ("asf", "wmav2", 0.2, RATE, ()),
    ("webm", "libopus", BLOCK, 48000, ()),
    ("webm", "libopus", BLOCK, 48000, (("live", "1"),)),
    ("matroska", "flac", 0, RATE, ()),
    ("matroska", "aac", 0.13, RATE, ()),
    ("matroska", "pcm_s16le", 0, RATE, ()),
    ("amr", "libopencore_amrnb", BLOCK, 8000, ()),
    ("ac3", "ac3", 0.06, 48000, ()),
    ("eac3", "eac3", 0.06, 48000, ()),
    ("avi", "libmp3lame", 0.15, RATE, ()),
    ("flv", "aac", 0.13, 44100, ()),
    ("mpegts", "aac", 0.13, RATE, ()),
    ("tta", "tta", 0, RATE, ()),
    ("wv", "wavpack", 0, RATE, ()),
]
"""Muxer, encoder, delay, rate, options."""
