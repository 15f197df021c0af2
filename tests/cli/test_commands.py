"""The command line itself."""

import subprocess
import sys
from functools import partial

import pytest
import tiny

import cohear
from cohear.base.errors import UserError

VERBS = [
    "init",
    "check",
    "run",
    "status",
    "gains",
    "answers",
    "power",
    "advise",
    "report",
    "export",
    "bench",
    "classify",
    "listen",
    "serve",
    "features",
    "datasets",
]
LOOK = """
import sys
sys.argv = ["cohear", *sys.argv[1:]]
from cohear.cli import main
try:
    main()
except SystemExit as ended:
    assert ended.code == 0
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
HEAVY = {
    "numpy",
    "torch",
    "pydantic",
    "pandas",
    "scipy",
    "sklearn",
    "yaml",
    "soundfile",
    "soxr",
    "jinja2",
    "filelock",
    "onnx",
    "onnxruntime",
}


@pytest.mark.parametrize("verb", [None, *VERBS])
def test_help_is_light_and_has_an_example(verb):
    """Help imports typer and rich and nothing heavier; since 0.29 typer itself takes pydantic to type options.

    That of the command as a whole does without what typer's boxes need, Markdown and all.
    """
    arguments = [verb, "--help"] if verb else ["--help"]
    ended = subprocess.run([sys.executable, "-c", LOOK, *arguments], capture_output=True, text=True, check=True)
    assert not (HEAVY - {"pydantic"} if verb else HEAVY | {"markdown_it"}) & set(ended.stderr.split())
    assert f"cohear {verb or 'demo'} " in ended.stdout.split("Usage", 1)[1].split("\n", 1)[1] or verb == "features"
    assert "xample" in ended.stdout or verb is None


def test_run_is_quiet_without_a_terminal(bench):
    ended = bench.cohear_apart("run", bench.study(), "--out", "out")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "page: out/report/index.html" in ended.stdout


def test_study_without_a_shared_run_says_that_there_is_no_gain(bench):
    study = bench.study(combinations=["singles"])
    ended = bench.cohear("run", study, "--out", "out")
    assert ended.returncode == 0, ended.stderr
    for told in (ended.stdout, bench.cohear("gains", "out").stdout):
        assert "No task was trained both alone and with a partner on the same fold and seed" in told


@pytest.mark.parametrize("more", [[], ["--dry-run"]], ids=["run", "dry run"])
def test_an_unknown_launcher_is_refused_before_the_data_are_read(bench, more):
    ended = bench.cohear("run", bench.study(), "--out", "out", "--launcher", "lokal", *more)
    assert (ended.returncode, ended.stderr) == (2, "error: unknown launcher 'lokal' (did you mean 'local'?)\n")
    assert not (bench.root / "out").exists()
    assert not bench.cache.exists()


def test_an_unknown_launcher_is_refused_from_python_too(bench):
    study = cohear.Study.load(bench.study())
    for ask in (study.plan, study.run, partial(study.export, bench.root / "bundle")):
        with pytest.raises(UserError, match="unknown launcher 'nonsense'"):
            ask(launcher="nonsense")


def test_dry_run_writes_nothing(bench):
    ended = bench.cohear("run", bench.study(), "--out", "out", "--dry-run")
    assert ended.returncode == 0
    assert "plan of tiny" in ended.stdout
    assert not (bench.root / "out").exists()


def test_features_are_listed_and_pruned(bench):
    bench.run("out")
    assert "summary (" in bench.cohear("features").stdout
    assert "removed 0 folders" in bench.cohear("features", "--prune").stdout
    assert "removed 2 folders" in bench.cohear("features", "--prune", "--days", "0").stdout
    assert not list((bench.cache / "features").iterdir())
    before = tiny.times(bench.root / "out")
    bench.run("out")
    assert tiny.times(bench.root / "out") == before


def test_gains_and_report_of_a_folder_with_results_alone(finished, tmp_path):
    (tmp_path / "results.csv").write_bytes((finished.root / "out" / "results.csv").read_bytes())
    for verb in ("gains", "report"):
        ended = finished.cohear(verb, tmp_path)
        assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "gains.csv").exists()
    assert (tmp_path / "report" / "index.html").exists()


def test_tables_without_their_runs_are_used_as_they_are(finished, tmp_path):
    """A copied folder may lack all or some of the run folders: no row of its table is lost."""
    for name in ("results.csv", "metrics.csv", "plan.json", "study.yaml", "data.json"):
        (tmp_path / name).write_bytes((finished.root / "out" / name).read_bytes())
    before = (tmp_path / "results.csv").read_bytes()
    for verb in ("gains", "report"):
        ended = finished.cohear(verb, tmp_path)
        assert ended.returncode == 0, ended.stderr
        assert "results.csv is used as it is: it holds 6 runs without a whole record in the folder runs" in ended.stderr
        assert (tmp_path / "results.csv").read_bytes() == before
    assert len((tmp_path / "gains.csv").read_text().splitlines()) == 5


LIGHT = """
import sys
sys.argv = ["cohear", *sys.argv[1:]]
from cohear.cli import main
try:
    main()
finally:
    print("torch" in sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("verb", ["status", "gains", "report"])
def test_verbs_on_tables_do_without_torch(finished, verb):
    arguments = [sys.executable, "-c", LIGHT, verb, finished.root / "out"]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert ended.stderr.splitlines()[-1] == "False"
