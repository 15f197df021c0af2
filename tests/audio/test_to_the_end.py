"""What a damaged header must not change: the samples are those of the file as its encoder made it."""

import io
import os
import struct
from functools import cache

import damages
import numpy as np
import pytest
import soundfile
from encoders import by_ffmpeg, by_libsndfile

from cohear.audio.decode import UnreadableAudio, audio_info, audio_seconds, decode, open_blocks
from cohear.audio.segment import Segment
from cohear.runtime.sources import play_file


def samples_of(folder, content, start=None, end=None, name="a.bin"):
    file = folder / name
    file.write_bytes(content)
    return decode(Segment(file, start, end)).samples


def oddities_of(folder, content):
    file = folder / "a.bin"
    file.write_bytes(content)
    with open_blocks(Segment(file)) as audio:
        for _ in audio.blocks:
            pass
        return audio.oddities


@pytest.mark.parametrize(
    ("container", "subtype"),
    [
        *((container, "PCM_16") for container in ("WAV", "RF64", "W64", "AIFF", "CAF", "AU")),
        *(("CAF", subtype) for subtype in ("PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW")),
        *(("AIFF", subtype) for subtype in ("PCM_24", "ULAW", "FLOAT")),
    ],
)
@pytest.mark.parametrize("damage", [damages.size_zero, damages.size_ones, damages.size_more, damages.size_half])
def test_sizes_of_chunks_that_are_wrong(tmp_path, container, subtype, damage):
    content = by_libsndfile(container, subtype)
    whole = samples_of(tmp_path, content)
    np.testing.assert_array_equal(samples_of(tmp_path, damage(content)), whole)
    assert len(oddities_of(tmp_path, damage(content))) == 1
    assert audio_info(tmp_path / "a.bin").frames == len(whole)
    np.testing.assert_array_equal(samples_of(tmp_path, damage(content), 0.5, 0.9), whole[8000:14400])


def test_a_byte_less_cuts_no_sample(tmp_path):
    content = by_libsndfile("WAV", "PCM_16")
    np.testing.assert_array_equal(samples_of(tmp_path, damages.size_less(content)), samples_of(tmp_path, content))


@pytest.mark.parametrize("damage", [damages.all_zero_and_chunk, damages.more_and_chunk, damages.chunk_behind])
def test_chunks_behind_the_samples_are_no_samples(tmp_path, damage):
    content = by_libsndfile("WAV", "PCM_16")
    np.testing.assert_array_equal(samples_of(tmp_path, damage(content)), samples_of(tmp_path, content))


CHUNKS = {
    "a large one": [(b"LIST", b"INFO" + bytes(range(256)) * 800)],
    "a cover": [(b"id3 ", b"ID3\3" + bytes(range(256)) * 9000)],
    "of another name": [(b"SAUR", b"abc")],
    "several": [(b"acid", bytes(24)), (b"LGWV", bytes(range(199))), (b"LIST", damages.LIST[8:]), (b"bext", bytes(602))],
}


@pytest.mark.parametrize("container", ["WAV", "RF64", "W64", "AIFF", "CAF"])
@pytest.mark.parametrize("size", [damages.size_zero, damages.size_ones])
@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
def test_any_chunks_behind_samples_of_unstated_size_are_no_samples(tmp_path, container, size, chunks):
    content = by_libsndfile(container, "PCM_16")
    damaged = damages.with_chunks(size(content), *chunks)
    np.testing.assert_array_equal(samples_of(tmp_path, damaged), samples_of(tmp_path, content))


@pytest.mark.parametrize("size", [0x7FFFF000, 0x80000002, 0xC0000000, 0xFFFFFF00])
def test_a_wav_of_two_to_four_gib(tmp_path, size):
    """Its size is a true one, though writers that know none state such; the file here has holes and takes no room."""
    file, header = tmp_path / "long.wav", bytearray(by_libsndfile("WAV", "PCM_16")[:44])
    header[4:8], header[40:44] = struct.pack("<I", size + 36), struct.pack("<I", size)
    for behind in (b"", damages.LIST):
        with file.open("wb") as stream:
            stream.write(header)
            stream.seek(44 + size - 2)
            stream.write(struct.pack("<h", 16384) + behind)
        assert audio_info(file).frames == size // 2
        with open_blocks(Segment(file, size / 32000 - 0.01)) as audio:
            (block,) = audio.blocks
            assert (len(block), block[-1], audio.oddities) == (160, 0.5, ())
    if size == 0xC0000000:
        os.truncate(file, 44 + 0xA0000000)
        with pytest.raises(UnreadableAudio, match="cut short: 2684354560 of the 3221225472 bytes"):
            audio_info(file)


