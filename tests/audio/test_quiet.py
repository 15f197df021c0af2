"""Notes of C libraries stay off the terminal; what Python writes stays on it."""

import subprocess
import sys

import damages
import pytest
from encoders import by_ffmpeg, by_libsndfile

from cohear.audio.quiet import quiet_libraries

THREADS = """
import sys, threading
from pathlib import Path

from cohear.audio.decode import UnreadableAudio, decode
from cohear.audio.segment import Segment

files = [Path(name) for name in sys.argv[1:]]
stop = threading.Event()


def work():
    while not stop.is_set():
        for file in files:
            try:
                decode(Segment(file))
            except UnreadableAudio:
                pass


threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
for number in range(2000):
    print(number, file=sys.stderr, flush=True)
stop.set()
for thread in threads:
    thread.join()
print("end", file=sys.stderr)
import ctypes
libc = ctypes.CDLL(None)
libc.fputs(b"and C\\n", ctypes.c_void_p.in_dll(libc, "stderr"))
libc.fflush(None)
"""

READ = """
import ctypes, sys
from pathlib import Path

from cohear.audio.decode import UnreadableAudio, decode
from cohear.audio.segment import Segment

try:
    decode(Segment(Path(sys.argv[1])))
except UnreadableAudio:
    pass
ctypes.CDLL(None).puts(b"and C")
"""


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """MP3 and other files that make libraries complain."""
    folder = tmp_path_factory.mktemp("broken")
    plain = by_ffmpeg("mp3", "libmp3lame", 44100, (("write_xing", "0"), ("q", "5")))
    tagged = by_ffmpeg("mp3", "libmp3lame", 44100, (("q", "5"),))
    made = {
        "a.mp3": damages.junk_inside(plain),
        "b.mp3": plain[:3000] + plain[3100:],
        "c.mp3": tagged[: len(tagged) // 2] + bytes(4000) + tagged[len(tagged) // 2 :],
        "d.mp3": damages.xing_understated(tagged),
        "h.mp3": damages.cut(tagged),  # what is cleaned of junk beforehand gives no note, these two do
        "i.mp3": tagged[: len(tagged) // 2] + tagged[len(tagged) // 2 + 2000 :],
        "e.aac": damages.junk_inside(by_ffmpeg("adts", "aac")),
        "f.webm": damages.junk_inside(by_ffmpeg("webm", "libopus", 48000)),
        "g.wav": damages.junk_inside(by_ffmpeg("wav", "libmp3lame")),
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in made]


def test_other_threads_keep_their_words(broken):
    """Every line that Python writes meanwhile arrives, and no other; C may write again afterwards."""
    ended = subprocess.run(
        [sys.executable, "-c", THREADS, *map(str, broken)], capture_output=True, text=True, check=True
    )
    assert ended.stderr.split("\n") == [*map(str, range(2000)), "end", "and C", ""]


def test_blocks_in_each_other():
    with quiet_libraries(), quiet_libraries():
        pass
    with pytest.raises(ValueError, match="passed on"), quiet_libraries():
        raise ValueError("passed on")


def damaged_sample_dump():
    dump = bytearray(by_libsndfile("SDS", "PCM_16"))
    dump[21 + 5 * 127] = 0
    return bytes(dump)


def damaged_alac():
    content = by_libsndfile("CAF", "ALAC_16")
    return damages.put(content, content.index(b"pakt") + 47, b"\x80")


@pytest.mark.parametrize("damaged", [damaged_sample_dump, damaged_alac])
def test_nothing_is_printed_where_json_may_be_awaited(damaged, tmp_path):
    """Libsndfile prints a line for each damaged packet, on the C library's stdout; what C prints later arrives."""
    (tmp_path / "a.bin").write_bytes(damaged())
    ended = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "a.bin")], capture_output=True, text=True, check=True
    )
    assert (ended.stdout, ended.stderr) == ("and C\n", "")
