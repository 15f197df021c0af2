"""The demo: a study of synthetic datasets whose relations are known, and what it should find."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cohear.base.files import write_text
from cohear.base.yaml_text import read_yaml
from cohear.data.synthetic import CORPORA, write_corpus
from cohear.study.file import StudySettings, check_study
from cohear.study.folder.folder import StudyFolder, with_paths_from

STUDY_FILE = """\
# What `cohear demo` runs: four synthetic datasets with planted relations.
#   syllable and command share their cause, and command has few clips: sharing must help it.
#   pace has nothing in common with either.
#   the labels of colour were drawn by lot: nothing can be learnt, alone or together, and colour is of no use to others.
study: demo

datasets:
  syllables: {path: data/syllables}   # 16 kHz mono FLAC
  commands:  {path: data/commands}    # 16 kHz mono WAV
  engines:   {path: data/engines}     # 44.1 kHz stereo Ogg
  lottery:   {path: data/lottery}     # 8 kHz stereo WAV

tasks:
  syllable: {dataset: syllables, target: syllable}   # folds over the column group: speakers are held out
  command:  {dataset: commands, target: command}
  pace:     {dataset: engines, target: pace}
  colour:   {dataset: lottery, target: colour}

features: [{name: summary, statistics: functionals}]   # a vector of 440 numbers a window
encoders: [{name: mlp, hidden: 12}]                     # so narrow that what two tasks share has to fit into it
baselines: []
combinations: [singles, pairs, all]
repeats: {folds: 5, seeds: 2}
window: 0.8                                             # seconds; about the length of the clips
training: {steps: 300, batch: 24}                       # instead of 800 and 32: enough here
keep: [curves]
"""


def prepare_demo(folder: Path) -> StudySettings:
    """Write the datasets and the study file into a study folder of the demo's own.

    Returns:
        The study's settings, with absolute dataset paths.

    Raises:
        FolderError: the folder is another study's or cannot be written to.
    """
    settings = with_paths_from(check_study(read_yaml(STUDY_FILE), "demo.yaml"), folder.resolve())
    study = StudyFolder(folder)
    study.claim(settings)
    if not study.plan_file.exists():
        study.write_plan(settings.study, [])  # the sign that the folder is ours, before anything else is in it
    study.write_settings(settings)
    write_text(folder / "demo.yaml", STUDY_FILE)
    for corpus in CORPORA:
        write_corpus(folder / "data", corpus)
    return settings


def findings(gains: pd.DataFrame, losses: pd.DataFrame, results: pd.DataFrame) -> list[str]:
    """What was planted and what the study found of it, a line each.

    Args:
        gains: of the demo.
        losses: the same in log loss.
        results: of the demo; single scores.
    """
    cells, in_loss = (
        {(row["task"], row["combination"]): row for row in table.to_dict("records")} for table in (gains, losses)
    )
    alone = results[(results["task"] == "colour") & (results["combination"] == "colour")]["value"].astype(float)
    found: list[tuple[str, list[str]]] = [
        (
            "command shares its cause with syllable and has few clips, so syllable must help it",
            [_told(cells["command", "syllable+command"]), _told_in_loss(in_loss["command", "syllable+command"])],
        ),
        (
            "pace has nothing in common with syllable or command, so neither should be shown to help the other",
            [_told(cells[cell]) for cell in (("command", "command+pace"), ("pace", "command+pace"))]
            + [_told(cells["pace", "syllable+pace"])],
        ),
        (
            "the labels of colour were drawn by lot, so nothing can be learnt, and colour is of no use to others",
            [
                f"colour {100 * alone.mean():.1f} alone, where guessing scores 33.3",
                _told(cells["colour", "syllable+colour"]),
                _told(cells["command", "command+colour"]),
            ],
        ),
    ]
    return [
        line
        for planted, found_lines in found
        for line in (f"planted: {planted}", *(f"  found: {one}" for one in found_lines))
    ]


def _told(cell: Mapping[Hashable, Any]) -> str:
    partner = " + ".join(name for name in str(cell["combination"]).split("+") if name != cell["task"])
    points = [100 * float(cell[name]) for name in ("single", "shared", "gain", "low", "high")]
    return (
        f"{cell['task']} {points[0]:.1f} alone, {points[1]:.1f} beside {partner}: "
        f"{points[2]:+.1f} points ({points[3]:+.1f} to {points[4]:+.1f}), {cell['verdict']}"
    )


def _told_in_loss(cell: Mapping[Hashable, Any]) -> str:
    gain, low, high = (float(cell[name]) for name in ("gain", "low", "high"))
    return f"the same in log loss: {gain:+.2f} bits a clip ({low:+.2f} to {high:+.2f}), {cell['verdict']}"