def test_padding_and_tags_behind_the_samples_are_no_samples(tmp_path):
    content = by_libsndfile("WAV", "PCM_16")
    whole = samples_of(tmp_path, content)
    for damage in (damages.zeros_behind, damages.tag_behind, lambda content: content + b"\nmade by hand"):
        np.testing.assert_array_equal(samples_of(tmp_path, damage(content)), whole)


@pytest.mark.parametrize("container", ["WAV", "AIFF"])
@pytest.mark.parametrize("size", [lambda content: content, damages.size_zero, damages.size_ones, damages.size_half])
def test_a_chunk_of_an_odd_size_without_its_byte_hides_no_samples(tmp_path, container, size):
    """In front of the samples, where libsndfile and others lose count."""
    content = by_libsndfile(container, "PCM_16")
    whole = samples_of(tmp_path, content)
    order, name = ("<I", b"data") if container == "WAV" else (">I", b"SSND")
    place = content.index(name)
    for count in (1, 2):
        odd = b"note" + struct.pack(order, 27) + b"made by hand, on a new day."
        damaged = size(content[:place] + odd * count + content[place:])
        np.testing.assert_array_equal(samples_of(tmp_path, damaged), whole)
        assert any("odd size" in clause for clause in oddities_of(tmp_path, damaged))
        padded = content[:place] + (odd + b"\0") * count + content[place:]
        np.testing.assert_array_equal(samples_of(tmp_path, padded), whole)
        assert not any("odd size" in clause for clause in oddities_of(tmp_path, padded))


@pytest.mark.parametrize("behind", [damages.tag_behind, lambda content: content + b"\nmade by hand\n"])
def test_tags_behind_a_telephones_recording_cut_nothing_off(tmp_path, behind):
    content = by_ffmpeg("ipod", "aac")
    np.testing.assert_array_equal(samples_of(tmp_path, behind(content)), samples_of(tmp_path, content))
    with pytest.raises(UnreadableAudio, match="cut short"):
        samples_of(tmp_path, damages.cut(content))


def test_an_empty_wav_with_a_chunk_behind_is_empty(tmp_path):
    content = by_libsndfile("WAV", "PCM_16")[:44]
    content = damages.put(content, content.index(b"data") + 4, bytes(4)) + damages.LIST
    with pytest.raises(UnreadableAudio, match="no samples"):
        samples_of(tmp_path, content)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
@pytest.mark.parametrize("channels", [1, 2])
def test_flac_lengths(tmp_path, subtype, channels):
    content = by_libsndfile("FLAC", subtype, 16000, channels)
    whole = samples_of(tmp_path, content)
    for damage in (damages.flac_unstated, damages.flac_understated):
        np.testing.assert_array_equal(samples_of(tmp_path, damage(content)), whole)
        np.testing.assert_array_equal(samples_of(tmp_path, damage(content), 0.7, 1.3), whole[11200:20800])
        assert audio_info(tmp_path / "a.bin").frames == len(whole)
    assert oddities_of(tmp_path, damages.flac_unstated(content)) == ("its header states no length",)


def test_flac_files_joined(tmp_path):
    content = by_libsndfile("FLAC", "PCM_16")
    whole = samples_of(tmp_path, content)
    np.testing.assert_array_equal(samples_of(tmp_path, content * 3), np.tile(whole, 3))
    assert oddities_of(tmp_path, content * 3) == ("it is 3 FLAC files one after the other",)
    np.testing.assert_array_equal(samples_of(tmp_path, content * 3, 1.4, 1.6), np.tile(whole, 3)[22400:25600])


