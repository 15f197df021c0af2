"""Two tasks in one network with cohear: a study of the pair, trained by its own loop from its own feature store."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import torch
import yaml
from turns import Turns

from cohear import Study
from cohear.base.files import make_folder
from cohear.models.sharing import Network
from cohear.runs.in_place import PackInPlace
from cohear.study.folder.folder import StudyFolder
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import make_stores, prepare, write_splits
from cohear.training import loop
from cohear.training.objectives import OBJECTIVES, Step, Sum

TURNS = Turns(int(sys.argv[3]))


@OBJECTIVES.register("in-turns")
class InTurns(Sum):
    """The sum of the losses, where a turn begins with a step's way back."""

    def backward(self, step: Step) -> None:
        TURNS.step()
        super().backward(step)


class Looks(loop.Looks):
    """They are as many whatever the number of steps, and no part of one."""

    def look(self, network: Network, step: int, own: Mapping[str, int]) -> None:
        with TURNS.paused():
            super().look(network, step, own)


def main() -> None:
    loop.Looks = Looks
    torch.set_num_threads(1)
    answers, steps, here = Path(sys.argv[2]), int(sys.argv[4]), Path().resolve()
    tables = {Path(name).stem.rsplit("-", 1)[0]: name for name in sys.argv[5:]}
    study = {
        "study": "pair",
        "datasets": {task: {"path": table} for task, table in tables.items()},
        "tasks": {task: {"dataset": task, "target": "label", "folds": "part"} for task in tables},
        "baselines": [],
        "combinations": ["all"],
        "repeats": {"folds": 1},
        "training": {"steps": steps, "objective": "in-turns", "augment": "none", "precision": "float32"},
    }
    (here / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    cache, folder = make_folder(here / "cache"), StudyFolder(here / "out")
    prepared = prepare(Study.load(here / "study.yaml").settings, here, cache=cache, jobs=1)
    make_stores(prepared, cache=cache, jobs=1, progress=NoProgress())
    make_folder(folder.splits)
    write_splits(prepared, folder)
    (spec,) = (run.spec for run in prepared.plan if len(run.spec.tasks) > 1)
    result = loop.train_one(spec, PackInPlace.of([spec], splits=folder.splits, cache=cache, code=here, runs=[]))
    TURNS.end()
    found = {}
    for task, scores in result.tasks.items():
        said = scores.predictions["test"]
        best = said.logits.argmax(axis=1)
        labels = {scores.data.clips[clip]: scores.data.labels[at] for clip, at in zip(said.clips, best, strict=True)}
        found[task] = labels
    answers.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
