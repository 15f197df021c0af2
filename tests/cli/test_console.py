"""Where output goes."""

import io
import json

import pytest

from cohear.cli import console


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "é"), ("ascii", r"\u00e9")])
def test_a_document_is_json_whatever_is_in_it_and_wherever_it_goes(monkeypatch, encoding, shown):
    bytes_out = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(bytes_out, encoding, write_through=True))
    console.print_json({"é": [float("nan")], "clip": "a.wav"})
    console.output.file.write("\n")
    console.print_json({"clip": "\udcff.wav"})  # a name that is no text
    first, second = bytes_out.getvalue().decode(encoding).split("\n\n")
    assert shown in first
    assert json.loads(first) == {"é": [None], "clip": "a.wav"}
    assert json.loads(second) == {"clip": "\udcff.wav"}
