"""What browsers and telephones record."""

import io

import pytest

RECORDERS = {
    "Chrome": ("webm", "libopus", 48000, {"live": "1"}),
    "Chrome, a file": ("webm", "libopus", 48000, {}),
    "Chrome, uncompressed": ("matroska", "pcm_f32le", 48000, {"live": "1"}),
    "Firefox": ("ogg", "libopus", 48000, {}),
    "Safari": ("mp4", "aac", 44100, {"movflags": "frag_keyframe+empty_moov+default_base_moof"}),
    "Safari, a file": ("mp4", "aac", 48000, {}),
    "Chrome as MP4": ("mp4", "libopus", 48000, {"movflags": "frag_keyframe+empty_moov"}),
    "iPhone's voice memos": ("ipod", "aac", 44100, {}),
    "Android": ("3gp", "aac", 44100, {}),
}
"""Container, codec, rate and options of each."""


def recorded(samples, container, codec, rate, options):
    """The bytes of a recording; the test is skipped where PyAV is not installed."""
    av = pytest.importorskip("av", reason="the extra `formats` is not installed: pip install -e '.[formats]'")
    made = io.BytesIO()
    with av.open(made, "w", format=container, options=options) as output:
        track = output.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(track.codec_context.format, "mono", rate, track.codec_context.frame_size or 1024)
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        for piece in (*resampler.resample(frame), *resampler.resample(None), None):
            output.mux(track.encode(piece))
    return made.getvalue()
