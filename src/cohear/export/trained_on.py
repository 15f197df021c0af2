"""Which clips the network of a bundle was trained on: by hashes, from which nobody hears or names them again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cohear.base.errors import DataError
from cohear.base.files import digest
from cohear.data.scan.dataset import Dataset
from cohear.runs.split import read_split
from cohear.training.spec import RunSpec

TRAINED_ON = "trained_on.json"
LEARNT_PARTS = ("train", "validation")


@dataclass(frozen=True)
class TrainedOn:
    """Clips that a network knows, whatever their files are called.

    Attributes:
        samples: hashes of their decoded samples.
        sources: hashes of their ``source_id``, where they have one.
    """

    samples: frozenset[str]
    sources: frozenset[str]

    def holds(self, content: str, source: str) -> bool:
        """Whether a clip, by the hash of its samples and its ``source_id``, is one of them or cut from the same one.

        Args:
            content: as `cohear.data.scan.content_hash` makes it.
            source: empty where the clip has none.
        """
        return content in self.samples or (source != "" and digest(source) in self.sources)

    def to_json(self) -> dict[str, list[str]]:
        """For the bundle's file."""
        return {"samples": sorted(self.samples), "sources": sorted(self.sources)}


def clips_trained_on(spec: RunSpec, splits: Path, datasets: Mapping[str, Dataset]) -> TrainedOn:
    """The training and validation clips of all tasks of a run, of partners without labels too.

    Args:
        spec: of the run.
        splits: folder of the study's splits.
        datasets: of the study, by name.
    """
    samples = set[str]()
    for reference in spec.tasks:
        split = read_split(splits, reference.split)
        samples |= {own for own, part in zip(split.contents, split.parts, strict=True) if part in LEARNT_PARTS}
    sources = {
        digest(source)
        for dataset in datasets.values()
        for own, source in zip(dataset.contents(), dataset.table.optional_column("source_id"), strict=True)
        if source and own in samples
    }
    return TrainedOn(frozenset(samples), frozenset(sources))


def read_trained_on(bundle: Path) -> TrainedOn | None:
    """What a bundle tells; None of one that was exported before bundles told it.

    Raises:
        DataError: the file cannot be read.
    """
    path = bundle / TRAINED_ON
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return TrainedOn(frozenset(content["samples"]), frozenset(content["sources"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"cannot read {path}: {error!r}; export the bundle again") from error
