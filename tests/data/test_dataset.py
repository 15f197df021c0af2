"""Opening a dataset: clips and facts stay joined, bad files are told, links stay inside."""

import numpy as np
import pytest
import soundfile
from made_up import partition, task

from cohear.base.errors import DataError
from cohear.data.scan.content_hash import content_hash
from cohear.data.scan.dataset import open_dataset
from cohear.data.tables import manifest  # noqa: F401 - enters the reader
from cohear.data.tables.reader import read_clip_table


def pcm(seed, samples=800):
    return (np.random.default_rng(seed).integers(-9000, 9000, samples) / 32768).astype(np.float32)


def write(folder, count=12, bad=()):
    """Clips 0.wav, 1.wav, … whose label is the parity of their number; some hold text."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        if number in bad:
            (folder / f"{number}.wav").write_text("no audio")
        else:
            soundfile.write(folder / f"{number}.wav", pcm(number), 8000)
    rows = "".join(f"{number}.wav,{['even', 'odd'][number % 2]}\n" for number in range(count))
    (folder / "manifest.csv").write_text("path,label\n" + rows)
    return folder


def opened(folder, cache, skip_bad=False):
    return open_dataset(read_clip_table(folder, "mine"), cache=cache, skip_bad=skip_bad)


def test_bad_clips_stop_the_study(tmp_path):
    with pytest.raises(DataError, match=r"2 of 12 clips cannot be read \(.*on_bad_file: skip\)") as told:
        opened(write(tmp_path / "d", bad=(3, 7)), tmp_path / "cache")
    assert [line.split("/")[-1].split(":")[0] for line in str(told.value).splitlines()[1:]] == ["3.wav", "7.wav"]


def test_many_bad_clips_are_not_all_listed(tmp_path):
    with pytest.raises(DataError, match="and 4 more") as told:
        opened(write(tmp_path / "d", 16, bad=range(1, 15)), tmp_path / "cache")
    assert len(str(told.value).splitlines()) == 12


def test_skipped_clips_leave_the_others_joined(tmp_path):
    """Pitfall 16: after a failed file, each clip still has its own label, samples and row."""
    made = opened(write(tmp_path / "d", 40, bad=(0, 3, 22)), tmp_path / "cache", skip_bad=True)
    assert [clip.path.name for clip in made.bad] == ["0.wav", "3.wav", "22.wav"]
    numbers = [int(name.removesuffix(".wav")) for name in made.table.clip_ids()]
    assert len(numbers) == 37
    assert made.contents() == [content_hash(pcm(number)) for number in numbers]
    split = partition([made], task("a", "mine", "label")).fold(0)["a"]
    for clip, content, row, value in zip(split.clips, split.contents, split.rows, split.targets.values, strict=True):
        number = int(clip.removesuffix(".wav"))
        assert (content, numbers[row], split.labels[value]) == (
            content_hash(pcm(number)),
            number,
            ["even", "odd"][number % 2],
        )


def test_nothing_left(tmp_path):
    with pytest.raises(DataError, match=r"12 of 12 clips cannot be read \(mend or remove them\)"):
        opened(write(tmp_path / "d", bad=range(12)), tmp_path / "cache", skip_bad=True)


def test_silent_clips_are_named(tmp_path):
    folder = write(tmp_path / "d")
    soundfile.write(folder / "5.wav", np.zeros(100, np.float32), 8000)
    assert opened(folder, tmp_path / "cache").silent_clips() == ["5.wav"]


@pytest.mark.parametrize("what", ["file", "folder"])
def test_links_out_of_the_folder_are_refused(tmp_path, what):
    outside, folder = write(tmp_path / "outside"), write(tmp_path / "d")
    if what == "file":
        (folder / "4.wav").unlink()
        (folder / "4.wav").symlink_to(outside / "4.wav")
    else:
        (folder / "sub").symlink_to(outside)
        (folder / "manifest.csv").write_text("path\n0.wav\nsub/4.wav\n")
    with pytest.raises(DataError, match=r"4.wav' is a link that leaves the dataset's folder; link the whole folder"):
        opened(folder, tmp_path / "cache", skip_bad=True)


def test_links_inside_and_to_the_folder_are_fine(tmp_path):
    folder = write(tmp_path / "d")
    (folder / "4.wav").unlink()
    (folder / "4.wav").symlink_to("3.wav")
    (tmp_path / "link").symlink_to(folder)
    made = opened(tmp_path / "link", tmp_path / "cache")
    assert made.contents()[4] == made.contents()[3]
