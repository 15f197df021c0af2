"""What the graph of a network takes of each task."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from cohear.export.graph_values import features_name, lengths_name
from cohear.features.task_input import TaskInput


@dataclass(frozen=True)
class NetworkInput:
    """Windows as the network graph takes them.

    Attributes:
        hears: number of the input that they are of.
        scaled_for: task whose scale their features are at; empty where they are as the front-end gives them.
    """

    hears: int
    scaled_for: str = ""

    @property
    def features(self) -> str:
        """Name of the features."""
        return f"+features+{self.scaled_for}" if self.scaled_for else features_name(self.hears)

    @property
    def lengths(self) -> str:
        """Name of the valid frames, of sequences."""
        return f"+lengths+{self.scaled_for}" if self.scaled_for else lengths_name(self.hears)


def network_inputs(inputs: Mapping[str, TaskInput], scaled: Container[str]) -> dict[str, NetworkInput]:
    """What the network graph takes of each task; tasks whose features are at a scale share theirs with none."""
    return {
        task: NetworkInput(number, task if task in scaled else "") for task, number in input_numbers(inputs).items()
    }


def input_numbers(inputs: Mapping[str, TaskInput]) -> dict[str, int]:
    """Of each task the number of its input: tasks that are given the same share one, and the first has 0."""
    different = list(dict.fromkeys(inputs.values()))
    return {task: different.index(given) for task, given in inputs.items()}
