"""Parts from files and packages outside, through the real command line and its workers."""

import os
import py_compile
import sys

import pytest
import tiny

from cohear.base import plugins
from cohear.base.errors import StudyError

PARTS = """
import torch

from cohear.training.objectives import OBJECTIVES, Objective


@OBJECTIVES.register("product")
class Product(Objective):
    def backward(self, step):
        torch.stack([loss.clamp(min=1e-8).log() for loss in step.losses.values()]).mean().exp().backward()
"""
PRODUCT = {"training": {"steps": 10, "batch": 4, "objective": "product"}, "repeats": {"folds": 1}}


@pytest.mark.slow
def test_part_of_a_plugin_reaches_the_workers_and_is_in_the_keys(bench):
    (bench.root / "parts.py").write_text(PARTS, encoding="utf-8")
    out = bench.run_apart("out", plugins=["parts.py"], **PRODUCT)
    first = set(tiny.records(out))
    assert len(first) == 3
    again = bench.cohear_apart("run", "out")
    assert (again.returncode, set(tiny.records(out))) == (0, first), again.stderr
    (bench.root / "parts.py").write_text(PARTS + "\nCHANGED = True\n", encoding="utf-8")
    bench.run_apart("out", plugins=["parts.py"], **PRODUCT)
    assert len(set(tiny.records(out)) - first) == 3
    (bench.root / "parts.py").unlink()
    for verb in ("status", "gains", "report"):
        ended = bench.cohear_apart(verb, "out")
        assert ended.returncode == 0 and "parts.py" not in ended.stderr, ended.stderr


@pytest.mark.slow
def test_package_announces_its_parts(bench):
    packages = bench.root / "packages"
    about = packages / "their_parts-1.0.dist-info"
    about.mkdir(parents=True)
    (packages / "their_parts.py").write_text(PARTS, encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: their-parts\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[cohear.parts]\ntheirs = their_parts\n", encoding="utf-8")
    inherited = bench.environment
    path = f"{packages}:{inherited().get('PYTHONPATH', '')}".rstrip(":")
    bench.environment = lambda: {**inherited(), "PYTHONPATH": path}
    assert len(tiny.records(bench.run_apart("out", **PRODUCT))) == 3
    (packages / "their_parts.py").write_text("1 / 0", encoding="utf-8")
    ended = bench.cohear_apart("run", "study.yaml", "--out", "out")
    assert ended.returncode == 2
    assert "the installed parts 'theirs' (their_parts) cannot be imported: ZeroDivisionError" in ended.stderr


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.py", None, "plugins.0: plugin {} cannot be read: No such file"),
        ("parts.txt", "", "plugins.0: plugin {} is no Python file"),
        ("parts.py", "x = (", "plugins.0: plugin {} cannot be imported: SyntaxError"),
        ("parts.py", "import no_such_package", "cannot be imported: ModuleNotFoundError"),
        ("parts.py", "from cohear.models import ENCODERS\nENCODERS.register('dnn')(int)", "'dnn' is registered twice"),
    ],
)
def test_mistakes_in_plugins_are_told(bench, name, content, sentence):
    path = bench.root / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    ended = bench.cohear("run", bench.study(plugins=[name]), "--out", "out")
    assert ended.returncode == 2
    assert sentence.format(path) in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_plugin_shadows_no_module_and_is_imported_once(tmp_path):
    """Its name in ``sys.modules`` is its own, even where the file is called like one of Python's."""
    path = tmp_path / "random.py"
    path.write_text("made = []", encoding="utf-8")
    before = sys.modules.get("random"), list(sys.path)
    plugins.load_plugin(path)
    plugins.load_plugin(path)
    assert (sys.modules.get("random"), sys.path) == before
    path.write_text("made = [1]", encoding="utf-8")
    with pytest.raises(StudyError, match="was changed since this process imported it"):
        plugins.load_plugin(path)


def test_plugin_is_what_its_file_holds_now(tmp_path):
    """Pitfall 5: what Python compiled of an edit in the same second is not what the key of a run is made of."""
    path = tmp_path / "parts.py"
    path.write_text("made = 1", encoding="utf-8")
    py_compile.compile(path, doraise=True)
    written = path.stat()
    path.write_text("made = 2", encoding="utf-8")
    os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))
    plugins.load_plugin(path)
    (loaded,) = (module for module in sys.modules.values() if getattr(module, "__file__", None) == str(path))
    assert loaded.made == 2


def test_version_is_of_the_content_alone(tmp_path):
    for number, name in enumerate(("a.py", "b.py")):
        (tmp_path / name).write_text(f"x = {number}", encoding="utf-8")
    (tmp_path / "moved.py").write_text("x = 0", encoding="utf-8")
    a, b, moved = (tmp_path / name for name in ("a.py", "b.py", "moved.py"))
    assert plugins.plugins_version([a, b]) == plugins.plugins_version([b, moved]) != plugins.plugins_version([a])