def test_flac_of_unstated_length_that_was_cut(tmp_path):
    """All frames that are whole; what is lost is less than one of them (4096 samples)."""
    content = damages.flac_unstated(by_libsndfile("FLAC", "PCM_16"))
    whole = samples_of(tmp_path, content)
    part = samples_of(tmp_path, damages.cut(content, 0.7))
    assert len(whole) / 2 < len(part) < len(whole)
    np.testing.assert_array_equal(part, whole[: len(part)])


def plain_mp3(quality="4", rate=22050):
    return by_ffmpeg("mp3", "libmp3lame", rate, (("write_xing", "0"), ("id3v2_version", "0"), ("q", quality)))


def test_mp3_without_a_table(tmp_path):
    """As long as the same frames with a table, but for the encoder's delay, which the table alone tells."""
    content = plain_mp3()
    tagged = by_ffmpeg("mp3", "libmp3lame", 22050, (("id3v2_version", "0"), ("q", "4")))
    samples, wanted = samples_of(tmp_path, content), samples_of(tmp_path, tagged)
    delay = 1105
    np.testing.assert_allclose(samples[delay : delay + len(wanted)], wanted, atol=1e-4)
    assert audio_info(tmp_path / "a.bin").frames == len(wanted)
    assert oddities_of(tmp_path, content) == ("its length is not stated (no Xing or VBRI frame)",)


@pytest.mark.parametrize("quiet_first", [True, False])
def test_mp3_of_varying_bit_rate_without_a_table(tmp_path, quiet_first):
    """Its length was guessed from the first frame: too long or too short by many times."""
    noise = np.random.default_rng(0).uniform(-0.9, 0.9, 5 * 22050).astype(np.float32)
    parts = [np.zeros(5 * 22050, np.float32), noise]
    soundfile.write(
        tmp_path / "a.mp3",
        np.concatenate(parts if quiet_first else parts[::-1]),
        22050,
        bitrate_mode="VARIABLE",
        compression_level=0.2,
    )
    content = (tmp_path / "a.mp3").read_bytes()
    place = max(content.find(b"Xing"), content.find(b"Info"))
    assert place > 0
    blanked = damages.put(content, place, bytes(120))  # a silent frame now
    assert abs(len(samples_of(tmp_path, blanked)) / 22050 - 10) < 0.15


def test_mp3_files_joined(tmp_path):
    content = by_ffmpeg("mp3", "libmp3lame", 22050, (("id3v2_version", "3"),))
    whole = samples_of(tmp_path, content)
    np.testing.assert_array_equal(samples_of(tmp_path, content * 2), np.tile(whole, 2))
    assert oddities_of(tmp_path, content * 2)[0] == "it is 2 MP3 files one after the other"


def test_mp3_with_something_else_inside(tmp_path):
    content = plain_mp3()
    whole = samples_of(tmp_path, content)
    samples = samples_of(tmp_path, damages.junk_inside(content))
    assert abs(len(samples) - len(whole)) <= 2 * 1152
    assert any("something else" in oddity for oddity in oddities_of(tmp_path, damages.junk_inside(content)))


def test_mp3_in_wav(tmp_path):
    content = by_ffmpeg("wav", "libmp3lame", 22050, (("q", "4"),))
    begin = content.index(b"data") + 8
    size = int.from_bytes(content[begin - 4 : begin], "little")
    bare = samples_of(tmp_path, content[begin : begin + size])
    for damage in (bytes, damages.all_zero, damages.all_ones):
        np.testing.assert_array_equal(samples_of(tmp_path, damage(content)), bare)


