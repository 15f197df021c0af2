"""One contract for both decoders, on files that both read; and what each alone reads."""

import os
import sys

import damages
import numpy as np
import pytest
from encoders import FFMPEG, FIXTURES, PYAV, RATE, SECONDS, by_ffmpeg, by_libsndfile, sound

from cohear.audio.content import Content
from cohear.audio.decode import UnreadableAudio, audio_info, audio_seconds, decode, open_decoder
from cohear.audio.decoder import HIGHEST_RATE, LOWEST_RATE
from cohear.audio.ffmpeg import FfmpegDecoder
from cohear.audio.formats import format_of, structure_of
from cohear.audio.libsndfile import LibsndfileDecoder
from cohear.audio.segment import Segment
from cohear.audio.suffixes import AUDIO_SUFFIXES, VIDEO_SUFFIXES

BOTH = {
    "wav": (lambda channels: by_libsndfile("WAV", "PCM_16", RATE, channels), 0),
    "wav-8": (lambda channels: by_libsndfile("WAV", "PCM_U8", RATE, channels), 0),
    "wav-24": (lambda channels: by_libsndfile("WAV", "PCM_24", RATE, channels), 0),
    "wav-32": (lambda channels: by_libsndfile("WAV", "PCM_32", RATE, channels), 0),
    "wav-float": (lambda channels: by_libsndfile("WAV", "FLOAT", RATE, channels), 0),
    "wav-double": (lambda channels: by_libsndfile("WAV", "DOUBLE", RATE, channels), 0),
    "aiff": (lambda channels: by_libsndfile("AIFF", "PCM_16", RATE, channels), 0),
    "caf": (lambda channels: by_libsndfile("CAF", "PCM_16", RATE, channels), 0),
    "w64": (lambda channels: by_libsndfile("W64", "PCM_16", RATE, channels), 0),
    "au": (lambda channels: by_libsndfile("AU", "PCM_16", RATE, channels), 0),
    "flac": (lambda channels: by_libsndfile("FLAC", "PCM_16", RATE, channels), 0),
    "vorbis": (lambda channels: by_libsndfile("OGG", "VORBIS", RATE, channels), 1e-4),
    "mp3": (lambda channels: by_libsndfile("MP3", "MPEG_LAYER_III", RATE, channels), 1e-4),
}
"""Files, and how far samples of two decoders may be apart."""
DEMUXERS = {"wav": "wav", "aiff": "aiff", "caf": "caf", "w64": "w64", "au": "au", "flac": "flac", "vorbis": "ogg"}


@pytest.fixture(params=sorted(BOTH))
def name(request):
    return request.param


@pytest.fixture(params=["libsndfile", "ffmpeg"])
def opened(request, tmp_path):
    """Opens a file's bytes with one of the decoders."""
    held = []
    if request.param == "ffmpeg":
        pytest.importorskip("av", reason=PYAV)

    def by(content, demuxer):
        file = tmp_path / "a.bin"
        file.write_bytes(content)
        descriptor = os.open(file, os.O_RDONLY)
        held.append(descriptor)
        made = Content(file, descriptor, os.fstat(descriptor))
        structure = structure_of(made, format_of(made))  # comes first, whichever decoder is at work
        if request.param == "ffmpeg":
            return FfmpegDecoder(made, demuxer, structure.oddities)
        return LibsndfileDecoder(made, structure)

    yield by
    for descriptor in held:
        os.close(descriptor)


def demuxer_of(name):
    return DEMUXERS.get(name.partition("-")[0], "mp3")


def all_of(decoder, block=5000):
    blocks = []
    while len(block_ := decoder.read(block)):
        assert block_.dtype == np.float32
        assert block_.ndim == 2
        assert len(block_) <= block
        blocks.append(block_)
    return np.concatenate(blocks)


@pytest.mark.parametrize("channels", [1, 2])
def test_form_and_samples(opened, name, channels):
    make, tolerance = BOTH[name]
    decoder = opened(make(channels), demuxer_of(name))
    assert (decoder.rate, decoder.channels) == (RATE, channels)
    samples = all_of(decoder)
    assert samples.shape == (len(sound()), channels)
    assert decoder.frames in (None, len(samples))
    assert decoder.oddities == ()
    assert len(decoder.read(10)) == 0
    if not tolerance:
        step = 2**-7 if name == "wav-8" else 2**-15
        np.testing.assert_allclose(samples[:, 0], sound(), atol=step)
    decoder.close()


def test_samples_do_not_depend_on_how_many_are_asked_for(opened, name):
    make, _ = BOTH[name]
    whole = all_of(opened(make(1), demuxer_of(name)), 100_000)
    pieces = all_of(opened(make(1), demuxer_of(name)), 777)
    np.testing.assert_array_equal(pieces, whole)


@pytest.mark.parametrize("skipped", [1, 4000, 17_000])
def test_skipping_is_the_same_as_reading(opened, name, skipped):
    make, tolerance = BOTH[name]
    whole = all_of(opened(make(1), demuxer_of(name)))
    decoder = opened(make(1), demuxer_of(name))
    assert decoder.skip(skipped) == skipped
    np.testing.assert_allclose(all_of(decoder), whole[skipped:], atol=tolerance)


