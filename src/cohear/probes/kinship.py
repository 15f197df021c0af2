"""The probes ``origin`` and ``label-names``: whether two tasks share dataset, domain, clips, and words for labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

import numpy as np

from cohear.probes.probe import PROBES, Ground, Measured, Probe, ProbeInputs


@PROBES.register("origin")
class Kinship(Probe):
    """Whether both tasks are of one dataset, of one domain, and how many clips they share."""

    rests_on: ClassVar[Ground] = "data"
    asks_origin: ClassVar[Literal["", "facts", "sounds"]] = "facts"
    measures: ClassVar[tuple[str, ...]] = ("same_dataset", "same_domain", "shared_clips")

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """1 or 0, and a share of the task's training clips; NaN where nobody states a domain."""
        one, other = (given.origins[task.name] for task in given.tasks)
        stated = bool(one.domain and other.domain)
        yield given.measured("same_dataset", float(one.dataset == other.dataset))
        yield given.measured("same_domain", float(one.domain == other.domain) if stated else np.nan)
        own, partners = ([task.store.contents[task.rows[clip]] for clip in task.parts["train"]] for task in given.tasks)
        yield given.measured("shared_clips", float(np.mean([c in set(partners) for c in own])) if own else np.nan)


@PROBES.register("label-names")
class LabelNames(Probe):
    """How alike the words are that two tasks have for their labels: as whole words, and letter by letter."""

    rests_on: ClassVar[Ground] = "data"
    measures: ClassVar[tuple[str, ...]] = ("shared_labels", "label_name_similarity")

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """Of the task's labels in the partner's; NaN where one of the tasks has no labels."""
        named = all(task.kind.has_labels for task in given.tasks)
        own, partners = given.task.labels, given.partner.labels
        yield given.measured("shared_labels", shared_labels(own, partners) if named else np.nan)
        yield given.measured("label_name_similarity", label_similarity(own, partners) if named else np.nan)


def shared_labels(own: Sequence[str], partners: Sequence[str]) -> float:
    """Share of some labels that are among others, whatever their case."""
    others = {label.casefold() for label in partners}
    return float(np.mean([label.casefold() in others for label in own]))


def label_similarity(own: Sequence[str], partners: Sequence[str]) -> float:
    """Mean over some labels of how like each is to the one of the others that is most like it, 0 to 1.

    Two words are as alike as they have triples of letters in common (Dice 1945), their ends counted as letters.
    """
    others = [_triples(label) for label in partners]
    return float(np.mean([max(_dice(_triples(label), other) for other in others) for label in own]))


def _triples(word: str) -> set[str]:
    padded = f"  {word.casefold()} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}


def _dice(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
