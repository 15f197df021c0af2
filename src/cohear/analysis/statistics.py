"""All statistics of a study: made once from its tables, each when it is first asked for, and taken by every reader."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from cohear.analysis.answers import combining, savings
from cohear.analysis.answers.above import BetterSingle, Judging, above
from cohear.analysis.answers.best_singles import BestSingle, best_singles
from cohear.analysis.answers.best_way import BestWay, sharing_ways
from cohear.analysis.answers.correlates import Correlate, measured
from cohear.analysis.answers.groupings import UnbeatenGrouping, best_per_budget
from cohear.analysis.answers.label_worth import LabelWorth, label_worth
from cohear.analysis.answers.larger_encoders import EncoderChange, larger_encoders
from cohear.analysis.answers.measurements import of_data
from cohear.analysis.answers.persistence import SettingsAgreement, agreements
from cohear.analysis.answers.recommended import NoGrouping, Recommended, Serving, of_settings, one_network, recommend
from cohear.analysis.answers.speed import steps_to_score
from cohear.analysis.answers.ways_alone import WayAlone, ways_alone
from cohear.analysis.gains.controls import contrasts, control_gains, explained
from cohear.analysis.gains.design import Design
from cohear.analysis.gains.gains import judged_gains
from cohear.analysis.gains.judged import Judged, judge
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.gains.singles import single_scores
from cohear.analysis.gains.spread import cell_spread
from cohear.analysis.gains.variance_parts import variance_parts
from cohear.analysis.looking.power import FamilyPower, family_table, power_table
from cohear.analysis.looking.standing import standing
from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.in_setting import in_setting
from cohear.analysis.tables.log_loss import BITS, MARGIN_NLL, LogLossTables, has_log_loss
from cohear.analysis.tables.of_study import FolderTables, Tables
from cohear.analysis.tables.results import of_baselines, of_networks
from cohear.analysis.tables.units import common_unit, units_of
from cohear.base.setting import Setting
from cohear.base.tables import NLL, NOT_LEARNT, SINGLES_CSV
from cohear.base.units import OWN, Unit


@dataclass(frozen=True)
class Statistics:
    """Statistics of one study. What its results cannot be compared for raises UserError where it is first needed.

    Attributes:
        tables: what they are made of.
        design: how its repeats are judged.
        related: pairs of tasks that are related by what they are about; without any, pairs are not told apart.
    """

    tables: Tables
    design: Design
    related: frozenset[frozenset[str]] = frozenset()

    @classmethod
    def of(cls, tables: Tables, related: Collection[frozenset[str]] = ()) -> Statistics:
        """Judged as the facts among the tables ask, which may state related pairs too, for where none are given."""
        stated = [frozenset(map(str, pair)) for pair in tables.data.related if len(pair) == 2]
        return cls(tables, Design.of(tables.data), frozenset(related or stated))

    @classmethod
    def of_folder(cls, folder: Path, related: Collection[frozenset[str]] = ()) -> Statistics:
        """Of a study folder, or of one that holds nothing but ``results.csv``."""
        return cls.of(FolderTables(folder), related)

    def is_related(self, combination: str) -> bool:
        """Whether a pair of tasks is one of those that are related."""
        return frozenset(combination.split("+")) in self.related

    def domain_of(self, task: str) -> str:
        """What is heard in a task's dataset, as somebody states it; empty where nobody does."""
        data = self.tables.data
        facts = data.tasks.get(task)
        dataset = data.datasets.get(facts.dataset) if facts else None
        return dataset.domain if dataset else ""

    def between_scored(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table whose combination holds no task without labels, of which there is no score."""
        free = self.tables.data.label_free
        if not free:
            return rows
        kept = [free.keys().isdisjoint(str(combination).split("+")) for combination in rows["combination"]]
        return rows[pd.Series(kept, index=rows.index, dtype=bool)]

    @cached_property
    def log_loss(self) -> Statistics | None:
        """The same of the second primary score; None where no run has it."""
        if not has_log_loss(self.tables) or isinstance(self.tables, LogLossTables):
            return None
        tables = LogLossTables(self.tables)
        design = Design.of(tables.data)
        margins = design.margins if isinstance(design.margins, Mapping) else MARGIN_NLL
        return Statistics(tables, replace(design, margins=margins, units={NLL: BITS}), self.related)

    @cached_property
    def results(self) -> pd.DataFrame:
        """Checked results of networks, controls included."""
        return of_networks(self.tables.results)

    @cached_property
    def baselines(self) -> pd.DataFrame:
        """Checked results of baselines."""
        return of_baselines(self.tables.results)

    @property
    def _ordinary(self) -> pd.DataFrame:
        """Those of them that are no controls."""
        return self.results[self.results["control"] == ""]

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Paired differences of the ordinary runs."""
        return paired_differences(self.results, self.design)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Repeats of every cell, and how far they lie apart."""
        return cell_spread(self.pairs)

    @cached_property
    def on_one_part(self) -> pd.DataFrame:
        """Those of them that were tested on one part, so that nothing of them is known for new clips."""
        return self.cells[self.cells["parts"] == 1]

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """What the scores of each metric are counted in."""
        return units_of(self._every, self.design.units)

    @cached_property
    def _every(self) -> pd.DataFrame:
        """Results of networks and of baselines."""
        return pd.concat([self.results, self.baselines], ignore_index=True)

    def unit_over(self, rows: pd.DataFrame) -> Unit:
        """What figures over rows of some metrics are counted in, each row of one ``metric``."""
        return common_unit(self.units[name] for name in map(str, rows["metric"].unique()))

    @cached_property
    def judged(self) -> Judged:
        """Every cell after its test."""
        return judge(self.pairs, self.design)

    @cached_property
    def gains(self) -> pd.DataFrame:
        """``gains.csv``, with what controls explain."""
        return explained(judged_gains(self.judged), self.controls, self.contrasts)

    @cached_property
    def controls(self) -> pd.DataFrame:
        """``controls.csv``; without a row where no control was run."""
        return control_gains(self.results, self.design)

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """The real partner minus each of its controls."""
        return contrasts(self.results, self.design)

    @cached_property
    def standing(self) -> pd.DataFrame:
        """Where cells of a study that looks stand: decided, open, or given up."""
        return standing(self.judged)

    @property
    def _is_open(self) -> pd.Series[bool] | None:
        return self.standing["open"] if self.design.looks else None

    @cached_property
    def power(self) -> pd.DataFrame:
        """What each cell could have shown, and what would decide it."""
        return power_table(self.judged, self._is_open)

    @cached_property
    def families(self) -> Sequence[FamilyPower]:
        """The same, a line a family."""
        return family_table(self.power)

    @cached_property
    def spread(self) -> pd.DataFrame:
        """Parts of the spread of differences: folds, seeds, the single run."""
        return variance_parts(self.pairs)

    @cached_property
    def singles(self) -> pd.DataFrame:
        """Mean score of each task alone, in networks."""
        return single_scores(self.results, self.design, self.tables.data.tasks)

    @cached_property
    def _every_single(self) -> pd.DataFrame:
        """The same, and baselines, which a column tells apart."""
        plain = single_scores(self.baselines, self.design, self.tables.data.tasks)
        names = [*SINGLES_CSV.names, "baseline"]
        both = self.singles.assign(baseline=False), plain.assign(baseline=True)
        known = [table[names] for table in both if len(table)]
        return pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=names)

    @property
    def singles_table(self) -> pd.DataFrame:
        """``singles.csv``: each task alone, in networks and by baselines."""
        return self._every_single[list(SINGLES_CSV.names)]

    @cached_property
    def not_learnt(self) -> Mapping[Setting, frozenset[str]]:
        """Tasks whose score alone is not beyond chance, of the settings that have such."""
        rows = self.singles[self.singles["learnt"] == NOT_LEARNT]
        return {
            (str(names[0]), str(names[1]), str(names[2])): frozenset(map(str, some["task"]))
            for names, some in rows.groupby(list(SETTING), sort=True)
        }

    def advisable(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table whose combination holds no task that is not learnt in its setting: what advice is of."""
        if not self.not_learnt:
            return rows
        names = zip(*(rows[name].astype(str) for name in (*SETTING, "combination")), strict=True)
        kept = [
            self.not_learnt.get((features, encoder, arm), frozenset()).isdisjoint(combination.split("+"))
            for features, encoder, arm, combination in names
        ]
        return rows[pd.Series(kept, index=rows.index, dtype=bool)]

    def of_learnt(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table whose own task is learnt in its setting, whatever it is beside: what may be expected."""
        if not self.not_learnt:
            return rows
        names = zip(*(rows[name].astype(str) for name in (*SETTING, "task")), strict=True)
        kept = [task not in self.not_learnt.get((features, encoder, arm), ()) for features, encoder, arm, task in names]
        return rows[pd.Series(kept, index=rows.index, dtype=bool)]

    def is_learnt_at_a_budget(self, task: str, features: str, encoder: str) -> bool:
        """Whether a task is learnt with some share of its labels, as far as can be told: few may be too few."""
        budgets = self.tables.data.label_budgets
        own = self.singles[self.singles["task"].eq(task) & self.singles["arm"].isin(list(budgets))]
        own = own[own["features"].eq(features) & own["encoder"].eq(encoder)]
        return own.empty or bool((own["learnt"] != NOT_LEARNT).any())

    @cached_property
    def correlations(self) -> Sequence[Correlate]:
        """Gains beside measurements of tasks."""
        tables = self.tables
        gains, pairs = self.between_scored(self.gains), self.between_scored(self.pairs)
        data, table = of_data(tables.data), tables.measurements
        return measured(gains, data, self.results, tables.metrics, tables.curves, pairs, table)

    @cached_property
    def agreements(self) -> Sequence[SettingsAgreement]:
        """Gains of each two settings beside each other."""
        return agreements(self.pairs)

    @cached_property
    def sizes(self) -> Sequence[combining.GainOfSize]:
        """Mean and worst gain of learnt tasks against the number of tasks in the network."""
        return combining.by_size(self.between_scored(self.of_learnt(self.pairs)), self.design)

    @cached_property
    def encoders(self) -> Sequence[EncoderChange]:
        """What larger encoders change of tasks that are learnt in both."""
        return larger_encoders(self.of_learnt(self.results), self.design)

    @cached_property
    def best_ways(self) -> Sequence[BestWay]:
        """Of each front-end and encoder that shares in several ways the best one, by tasks that are learnt."""
        return sharing_ways(self.results, self.between_scored(self.of_learnt(self.pairs)), self.design)

    @cached_property
    def foretold(self) -> pd.DataFrame:
        """Gains of larger groups beside those that smaller ones foretell."""
        return combining.foretold(self.judged)

    @cached_property
    def foretelling(self) -> Sequence[combining.Foretelling]:
        """How well each way foretells."""
        return combining.foretelling(self.foretold)

    @cached_property
    def breaks(self) -> Sequence[combining.Break]:
        """Tasks whose groups are surely worse than their pairs foretell."""
        return combining.breaks(self.foretold)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Each combination's cost beside that of its singles."""
        return savings.costs(self.results, self.tables.costs, self.tables.data.label_free)

    @cached_property
    def speed(self) -> pd.DataFrame:
        """Steps to a fixed score, alone and shared."""
        return steps_to_score(self.results, self.tables.curves)

    @cached_property
    def label_worth(self) -> Sequence[LabelWorth]:
        """What partners are worth in labels; empty where there are not budgets enough."""
        return label_worth(self.results, self.tables.data, self.design)

    @cached_property
    def ways_alone(self) -> Mapping[str, Sequence[WayAlone]]:
        """The ways to do each task alone, of networks and baselines that are shown all its labels."""
        budgets = self.tables.data.label_budgets
        few = [(task, arm) for arm, budget in budgets.items() for task, share in budget.shares.items() if share < 1]
        return ways_alone(self._every, self._every_single, few)

    @cached_property
    def best_singles(self) -> Mapping[str, BestSingle]:
        """Of each task the best way to do it alone."""
        return {line["task"]: line for line in best_singles(self.ways_alone, self.design)}

    def above(
        self, served: Mapping[str, str], setting: Setting, judging: Judging | None = None
    ) -> Mapping[str, BetterSingle]:
        """Of tasks the single that is furthest above their combination in a setting, where there is one.

        Args:
            served: the combination of each task.
            setting: features, encoder, arm.
            judging: the repeats that did not choose it; None where all may judge.
        """
        asked = (tuple(served.items()), setting, judging)
        if asked not in self._above:
            rows = in_setting(self._ordinary, setting)
            own = rows[rows["task"].map(served) == rows["combination"]]
            self._above[asked] = above(own, self.ways_alone, self.design, judging)
        return self._above[asked]

    @cached_property
    def _above(self) -> dict[tuple[Hashable, ...], Mapping[str, BetterSingle]]:
        """What was asked already: the recommended grouping is told of its setting, and of the study."""
        return {}

    def judging(self, setting: Setting) -> Judging:
        """The repeats of a setting that judge which of its learnt tasks to train together, since others choose."""
        return Judging.of(in_setting(self.advisable(self.pairs), setting))

    @cached_property
    def groupings(self) -> Sequence[UnbeatenGrouping]:
        """Groupings of the learnt tasks that no other beats in gain and one cost, for every cost that is known."""
        results, pairs = self.advisable(self.results), self.between_scored(self.advisable(self.pairs))
        return best_per_budget(results, pairs, design=self.design, measured=self.tables.costs)

    @cached_property
    def recommended(self) -> Mapping[Setting, Recommended | NoGrouping]:
        """Which learnt tasks to train together in every setting with ordinary runs, or why that cannot be told."""
        lines = of_settings(self.groupings)
        found: dict[Setting, Recommended | NoGrouping] = {}
        for key, results, pairs in self._each():
            recommendation = recommend(key, results, pairs, lines.get(key, []), self.design)
            several = self.unit_over(pairs) == OWN and pairs["metric"].nunique() > 1
            if recommendation == "pairs" and self._compared(key):
                recommendation = "focal" if self._in_turn(key) else "learnt"
            found[key] = "units" if several and isinstance(recommendation, Recommended) else recommendation
        return found

    @cached_property
    def one_network(self) -> Mapping[Setting, Serving]:
        """One network for all learnt tasks, where it was measured: on all repeats, unless they chose it."""
        found: dict[Setting, Serving] = {}
        for key, results, pairs in self._each():
            recommendation = self.recommended[key]
            every = recommendation.every if isinstance(recommendation, Recommended) else ()
            whole = next((one for one in every if one.whole and one.shared), None)
            whole = whole or one_network(results, pairs, set(results["task"]), self.design)
            if whole is not None:
                found[key] = whole
        return found

    def _each(self) -> Iterator[tuple[Setting, pd.DataFrame, pd.DataFrame]]:
        """Every setting with its ordinary runs and its paired differences, as far as their tasks are learnt."""
        pairs = self.between_scored(self.advisable(self.pairs))
        for names, results in self._ordinary.groupby(list(SETTING), sort=True):
            features, encoder, arm = map(str, names)
            yield (features, encoder, arm), self.advisable(results), in_setting(pairs, names)

    def _compared(self, setting: Setting) -> bool:
        """Whether anything was compared in a setting, learnt or not."""
        return not in_setting(self.between_scored(self.pairs), setting).empty

    def _in_turn(self, setting: Setting) -> bool:
        """Whether each network of a setting is for one of its tasks alone."""
        return bool((in_setting(self._ordinary, setting)["focal"] != "").any())
