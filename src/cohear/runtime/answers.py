"""What a bundle answers: for a clip, and for each window of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cohear.audio.silence import SILENCE_DB


class Answer(ABC):
    """What is said of a clip or of a window; a frozen dataclass, whose fields JSON tells.

    ``str`` of it is for a table: a line, empty where nothing is given.
    """

    def first(self) -> Mapping[str, object]:
        """What JSON tells before the fields."""
        return {}

    @abstractmethod
    def rows(self) -> list[Mapping[str, str]]:
        """Cells by column, for a table of files: a row for each thing that is given, or a single one."""

    def strongest(self) -> tuple[str, float] | None:
        """The most probable label, given or not; None where an answer is no label."""
        return None

    def brief(self) -> str:
        """What is heard now, in a few words; the most probable label in brackets where none is given."""
        return str(self)


@dataclass(frozen=True)
class Labels(Answer):
    """The answer of a task of labels.

    Attributes:
        labels: what is given: of a multiclass task the most probable label, of a multilabel task all from their
            threshold on, the most probable first; perhaps none, and none where nothing was heard.
        probabilities: of every label, in the card's order: what the model gives, heard or not.
    """

    labels: tuple[str, ...]
    probabilities: dict[str, float]

    @property
    def label(self) -> str:
        """The most probable of the given labels; empty where none is given."""
        return self.labels[0] if self.labels else ""

    @property
    def probability(self) -> float:
        """Of ``label``, or of the most probable one where none is given."""
        return self.probabilities[self.label] if self.labels else max(self.probabilities.values())

    def __str__(self) -> str:
        """``dog 0.93; rain 0.80``; empty where no label is given."""
        return "; ".join(f"{label} {self.probabilities[label]:.2f}" for label in self.labels)

    def first(self) -> Mapping[str, object]:
        """The most probable label."""
        return {"label": self.label, "probability": self.probability}

    def rows(self) -> list[Mapping[str, str]]:
        """One a label; one without a label where none is given."""
        chances = [(label, self.probabilities[label]) for label in self.labels] or [("", self.probability)]
        return [{"label": label, "probability": f"{chance:.6f}"} for label, chance in chances]

    def strongest(self) -> tuple[str, float]:
        """The most probable label."""
        best = max(self.probabilities, key=lambda label: self.probabilities[label])
        return best, self.probabilities[best]

    def brief(self) -> str:
        """The given labels."""
        return " + ".join(self.labels) or f"({self.strongest()[0]})"


@dataclass(frozen=True)
class Number(Answer):
    """The answer of a task of one number or several.

    Attributes:
        numbers: by name, in the card's order; none where nothing was heard.
        unit: of all of them; empty where they have none.
        spread: how far from each nine truths in ten were, on clips that were not trained on; empty where the card does
            not tell.
    """

    numbers: dict[str, float]
    unit: str
    spread: dict[str, float]

    def __str__(self) -> str:
        """``3.21 ± 0.4 dB``, with its name where there are several, and without an interval where none is known."""
        within = {name: f" ± {spread:.2g}" for name, spread in self.spread.items()}
        texts = [f"{value:.4g}{within.get(name, '')} {self.unit}".rstrip() for name, value in self.numbers.items()]
        if len(texts) == 1:
            return texts[0]
        return "; ".join(f"{name} {text}" for name, text in zip(self.numbers, texts, strict=True))

    def rows(self) -> list[Mapping[str, str]]:
        """One a number, under its name; an empty one where there is none."""
        return [
            {
                "label": name,
                "number": f"{number:.6g}",
                "unit": self.unit,
                "spread": f"{self.spread[name]:.6g}" if name in self.spread else "",
            }
            for name, number in self.numbers.items()
        ] or [{}]


@dataclass(frozen=True)
class Sounding:
    """A stretch of time in which a label sounds.

    Attributes:
        label: what is heard.
        onset, offset: seconds.
        probability: the largest of its steps'.
    """

    label: str
    onset: float
    offset: float
    probability: float


@dataclass(frozen=True)
class Timeline(Answer):
    """The answer of a task of labels in time.

    Attributes:
        spans: where each label sounds, by their onsets; nowhere where nothing was heard.
        begin: seconds at which the first step begins.
        step: seconds from one step to the next.
        probabilities: of every label in each step, in the card's order.
    """

    spans: tuple[Sounding, ...]
    begin: float
    step: float
    probabilities: dict[str, list[float]]

    def __str__(self) -> str:
        """``dog 0.50–1.20 s; rain 0.80–3.00 s``; empty where nothing sounds."""
        return "; ".join(f"{span.label} {span.onset:.2f}–{span.offset:.2f} s" for span in self.spans)

    def rows(self) -> list[Mapping[str, str]]:
        """One a span; one without a label where nothing sounds."""
        told = [
            {
                "label": span.label,
                "probability": f"{span.probability:.6f}",
                "onset": f"{span.onset:.3f}",
                "offset": f"{span.offset:.3f}",
            }
            for span in self.spans
        ]
        return [*told] or [{"label": "", "probability": f"{self.strongest()[1]:.6f}"}]

    def strongest(self) -> tuple[str, float]:
        """The label that is most probable in any step."""
        best = max(self.probabilities, key=lambda label: max(self.probabilities[label]))
        return best, max(self.probabilities[best])

    def brief(self) -> str:
        """The labels that sound."""
        return " + ".join(dict.fromkeys(span.label for span in self.spans)) or f"({self.strongest()[0]})"


AnyAnswer: TypeAlias = Labels | Number | Timeline
"""Every answer there is, for descriptions of what is sent."""


Spans: TypeAlias = tuple[tuple[float, float], ...]
"""Stretches of time, begin and end in seconds, one after the other."""

NOTHING_HEARD = f"silence: nothing in it is louder than {SILENCE_DB:g} dB of full scale"
CHANNELS_CANCEL = "its channels cancel each other out in their mean, which is what is heard: give one of them"


def note_of(*, heard: bool, channels_cancel: bool) -> str:
    """What there is to say of a sound: its channels cancel, or it is silence; empty where there is nothing."""
    return CHANNELS_CANCEL if channels_cancel else "" if heard else NOTHING_HEARD


@dataclass(frozen=True, eq=False)
class ClipAnswers(Mapping[str, AnyAnswer]):
    """The answers to a clip, by task.

    Attributes:
        heard: whether there is more than silence in it; else no answer gives a label or a number.
        tasks: each task's answer, in the card's order.
        note: why nothing was heard, or what is odd about what was; empty where there is nothing to say.
    """

    heard: bool
    tasks: dict[str, AnyAnswer]
    note: str = ""

    def __getitem__(self, task: str) -> AnyAnswer:
        """The answer of a task."""
        return self.tasks[task]

    def __iter__(self) -> Iterator[str]:
        """The tasks."""
        return iter(self.tasks)

    def __len__(self) -> int:
        """How many tasks have an answer."""
        return len(self.tasks)


@dataclass(frozen=True)
class WindowAnswer:
    """The answers to one window, of all tasks that hear in windows like this.

    Attributes:
        onset, offset: seconds from the beginning; the offset of a clip's last window is the clip's end.
        heard: whether there is more than silence in it; else no answer gives a label or a number.
        tasks: their answers.
        sounding: where there is; None is all of it.
    """

    onset: float
    offset: float
    heard: bool
    tasks: dict[str, AnyAnswer]
    sounding: Spans | None = None

    @property
    def answers(self) -> dict[str, AnyAnswer]:
        """The same as ``tasks``."""
        return self.tasks

    @property
    def spans(self) -> Spans:
        """Where something is heard."""
        if not self.heard:
            return ()
        return ((self.onset, self.offset),) if self.sounding is None else self.sounding


def in_time(windows: Iterable[WindowAnswer]) -> list[WindowAnswer]:
    """Windows by their onsets."""
    return sorted(windows, key=lambda window: (window.onset, window.offset))
