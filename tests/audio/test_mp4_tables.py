"""Tables of MP4 files that state more than there is: they are refused before memory is asked for."""

import resource

import pytest
from encoders import FFMPEG, PYAV, by_ffmpeg

from cohear.audio.decode import UnreadableAudio, audio_info

pytest.importorskip("av", reason=PYAV)

MP4 = [one for one in FFMPEG if one[0] in ("mp4", "m4a", "ipod", "mov", "3gp", "amr3gp")]
MOST_MEGABYTES = 50


def table(content, name):
    """Where the number of entries of the first table of that name stands; one size for all needs no table."""
    place = content.find(name)
    if place < 0 or (name == b"stsz" and any(content[place + 8 : place + 12])):
        return None
    return place + (12 if name == b"stsz" else 8)


def overstated():
    for container, codec, _, rate, options in MP4:
        content = by_ffmpeg(container, codec, rate, options)
        for name in (b"stts", b"stsc", b"stsz", b"stco", b"trun"):
            if table(content, name) is not None:
                yield pytest.param(content, name, id=f"{container} {codec} {options} {name.decode()}")


@pytest.mark.parametrize(("content", "name"), list(overstated()))
def test_what_a_table_states_is_not_believed(content, name, tmp_path):
    file = tmp_path / "a.mp4"
    file.write_bytes(content)
    assert audio_info(file).rate > 0  # as it is, it is read
    place = table(content, name)
    file.write_bytes(content[:place] + (27_000_000).to_bytes(4, "big") + content[place + 4 :])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableAudio, match=f"its table {name.decode()} states 27,000,000 entries and has room for "):
        audio_info(file)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MOST_MEGABYTES