@pytest.mark.parametrize(("mode", "level"), [("CONSTANT", 0.95), ("VARIABLE", 0.95), ("CONSTANT", 0.5)])
@pytest.mark.parametrize("rate", [16000, 44100])
def test_a_segment_of_an_mp3_is_a_slice_of_it(tmp_path, rate, mode, level):
    """At low bit rates a frame's data begin frames before it: the first 45 ms of a segment were noise."""
    draw = np.random.default_rng(0)
    noise = draw.normal(0, 0.2, 4 * rate) * np.repeat(draw.random(4 * rate // 100) > 0.5, 100)  # bits to spare in gaps
    soundfile.write(tmp_path / "a.mp3", noise, rate, bitrate_mode=mode, compression_level=level)
    whole = decode(Segment(tmp_path / "a.mp3")).samples
    for start in (0.2, 0.61, 1.2, 2.05, 2.3, 3.1):
        part = decode(Segment(tmp_path / "a.mp3", start, start + 0.25)).samples
        np.testing.assert_allclose(part, whole[round(start * rate) :][: len(part)], atol=1e-5)


def test_a_long_mp3_has_no_seams(tmp_path):
    """Blocks were joined by a seek, which gave two frames of noise every minute."""
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 3 << 19).astype(np.float32)
    soundfile.write(tmp_path / "a.mp3", noise, 16000, bitrate_mode="VARIABLE", compression_level=0.95)
    wanted, _ = soundfile.read(tmp_path / "a.mp3", dtype="float32")
    np.testing.assert_allclose(decode(Segment(tmp_path / "a.mp3")).samples, wanted, atol=1e-5)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_chained_ogg(tmp_path, subtype):
    content = by_libsndfile("OGG", subtype)
    whole = samples_of(tmp_path, content)
    for chain in (damages.chained, damages.three_chained, damages.twice):
        count = 3 if chain is damages.three_chained else 2
        np.testing.assert_array_equal(samples_of(tmp_path, chain(content)), np.tile(whole, count))
        assert oddities_of(tmp_path, chain(content)) == (f"it is a chain of {count} Ogg streams",)
    part = samples_of(tmp_path, damages.chained(content), 1.4, 1.6)
    np.testing.assert_array_equal(part, np.tile(whole, 2)[22400:25600])
    assert audio_seconds(tmp_path / "a.bin") == 3.0


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_ogg_without_an_end(tmp_path, subtype):
    """Neither the mark nor the last page."""
    content = by_libsndfile("OGG", subtype)
    whole = samples_of(tmp_path, content)
    np.testing.assert_array_equal(samples_of(tmp_path, damages.no_end_mark(content)), whole)
    assert oddities_of(tmp_path, damages.no_end_mark(content)) == ("its last page is not marked as the end",)


@cache
def long_ogg(subtype):
    """So many pages that one may be lost."""
    stream = io.BytesIO()
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 20 * 16000).astype(np.float32)
    soundfile.write(stream, noise, 16000, format="OGG", subtype=subtype)
    return stream.getvalue()


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("damage", [damages.page_flipped, damages.page_lost, damages.page_mark_lost])
def test_ogg_with_a_page_damaged_or_lost_is_told(tmp_path, subtype, damage):
    """Decoders go on behind it: samples were missing, and nothing said so."""
    content = long_ogg(subtype)
    told = "sound is missing in a place, where pages are damaged or lost; what follows comes too early"
    assert oddities_of(tmp_path, damage(content)) == (told,)
    assert len(samples_of(tmp_path, damage(content))) < 20 * 16000
    assert oddities_of(tmp_path, damage(content) + damages.other_serial(content))[-1] == told


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_no_page_of_a_whole_ogg_is_called_lost(tmp_path, subtype):
    content = long_ogg(subtype)
    for whole in (bytes, damages.chained, damages.twice, damages.no_end_mark, damages.late_positions):
        assert not any("missing" in oddity for oddity in oddities_of(tmp_path, whole(content)))
    assert not any("missing" in oddity for oddity in oddities_of(tmp_path, damages.heard_later(content)))


def test_a_file_that_is_played_is_heard_to_its_end(tmp_path):
    """As by `cohear listen --file`."""
    for content in (damages.chained(by_libsndfile("OGG", "VORBIS")), plain_mp3(), by_ffmpeg("ipod", "aac")):
        whole = samples_of(tmp_path, content)
        _, blocks = play_file(tmp_path / "a.bin", speed=np.inf)
        np.testing.assert_array_equal(np.concatenate(list(blocks))[:, 0], whole)


def test_mp3_behind_something_else(tmp_path):
    """A table behind junk: libsndfile alone does not know the file."""
    content = by_ffmpeg("mp3", "libmp3lame", 22050, (("id3v2_version", "0"),))
    whole = samples_of(tmp_path, content)
    np.testing.assert_array_equal(samples_of(tmp_path, b"junk" * 100 + content), whole)


