"""Whoever reads a verb's output may have enough: ``cohear ... | head -1``."""

import errno
import os
import shutil
import subprocess

import pytest
import soundfile
import tiny
from tiny_bundle import make_tiny_bundle, tone

from cohear.cli import READER_GONE, console

VERBS = {
    "gains": ["gains", "study"],
    "answers": ["answers", "study"],
    "answers in JSON": ["answers", "study", "--json"],
    "power": ["power", "study"],
    "a table of files": ["classify", "bundle", "low.wav"],
    "files in JSON": ["classify", "bundle", "low.wav", "--json"],
    "files as CSV": ["classify", "bundle", "low.wav", "--csv"],
    "files refused": ["classify", "bundle", "nothing.wav", "low.wav", "--csv"],
    "sound": ["listen", "bundle", "--speed", "0", "--file", "low.wav"],
}


@pytest.fixture(scope="module")
def root(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("closed")
    shutil.copytree(request.config.rootpath / "docs" / "results" / "marks", folder / "study")
    make_tiny_bundle(folder / "bundle")
    soundfile.write(folder / "low.wav", tone("low"), 16000)
    return folder


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_that_nobody_reads_ends_as_other_commands_do(root, verb):
    """Without a word, and not as if all were told."""
    read, write = os.pipe()
    os.close(read)
    try:
        command = [tiny.COHEAR, *VERBS[verb]]
        ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, cwd=root, check=False)
    finally:
        os.close(write)
    assert ended.returncode == READER_GONE, ended.stderr
    for word in ("Traceback", "Exception ignored", "pipe"):
        assert word not in ended.stderr


def test_what_windows_says_of_a_closed_pipe_is_the_same(monkeypatch):
    gone, other = OSError(errno.EINVAL, "Invalid argument"), OSError(errno.EINVAL, "Invalid argument", "file.wav")
    assert not console.is_reader_gone(gone)
    monkeypatch.setattr(os, "name", "nt")
    told = console.is_reader_gone(gone), console.is_reader_gone(other)
    monkeypatch.undo()
    assert told == (True, False)
