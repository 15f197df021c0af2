"""Whether runs left the same, wherever they were trained."""

from safetensors.numpy import load_file

from cohear.runs.record import read_record


def same_runs(one, other):
    """Whether two folders of runs hold the same, whatever time they took."""
    keys = {path.name for path in one.iterdir() if path.is_dir()}
    assert keys == {path.name for path in other.iterdir() if path.is_dir()}
    for key in keys:
        for file in ("curve.csv", "predictions.csv"):
            assert (one / key / file).read_bytes() == (other / key / file).read_bytes(), (key, file)
        weights = [load_file(each / key / "weights.safetensors") for each in (one, other)]
        assert {name: value.tobytes() for name, value in weights[0].items()} == {
            name: value.tobytes() for name, value in weights[1].items()
        }
        assert read_record(one / key).tasks == read_record(other / key).tasks
    return len(keys)