def test_ogg_whose_clock_began_before(tmp_path):
    content = by_libsndfile("OGG", "VORBIS")
    late = samples_of(tmp_path, damages.late_positions(content))
    np.testing.assert_array_equal(late, samples_of(tmp_path, content))
    late = samples_of(tmp_path, damages.late_positions(by_libsndfile("OGG", "OPUS")))
    assert len(late) == len(samples_of(tmp_path, by_libsndfile("OGG", "OPUS")))


def silent_from_half(content):
    """The second half of its samples is silence, and the header states the first one."""
    begin = content.index(b"data") + 8
    half = begin + (len(content) - begin) // 2
    return damages.size_half(content[:half] + bytes(len(content) - half))


def chunk_twice(content, name=b"data"):
    """A recorder that begins a chunk at every pause."""
    return content + content[content.index(name) :]


@pytest.mark.parametrize("container", ["WAV", "RF64", "W64", "AIFF", "CAF", "AU", "NIST", "VOC", "AVR", "SVX", "SDS"])
def test_files_joined_are_all_read(tmp_path, container):
    """WAV and AIFF were refused as damaged, the header of the second of others was heard as sound."""
    content = by_libsndfile(container, "PCM_16")
    whole = samples_of(tmp_path, content)
    np.testing.assert_array_equal(samples_of(tmp_path, content * 3), np.tile(whole, 3))
    assert oddities_of(tmp_path, content * 3) == ("it is 3 files one after the other",)
    begin, end = len(whole) - 100, len(whole) + 300
    part = samples_of(tmp_path, content * 3, begin / 16000, end / 16000)
    np.testing.assert_array_equal(part, np.tile(whole, 3)[begin:end])


@pytest.mark.parametrize("first", [damages.all_ones, damages.size_half, damages.chunk_behind])
def test_files_joined_of_which_one_is_odd(tmp_path, first):
    content = by_libsndfile("WAV", "PCM_16")
    whole = samples_of(tmp_path, content)
    np.testing.assert_array_equal(samples_of(tmp_path, first(content) + content), np.tile(whole, 2))


@pytest.mark.parametrize(("container", "name"), [("WAV", b"data"), ("AIFF", b"SSND"), ("CAF", b"data")])
def test_two_chunks_of_samples_are_both_read(tmp_path, container, name):
    """Refused, as if the header stated no rate."""
    content = by_libsndfile(container, "PCM_16")
    whole = samples_of(tmp_path, content)
    np.testing.assert_array_equal(samples_of(tmp_path, chunk_twice(content, name)), np.tile(whole, 2))
    assert oddities_of(tmp_path, chunk_twice(content, name)) == ("it has 2 chunks of samples, and all are read",)


def test_another_kind_of_file_behind_the_samples_is_no_sound(tmp_path):
    content = by_libsndfile("WAV", "PCM_16")
    joined = content + by_libsndfile("FLAC", "PCM_16")
    np.testing.assert_array_equal(samples_of(tmp_path, joined), samples_of(tmp_path, content))
    assert oddities_of(tmp_path, joined) == ("a FLAC file lies behind its samples, and is left out",)


def test_the_second_of_joined_files_may_be_cut_short_or_another(tmp_path):
    content = by_libsndfile("WAV", "PCM_16")
    with pytest.raises(UnreadableAudio, match="cut short"):
        samples_of(tmp_path, content + damages.cut(content))
    with pytest.raises(UnreadableAudio, match="16000 Hz, then 1 at 8000 Hz"):
        samples_of(tmp_path, content + by_libsndfile("WAV", "PCM_16", 8000))


def test_silence_that_a_header_counts_is_of_the_recording(tmp_path):
    """A header that is renewed now and then, and a recording whose second half is silence."""
    content = silent_from_half(by_libsndfile("WAV", "PCM_16"))
    assert len(samples_of(tmp_path, content)) == 24000
    assert oddities_of(tmp_path, content) == ("its header states 24000 bytes of samples, 48000 are there",)


def test_zeros_that_nothing_counts_are_left_out_and_told(tmp_path):
    content = damages.put(silent_from_half(by_libsndfile("WAV", "PCM_16")), 4, struct.pack("<I", 24036))
    assert len(samples_of(tmp_path, content)) == 12000
    assert oddities_of(tmp_path, content) == ("24000 bytes of zeros lie behind its samples, and are left out",)