def test_skipping_ends_at_the_end(opened, name):
    make, _ = BOTH[name]
    decoder = opened(make(1), demuxer_of(name))
    assert decoder.skip(10**9) == len(sound())
    assert len(decoder.read(1)) == 0


@pytest.mark.parametrize("cut", [0.3, 0.7])
@pytest.mark.parametrize("container", ["wav", "flac"])
def test_cut_files_are_refused(opened, container, cut):
    make, _ = BOTH[container]
    with pytest.raises(UnreadableAudio, match="cut short") as told:
        all_of(opened(damages.cut(make(1), cut), container))
    assert told.value.kind == "truncated"
    assert "\n" not in told.value.reason


@pytest.mark.parametrize("rate", [0, LOWEST_RATE - 1, HIGHEST_RATE + 1, 100_000_000, 2**31 - 1])
def test_rates_of_no_sound_are_refused(opened, rate):
    content = damages.put(by_libsndfile("WAV", "PCM_16"), 24, rate.to_bytes(4, "little"))
    with pytest.raises(UnreadableAudio) as told:
        all_of(opened(content, "wav"))
    assert "\n" not in told.value.reason


@pytest.mark.parametrize(
    ("place", "made", "told"),
    [
        (24, (11025).to_bytes(4, "little"), "11025 samples of 2 bytes a second, and 32000 bytes a second"),
        (22, (2).to_bytes(2, "little"), "2 channels of 16 bits, and 2 bytes for a sample of all of them"),
        (34, (24).to_bytes(2, "little"), "1 channels of 24 bits, and 2 bytes for a sample of all of them"),
    ],
    ids=["rate", "channels", "bits"],
)
@pytest.mark.parametrize("damage", [bytes, damages.all_zero])
def test_a_header_that_contradicts_itself_is_told(tmp_path, place, made, told, damage):
    """Which of its numbers is right cannot be known: a wrong rate is another pitch and another length."""
    file = tmp_path / "a.wav"
    file.write_bytes(damage(damages.put(by_libsndfile("WAV", "PCM_16"), place, made)))
    with open_decoder(file) as decoder:
        assert decoder.oddities[-1] == f"its header contradicts itself: {told}"


@pytest.mark.parametrize(("place", "size", "lacks"), [(22, 2, "channel"), (24, 4, "rate")])
def test_a_header_without_rate_or_channels_is_refused(tmp_path, place, size, lacks):
    file = tmp_path / "a.wav"
    file.write_bytes(damages.put(by_libsndfile("WAV", "PCM_16"), place, bytes(size)))
    with pytest.raises(UnreadableAudio, match=f"its header states no {lacks}") as told:
        decode(Segment(file))
    assert told.value.kind == "unreadable"


def test_decoders_agree(tmp_path, name):
    pytest.importorskip("av", reason=PYAV)
    make, tolerance = BOTH[name]
    file = tmp_path / "a.bin"
    file.write_bytes(make(2))
    descriptor = os.open(file, os.O_RDONLY)
    content = Content(file, descriptor, os.fstat(descriptor))
    one = all_of(LibsndfileDecoder(content, structure_of(content, format_of(content))))
    two = all_of(FfmpegDecoder(content, demuxer_of(name)))
    os.close(descriptor)
    np.testing.assert_allclose(one, two, atol=tolerance)


# what libsndfile lacks

FOREIGN = [entry for entry in FFMPEG if entry[0] not in ("w64", "aiff", "au", "flac", "mp3", "mp2")]
FOREIGN = [entry for entry in FOREIGN if entry[:2] not in (("wav", "pcm_s16le"), ("wav", "pcm_f32le"))]
FOREIGN = [entry for entry in FOREIGN if entry[:2] not in (("wav", "adpcm_ms"), ("wav", "libmp3lame"))]
FOREIGN = [entry for entry in FOREIGN if entry[:2] not in (("caf", "pcm_s16be"), ("ogg", "libopus"))]


@pytest.mark.parametrize("made", FOREIGN, ids=lambda made: "-".join(map(str, made[:2])))
def test_it_sounds_as_it_did(tmp_path, made):
    """The tone is where it was, and as loud."""
    container, codec, delay, rate, options = made
    file = tmp_path / "a.bin"
    file.write_bytes(by_ffmpeg(container, codec, rate, options))
    audio = decode(Segment(file))
    spectrum = np.abs(np.fft.rfft(audio.samples * np.hanning(len(audio.samples))))
    loudest = spectrum.argmax() * audio.rate / len(audio.samples)
    assert abs(loudest - 440) < 3
    assert abs(np.sqrt(np.mean(audio.samples**2)) / np.sqrt(np.mean(sound(rate) ** 2)) - 1) < 0.15
    assert abs(audio_seconds(file) - SECONDS) <= 0.1 + delay


