"""What the networks of a study were trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from cohear.base.counting import counted
from cohear.base.study_facts import DATA_JSON, read_facts, write_facts
from cohear.runs.record import Record
from cohear.study.folder.folder import StudyFolder


def write_devices(folder: StudyFolder, records: Iterable[Record | None]) -> None:
    """Note in ``data.json``, where there is one, how many runs tell of each device, the most common first."""
    if not (folder.root / DATA_JSON).exists():
        return
    facts, devices = read_facts(folder.root), dict(devices_of(records).most_common())
    if list(facts.devices.items()) != list(devices.items()):
        write_facts(folder.root, replace(facts, devices=devices))


def devices_of(records: Iterable[Record | None]) -> Counter[str]:
    """How many of some runs tell that they were trained on each device."""
    return Counter(record.device for record in records if record is not None and record.device)


def trained_elsewhere(records: Iterable[Record | None], device: str) -> list[str]:
    """A sentence where runs that are done were trained on another device than those that are to come.

    Args:
        records: of the study's runs, as far as they are done.
        device: that the others are trained on.
    """
    others = {name: runs for name, runs in devices_of(records).items() if name != device}
    if not others:
        return []
    told = ", ".join(f"{counted(runs, 'run')} on {name}" for name, runs in others.items())
    return [
        f"this study has runs that were trained elsewhere ({told}), and those to come are trained on {device}: "
        "rounding differs between devices, and training makes more of it; to have all on one, give another --out"
    ]
