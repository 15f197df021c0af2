"""What stands where audio should be is named, with what to do."""

import pytest
from encoders import by_libsndfile

from cohear.audio.decode import UnreadableAudio, decode
from cohear.audio.segment import Segment

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
CASES = [
    (LFS, "run `git lfs pull`", "missing"),
    (b"/annex/objects/SHA256E-s12345--4d7a2146.wav\n", "run `git annex get`", "missing"),
    (b"outs:\n- md5: a304afb96060aad90176268345e10355\n  path: a.wav\n", "run `dvc pull`", "missing"),
    (b"<!DOCTYPE html>\n<html><body>404</body></html>", "it is a web page", "unreadable"),
    (b"\xef\xbb\xbf  <html lang='en'>", "it is a web page", "unreadable"),
    (b'{"error": "quota"}', "it is JSON text", "unreadable"),
    (b"PK\x03\x04" + bytes(100), "it is an archive: unpack it", "unreadable"),
    (b"\x1f\x8b\x08" + bytes(100), "it is an archive: unpack it", "unreadable"),
    (b"MThd\0\0\0\6\0\1" + bytes(100), "it is MIDI", "unreadable"),
    (b"\0\5\x16\7\0\2\0\0Mac OS X", "AppleDouble", "unreadable"),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "it is a picture", "unreadable"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)), "it is a picture", "unreadable"),
    (b"%PDF-1.4\n" + bytes(range(256)), "it is a PDF document", "unreadable"),
    (b"take 7, second microphone\n" * 20, "it is text", "unreadable"),
    (bytes(50_000), "its bytes are zeros", "truncated"),
]


@pytest.mark.parametrize("ending", ["wav", "mp3", "flac", "ogg", "m4a"])
@pytest.mark.parametrize(("content", "reason", "kind"), CASES, ids=[reason for _, reason, _ in CASES])
def test_what_is_no_audio(tmp_path, ending, content, reason, kind):
    file = tmp_path / f"a.{ending}"
    file.write_bytes(content)
    with pytest.raises(UnreadableAudio) as told:
        decode(Segment(file))
    assert reason in told.value.reason
    assert told.value.kind == kind


def test_audio_that_begins_with_zeros_is_audio(tmp_path):
    file = tmp_path / "a.wav"
    file.write_bytes(by_libsndfile("WAV", "PCM_16")[:44] + bytes(48000))
    assert len(decode(Segment(file)).samples) == 24000
