"""What recorded studies tell of gains that were never measured: a prior, written down as JSON, that can be fitted anew.

``cohear advise`` takes the one that ships beside this file, where a study has no gain of its own.
``python benchmarks/prior.py`` fits it; docs/results/prior.md is its card.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from cohear.advice.expectation import Beforehand
from cohear.advice.predictors.cells import Cells
from cohear.advice.predictors.linear_relation import LinearRelation
from cohear.base.errors import UserError
from cohear.base.files import write_text

FORMAT = 1
"""Of the file; raised when its keys change."""
SHIPPED = Path(__file__).with_name("prior.json")


@dataclass(frozen=True)
class UnseenGain:
    """What going by a prior gained on datasets that it was not fitted to.

    ``gain`` is the mean gain of a task in a pair when each pair that the prior expects to gain is trained together and
    every other apart, with its 95 % interval; ``always`` that of training every pair together; apart gains 0.
    ``rank`` is the mean rank correlation within tasks of foretold and measured gains, with its interval.
    """

    gain: float
    low: float
    high: float
    always: float
    rank: float
    rank_low: float
    rank_high: float

    @property
    def is_better(self) -> bool:
        """Whether it is shown to be better than separate networks."""
        return self.low > 0


@dataclass(frozen=True)
class PriorOfScore:
    """What is expected of gains in one score.

    Attributes:
        unit: of the gains.
        studies: names of the folders that it is fitted to.
        datasets, tasks, cells: how many it is fitted to.
        relation: of gains to measurements.
        around: standard deviation of gains around it, on datasets that were left out, error of measurement taken out.
        spread: the same of gains around nothing.
        repeat_error: standard error of the gain of one repeat.
        unseen: how well it did on datasets that were left out.
    """

    unit: str
    studies: tuple[str, ...]
    datasets: int
    tasks: int
    cells: int
    relation: LinearRelation
    around: float
    spread: float
    repeat_error: float
    unseen: UnseenGain

    def beforehand(self, tasks: Sequence[str], cells: Cells) -> Beforehand:
        """What is expected of every ordered pair.

        Args:
            tasks: by number.
            cells: all their ordered pairs, with what was measured of them.

        """
        gain = np.zeros((len(tasks), len(tasks)))
        number = {task: place for place, task in enumerate(tasks)}
        for task, (partner,), value in zip(cells.tasks, cells.partners, self.relation.gains(cells), strict=True):
            gain[number[task], number[partner]] = value
        return Beforehand(gain, np.full_like(gain, self.around))


@dataclass(frozen=True)
class GainPrior:
    """A prior of gains.

    Attributes:
        version: raised with every fit that ships.
        scores: what is expected in each unit of gains.
    """

    version: int
    scores: Mapping[str, PriorOfScore]

    def write(self, path: Path) -> None:
        """As JSON that a person can read."""
        scores = [
            asdict(replace(score, relation=None)) | {"relation": score.relation.to_json()}  # type: ignore[arg-type]
            for score in self.scores.values()
        ]
        content = {"format": FORMAT, "version": self.version, "scores": scores}
        write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


@cache
def read_prior(path: Path = SHIPPED) -> GainPrior:
    """A prior from its file.

    Raises:
        UserError: it cannot be read, or is no prior of this format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"it has format {content['format']}, here {FORMAT} is read")
        scores = [
            PriorOfScore(
                **told
                | {
                    "studies": tuple(told["studies"]),
                    "relation": LinearRelation.from_json(told["relation"]),
                    "unseen": UnseenGain(**told["unseen"]),
                }
            )
            for told in content["scores"]
        ]
        return GainPrior(int(content["version"]), {score.unit: score for score in scores})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is no prior ({error}); `python benchmarks/prior.py` fits one") from None
