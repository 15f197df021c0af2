"""From a study on pretrained graphs to a bundle that holds them, by the command line."""

import json

import learnt_graphs
import pytest
import soundfile
import tiny
from command import called

from cohear import Bundle


@pytest.mark.slow
def test_a_bundle_says_what_of_it_others_have_trained(tmp_path):
    tiny.write_datasets(tmp_path / "data")
    learnt_graphs.spectrum(tmp_path / "models" / "mel.onnx")
    learnt_graphs.embedding(tmp_path / "models" / "vectors.onnx")
    links = [{"file": "models/mel.onnx"}, {"file": "models/vectors.onnx", "hop": 4}]
    features = [{"name": "onnx", "path": links, "pool": "mean"}]
    tiny.write_study(tmp_path, features=features, encoders=["linear"], combinations=["singles", "all"])
    for arguments in (
        ["run", "study.yaml", "--out", "out", "--jobs", "1"],
        ["export", "out", "-o", "bundle", "--licence", "mel.onnx=CC BY-NC 4.0"],
    ):
        ended = called(*arguments, folder=tmp_path)
        assert ended.returncode == 0, ended.stderr
    card = json.loads((tmp_path / "bundle" / "card.json").read_text(encoding="utf-8"))
    (part,) = card["learnt"]
    assert part["front_end"] == "onnx" and part["milliseconds"] > 0
    assert [(file["name"], file["licence"]) for file in part["files"]] == [
        ("mel.onnx", "CC BY-NC 4.0"),
        ("vectors.onnx", None),
    ]
    assert part["files"][0]["bytes"] == (tmp_path / "models" / "mel.onnx").stat().st_size
    assert any(each.startswith("file mel.onnx is for non-commercial use") for each in card["warnings"])
    assert "file vectors.onnx: its licence is not stated; look it up before you pass the model on" in card["warnings"]
    assert "## Trained by others" in (tmp_path / "bundle" / "README.md").read_text(encoding="utf-8")
    for file in (tmp_path / "models").iterdir():
        file.unlink()
    samples, rate = soundfile.read(tmp_path / "data" / "tones" / "audio" / "000.wav")
    assert set(Bundle.load(tmp_path / "bundle").classify(samples, rate)) == {"tone", "bird"}