def test_segments_of_foreign_formats(tmp_path):
    file = tmp_path / "a.m4a"
    file.write_bytes(by_ffmpeg("ipod", "aac"))
    whole = decode(Segment(file)).samples
    part = decode(Segment(file, 0.5, 0.75)).samples
    np.testing.assert_array_equal(part, whole[8000:12000])
    with pytest.raises(UnreadableAudio, match=r"starts at 7 s, beyond the end of the file \(1.5"):
        decode(Segment(file, 7.0, 8.0))
    with pytest.raises(UnreadableAudio, match="no samples"):
        decode(Segment(file, 0.5, 0.5))
    assert audio_info(file).frames is None


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (lambda: by_ffmpeg("ipod", "aac"), "MP4 (M4A)"),
        (lambda: by_ffmpeg("webm", "libopus", 48000), "WebM or Matroska"),
        (lambda: by_ffmpeg("asf", "wmav2"), "WMA (ASF)"),
        (lambda: by_ffmpeg("amr", "libopencore_amrnb", 8000), "AMR"),
        (lambda: by_ffmpeg("adts", "aac"), "AAC (ADTS)"),
        ((FIXTURES / "speex.spx").read_bytes, "Ogg"),
        (lambda: by_ffmpeg("ogg", "flac"), "Ogg"),
        (lambda: by_ffmpeg("wav", "ac3", 48000), "WAV"),
    ],
)
def test_without_pyav_the_extra_is_named(tmp_path, monkeypatch, made, named):
    file = tmp_path / "a.bin"
    file.write_bytes(made())
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(UnreadableAudio, match=r"pip install 'cohear\[formats\]'") as told:
        decode(Segment(file))
    assert told.value.reason.startswith(f"it is {named} in a form that needs PyAV")


def test_ordinary_files_need_no_pyav(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    for name, (make, _) in BOTH.items():
        (tmp_path / name).write_bytes(make(1))
        assert len(decode(Segment(tmp_path / name)).samples) == len(sound())


def test_the_first_of_several_sound_tracks_is_used(tmp_path):
    av = pytest.importorskip("av", reason=PYAV)
    file = tmp_path / "a.mka"
    with av.open(str(file), "w") as output:
        tracks = [output.add_stream("pcm_s16le", rate=RATE, layout="mono") for _ in range(2)]
        for number, track in enumerate(tracks):
            samples = np.full((1, 8000 * (number + 1)), 1000, np.int16)
            frame = av.AudioFrame.from_ndarray(samples, "s16", "mono")
            frame.sample_rate = RATE
            output.mux(track.encode(frame))
            output.mux(track.encode(None))
    assert len(decode(Segment(file)).samples) == 8000


def test_a_film_without_sound_is_refused(tmp_path):
    av = pytest.importorskip("av", reason=PYAV)
    file = tmp_path / "a.mkv"
    with av.open(str(file), "w") as output:
        track = output.add_stream("mpeg4", rate=25)
        track.width = track.height = 64
        output.mux(track.encode(av.VideoFrame(64, 64, "yuv420p")))
        output.mux(track.encode(None))
    with pytest.raises(UnreadableAudio, match="there is no sound in it"):
        decode(Segment(file))


def test_parts_of_different_rates_are_refused(tmp_path):
    file = tmp_path / "a.ogg"
    file.write_bytes(by_libsndfile("OGG", "VORBIS") + damages.other_serial(by_libsndfile("OGG", "VORBIS", 44100, 2)))
    with pytest.raises(UnreadableAudio, match="its parts differ: 1 channels at 16000 Hz, then 2 at 44100 Hz"):
        decode(Segment(file))


def mp3(rate):
    return by_ffmpeg("mp3", "libmp3lame", rate, (("id3v2_version", "3"),))


@pytest.mark.parametrize("between", [b"", b"TAG".ljust(128, b"\0"), b"junk" * 500])
@pytest.mark.parametrize("rates", [(16000, 44100), (44100, 16000), (22050, 16000)])
def test_mp3_parts_of_different_rates_are_refused(tmp_path, rates, between):
    """Frames of another rate are no junk: the second part was lost in silence."""
    file = tmp_path / "a.mp3"
    file.write_bytes(mp3(rates[0]) + between + mp3(rates[1]))
    words = f"its parts differ: 1 channels at {rates[0]} Hz, then 1 at {rates[1]} Hz"
    for reads in (audio_info, lambda path: decode(Segment(path))):
        with pytest.raises(UnreadableAudio, match=words):
            reads(file)


@pytest.mark.parametrize("pattern", [b"\xff\xfb\x90\x40" + bytes(413), b"\xff" * 417, b"\xff\xf3\x48\xc4\0"])
def test_a_pattern_behind_an_mp3_is_no_other_part(tmp_path, pattern):
    file = tmp_path / "a.mp3"
    file.write_bytes(mp3(16000))
    wanted = decode(Segment(file)).samples
    file.write_bytes(mp3(16000) + pattern * 40)
    np.testing.assert_array_equal(decode(Segment(file)).samples, wanted)


def test_names_of_audio():
    for ending in ("m4a", "aac", "wma", "amr", "spx", "opus", "wav", "flac", "mp3"):
        assert f".{ending}" in AUDIO_SUFFIXES
    assert {".mp4", ".webm"} <= VIDEO_SUFFIXES
    assert not AUDIO_SUFFIXES & VIDEO_SUFFIXES
