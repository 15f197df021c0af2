"""What the tests are worth: breaks the code on purpose, one line at a time, and sees that they tell.

``python tests/breaking/breakages.py`` copies the checkout, sees that the named tests pass there, then makes one
breakage after another in the copy and runs the tests that must fail of it: the checkout itself is never touched. Exit
code 1 where one of them does not. ``--tree`` names another checkout, say of an earlier commit, whose code and tests
are taken; words choose among the breakages by their names.

A breakage is found by its text, wherever the line has moved to: where the text is in no file, or in several, that is
told, and the breakage has to follow the code.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Breakage:
    """A mistake that somebody could make.

    Attributes:
        name: what is wrong then.
        before: text that is in one place of ``src/cohear``.
        after: what stands there instead.
        tests: names of test functions or classes, each of which must fail.
        needs: package without which they are skipped; empty where they need none.
    """

    name: str
    before: str
    after: str
    tests: tuple[str, ...]
    needs: str = ""


BREAKAGES = [
    # what dies
    Breakage(
        "a record is believed whatever its checksum says",
        "if checksum is not None and checksum != digest(content):",
        "if False:",
        ("test_a_record_with_a_wrong_digit_is_done_again",),
    ),
    Breakage(
        "a run that lacked memory is tried again beside others",
        "if self._going and (spec.key in self._alone or self._going <= self._alone):",
        "if False:",
        ("test_a_run_that_lacked_memory_is_tried_by_itself",),
    ),
    Breakage(
        "what came back of a run is kept unseen",
        "if digests_of(contents) != dict(digests):",
        "if False:",
        ("test_what_comes_back_is_checked",),
    ),
    Breakage(
        "a job takes a run for each of an array's jobs",
        "room = (self._jobs - len(self._going)) * self._chunk - busy",
        "room = self._jobs - len(self._going) - busy",
        ("test_what_sbatch_is_told",),
        needs="submitit",
    ),
    # foretelling
    Breakage(
        "predictors are shown pairs of the dataset that they foretell",
        "shown = ~cells.holds(set().union(*(tasks_of[name] for name in own)))",
        "shown = ~asked",
        ("test_schemes_show_nothing_of_what_is_asked",),
    ),
    Breakage(
        "of measurements that were named only those are counted which were measured",
        "each.p if np.isfinite(each.p) else 1.0 for each in first",
        "each.p for each in first",
        ("test_confirmatory_p_values_are_of_the_expected_side",),
    ),
    Breakage(
        "a direction that was named beforehand is forgotten",
        "told = np.abs(null) if sign == 0 else sign * null",
        "told = np.abs(null)",
        ("test_confirmatory_p_values_are_of_the_expected_side",),
    ),
    Breakage(
        "measurements of joint runs foretell what they have seen",
        "kept = [joint or not needs_joint_run(name)",
        "kept = [True",
        ("test_joint_measurements_count_only_where_they_are_asked_for",),
    ),
    Breakage(
        "pairs of tasks of one dataset are scored",
        "cells.dataset(task) != cells.dataset(partners[0])",
        "task != partners[0]",
        ("test_signs_of_pairs_of_one_dataset_are_not_scored",),
    ),
    # tasks over several datasets
    Breakage(
        "copies in the other dataset of a task over several are not looked for",
        "own = [Place(part.name, row) for part in whole.parts for row in range(len(part.facts))]",
        "own = [Place(dataset, row) for part in whole.parts for row in range(len(part.facts))]",
        ("test_a_copy_in_the_other_dataset_leaks_where_that_is_held_out",),
    ),
    Breakage(
        "a label of one dataset alone is not told",
        "if has[:, number].sum() == 1",
        "if has[:, number].sum() == 0",
        ("test_a_label_of_one_dataset_is_told_until_it_is_renamed",),
    ),
    Breakage(
        "clips of a task over several datasets are called otherwise on the page",
        "root, rows = side_by_side(tables)",
        "root, rows = tables[0].root, [table.rows for table in tables]",
        ("test_clips_of_a_task_over_several_datasets_are_called_as_in_predictions_and_are_where_they_lie",),
    ),
    # specifications
    Breakage(
        "a copy of a specification keeps the key of the first",
        'copied.__dict__.pop("key", None)',
        'copied.__dict__.get("key")',
        ("test_a_key_is_made_once_and_never_that_of_what_was_copied",),
    ),
    Breakage(
        "a trial's network begins with the network of another way",
        "found[name] = self.beginning(task.name, source)",
        'found[name] = self.beginning(task.name, "joint")',
        ("test_rows_of_the_same_tables_stand_on_runs_that_are_in_them",),
    ),
    # events
    Breakage(
        "a detector of onsets learns labels of which it is not known when they sound",
        "chosen = np.flatnonzero(known[:, label])",
        "chosen = np.arange(len(known))",
        ("TestOnsets",),
    ),
    Breakage(
        "a median fills steps of silence",
        "return np.where(steps == silence, steps, found)",
        "return found",
        ("test_medians_are_those_of_scipy_but_in_silence", "test_what_is_silent_stays_so_and_clips_are_apart"),
    ),
    Breakage(
        "medians of a stream begin anew in each window",
        "gone = max(self._told - self._reach, 0)",
        "gone = self._told",
        ("test_medians_of_steps_are_taken_over_windows",),
    ),
    Breakage(
        "thresholds of events are set on the training part",
        'own = predictions["validation"]',
        'own = predictions["train"]',
        ("test_thresholds_and_filters_are_set_on_validation_and_scored_beside",),
    ),
    # measurements
    Breakage(
        "labels are counted where gains are scored",
        'task, train = given.task, given.task.parts["train"]\n',
        'task, train = given.task, given.task.parts["test"]\n',
        ("TestCountsOfLabels",),
    ),
    Breakage(
        "measurements of another plan are in the table",
        "if runs.issuperset(each.runs) and each.probe not in measured_by_runs",
        "if each.probe not in measured_by_runs",
        ("test_measurements_of_another_plan_are_not_in_the_table",),
    ),
    Breakage(
        "a number outlives the domain that it was told of",
        "return digest([name, self._prepared.datasets[name].table.about.domain, self._groups[task], VERSION])",
        "return digest([name, self._groups[task], VERSION])",
        ("test_where_clips_come_from_is_part_of_what_was_measured",),
    ),
    # clips and folds
    Breakage(
        "leakage rule off",
        "_known_by(cut, names, set().union(*tested.values()))",
        "_known_by(cut, names, set())",
        ("test_nothing_tested_is_trained_on", "test_equal_source_across_datasets"),
    ),
    Breakage(
        "a partner without labels hears what is tested and validated on",
        "set().union(*tested.values(), *validated)",
        "set()",
        ("test_it_hears_what_no_task_tests_or_validates_on",),
    ),
    Breakage(
        "a host's full disk ends the study",
        "elif failure and failure.concerns_all == FolderError.__name__:",
        "elif False and failure:",
        ("test_a_full_disk_is_that_host_s_alone",),
    ),
    Breakage(
        "what came over the way is not looked at",
        "if digest_of_bytes(content) == blob.digest:\n",
        "if content:\n",
        ("test_a_shard_that_is_not_what_it_was_is_refused", "test_damaged_features_train_nothing"),
    ),
    Breakage(
        "a number is changed on its way elsewhere",
        "return all(\n        np.array_equal(form.read(form.write(part)).view(np.uint32), part.view(np.uint32))",
        "return all(\n        np.allclose(form.read(form.write(part)), part, equal_nan=True, atol=0.1)",
        ("test_any_numbers_come_back_to_the_bit", "test_the_shortest_form_that_loses_nothing_is_taken"),
    ),
    Breakage(
        "a store that lacks clips is taken for the whole one",
        "return self.key if whole else",
        "return self.key if True else",
        ("test_a_store_that_lacks_clips_is_not_taken_for_the_whole_one",),
    ),
    Breakage(
        "rounded features stand under the name of exact ones",
        'if stored != "exact":\n        of_front_end',
        'if stored == "never":\n        of_front_end',
        ("test_ways_of_keeping_numbers_share_no_store",),
    ),
    Breakage(
        "frames that training changes are drawn from the grid",
        'return self.front_end.layout == "vector" and self.front_end.augmentation is None',
        'return self.front_end.layout == "vector"',
        ("test_sequences_and_frames_that_training_changes_draw_from_everywhere",),
    ),
    Breakage(
        "a network of others is run where all runs are forked from",
        'if cls.runs_code_of_others or not cls.__module__.startswith("cohear."):',
        'if not cls.__module__.startswith("cohear."):',
        ("test_code_of_others_is_left_to_the_runs",),
    ),
    Breakage(
        "a sign is no part of a label",
        r'"\u2212", folded)  # a sign',
        r'"-", folded)  # a sign',
        ("test_labels_that_differ_by_a_sign",),
    ),
    Breakage(
        "a group in two spellings is on both sides unseen",
        "if learnt and tested and not learnt & tested:",
        "if learnt and tested and learnt & tested:",
        ("test_on_both_sides_it_is_an_error",),
    ),
    Breakage(
        "a guessed coding is not told",
        'if self.coding.startswith("UTF"):',
        "if self.coding:",
        ("test_single_bytes_are_told",),
    ),
    Breakage(
        "a mark separates labels by being there",
        "return bool(several) and met and len(explained) >= _SHARE * len(several)",
        "return bool(several)",
        ("test_cells_of_one_label",),
    ),
    Breakage(
        "a mark at the end of a cell is part of its label",
        'inner = cell.strip("; ") if ";" in cell else cell',
        "inner = cell",
        ("test_a_semicolon_at_the_end_changes_no_kind",),
    ),
    Breakage(
        "pairs of one domain are pairs of two",
        "within = pd.Series([len(set(each)) == 1 for each in domains]",
        "within = pd.Series([len(set(each)) == 2 for each in domains]",
        ("test_both_means_with_their_intervals",),
    ),
    Breakage(
        "equal samples are not one recording",
        '[[("samples", content)] for content in dataset.contents()]',
        "[[] for content in dataset.contents()]",
        ("test_equal_samples_across_datasets", "test_equal_samples_inside_one_task"),
    ),
    Breakage(
        "folds shifted by one",
        "np.where(self._part == index, int(Part.TEST)",
        "np.where(self._part == (index + 1) % self.count, int(Part.TEST)",
        ("test_folds_are_the_same_everywhere",),
    ),
    Breakage(
        "official folds in the order of text",
        'by_role.get("", set()), key=_natural)',
        'by_role.get("", set()))',
        ("test_official_folds_are_used_in_their_natural_order",),
    ),
    Breakage(
        "groups split",
        'groups = groups_of(cells, table.column("path", asked_by))',
        "groups = np.arange(len(table))",
        ("test_groups_are_never_split", "test_segments_of_one_file_stay_together"),
    ),
    Breakage(
        "label order goes by rows",
        "return sorted({label for cell in cells for label in self.labels_in(cell)})",
        "return list(dict.fromkeys(label for cell in cells for label in self.labels_in(cell)))",
        ("test_label_order_does_not_depend_on_rows",),
    ),
    # what becomes of data
    Breakage(
        "parts are known by the name of a column alone",
        "return all(map(is_part_name, values)) or _are_mostly_parts(",
        "return True or _are_mostly_parts(",
        ("test_columns_of_parts_are_known_by_their_values",),
    ),
    Breakage(
        "parts need no word for them",
        '    if "" not in strict and len(strict) == len(_NAMES):',
        '    if "" not in strict:',
        ("test_columns_of_parts_are_known_by_their_values",),
    ),
    Breakage(
        "running numbers in names are speakers",
        "    if (not ids and not words) or says_the_label(values, labels) or counts:",
        "    if (not ids and not words) or says_the_label(values, labels):",
        ("test_what_is_no_group",),
    ),
    Breakage(
        "the label in a name is a speaker",
        "    if (not ids and not words) or says_the_label(values, labels) or counts:",
        "    if (not ids and not words) or counts:",
        ("test_what_is_no_group",),
    ),
    Breakage(
        "who is unknown is a speaker",
        "    known = name.strip() and not says_unknown(name, NO_NAME)",
        "    known = name.strip()",
        ("test_birdclef_of_2025", "test_artists_that_are_not_known_are_no_group"),
    ),
    Breakage(
        "what agrees below 4 kHz is a copy",
        "_LEAST_AT_FULL_BAND = 0.88",
        "_LEAST_AT_FULL_BAND = 0.0",
        ("test_sounds_that_agree_below_4_khz_alone_are_no_copies",),
    ),
    Breakage(
        "a third clip proposes nothing",
        "            if both > longest and _alignment(one, two, offset) not in tried:",
        "            if both > 1e9 + longest and _alignment(one, two, offset) not in tried:",
        ("test_a_third_clip_says_how_far_apart_two_are",),
    ),
    Breakage(
        "copies that are turned are none",
        "        alike = np.abs(shapes[block] @ shapes[first:end].T) >= _ALIKE",
        "        alike = (shapes[block] @ shapes[first:end].T) >= _ALIKE",
        ("test_copies_of_low_sounds_are_proposed",),
    ),
    Breakage(
        "high sounds are compared with the noise below",
        "candidate.offset, rate=full, above=HIGH_HERTZ)",
        "candidate.offset, rate=RATE)",
        ("test_high_near_duplicates_are_told_and_others_are_not",),
    ),
    Breakage(
        "high sounds are judged by what is below 8 kHz",
        "    return HIGHEST_RATE if octave is None else max(",
        "    return HIGHEST_RATE if octave is None or octave else max(",
        ("test_high_sounds_are_not_judged_by_noise_below",),
    ),
    Breakage(
        "wind hides high sounds",
        "    lines = np.where(edges[:-1] < _NEITHER_HUM_NOR_WIND, 0.0, lines)",
        "    lines = np.where(edges[:-1] < 0.0, 0.0, lines)",
        ("test_copies_of_high_sounds_are_proposed",),
    ),
    Breakage(
        "every tone and hiss has landmarks",
        "    kept = ((pictures > 0).mean(axis=1) < _FILLED) & (alike < _STEADY)",
        "    kept = alike < 2.0",
        ("test_tones_noise_and_other_sounds_have_no_landmarks",),
    ),
    Breakage(
        "conditions are tested by clips and not by groups",
        "    shuffle = GroupShuffle(labels, groups)\n    found = classifier",
        "    shuffle = GroupShuffle(labels, np.arange(len(groups)))\n    found = classifier",
        ("test_groups_that_share_a_condition_are_no_relation",),
    ),
    Breakage(
        "any relation with conditions is told",
        "        return self.p <= LEVEL and self.recall >= self.chance + LEAST_LIFT",
        "        return self.recall > self.chance",
        ("test_groups_that_share_a_condition_are_no_relation",),
    ),
    Breakage(
        "a device column is no condition",
        '    r"(^|_)(device|mic|micro',
        '    r"(^|_)(micro',
        ("test_a_column_of_devices",),
    ),
    Breakage(
        "a copy is moved out of its group",
        "ends.append(np.stack([np.arange(many), first[inverse]], axis=1))",
        "ends.append(np.stack([np.arange(many), np.arange(many)], axis=1))",
        ("test_whole_groups_are_joined",),
    ),
    Breakage(
        "groups that are written are not taken up",
        '    rows["group"] = [groups.get(clip, group) for clip, group in zip(known, own, strict=True)]',
        '    rows["group"] = list(own)',
        ("test_what_is_written_is_taken_up_and_mends_the_leak",),
    ),
    Breakage(
        "groups of two spellings are two groups",
        "                ways.setdefault(plain_name(cell), set()).add(cell)",
        "                ways.setdefault(cell, set()).add(cell)",
        ("test_on_one_side_it_is_a_warning", "test_on_both_sides_it_is_an_error"),
    ),
    Breakage(
        "s1 and s10 are one group",
        '    folded = re.sub(r"[\\s_-]+", "_", _folded(name).strip())',
        '    folded = re.sub(r"[\\s_-]+", "_", _folded(name).strip()).rstrip("0")',
        ("test_two_names",),
    ),
    Breakage(
        "numbers with something between them are one label",
        r'    kept = re.sub(r"(?<=\d)[\s_-]+(?=\d)", "\u00b7", kept)',
        r'    kept = re.sub(r"(?<=\d)[\s_-]+(?=\d)", "", kept)',
        ("test_labels_that_differ_by_a_sign",),
    ),
    Breakage(
        "recordings are what columns call them, to the letter",
        '    name = _SUFFIX.sub("", rest.replace("\\\\", "/").rstrip("/"))',
        "    name = rest",
        ("test_both_name_the_recording",),
    ),
    Breakage(
        "a device that a task learns is no condition of others",
        "        if column in own or (column in learnt and not _DEVICES.search(word)) or not _COLUMNS.search(word):",
        "        if column in own or column in learnt or not _COLUMNS.search(word):",
        ("test_a_device_that_is_a_task_too",),
    ),
    Breakage(
        "running numbers are recordings",
        "_FEWEST_DIGITS = 5",
        "_FEWEST_DIGITS = 1",
        ("test_nothing_to_be_told",),
    ),
    Breakage(
        "pairs that leak are told of all datasets at once",
        "of_places.setdefault((one.dataset, two.dataset), {})",
        'of_places.setdefault(("", "-"), {})',
        ("test_each_dataset_is_told_how_many_of_its_pairs_leak",),
    ),
    # audio and features
    Breakage(
        "resampling without a filter",
        "soxr.resample(samples, rate, to_rate, quality=QUALITY)",
        "samples[np.arange(wanted) * rate // to_rate]",
        ("test_tone_above_half_of_the_new_rate_vanishes",),
    ),
    Breakage(
        "feature cache key without settings",
        '**front_end.versions(), "settings": front_end.settings()}',
        '**front_end.versions(), "settings": {}}',
        ("test_key_changes_with_every_setting",),
    ),
    Breakage(
        "feature cache key without the resampler",
        "RESAMPLER if any(clip.rate != front_end.rate for clip in facts) else None",
        "None",
        ("test_key_holds_the_resampler_where_something_is_resampled",),
    ),
    Breakage(
        "feature cache key without the names of clips",
        "[clip.content, name.dataset, name.clip]",
        "[clip.content]",
        ("test_features_found_by_name_are_of_these_names",),
    ),
    Breakage(
        "a file by its name in keys",
        "return {HASH: self.content}",
        "return {HASH: self.name}",
        ("test_keys_are_of_what_files_hold", "test_a_key_holds_content_and_no_path"),
    ),
    Breakage(
        "a file that was changed is taken for what it was",
        "if found != content:",
        "if not found:",
        ("test_what_was_changed_since_is_told", "test_a_pack_tells_a_worker_where_files_lie"),
    ),
    Breakage(
        "an edited plugin keeps the features that it made before",
        "return version_of_files(found) if found else None",
        "return None",
        ("test_an_edit_of_a_plugin_makes_its_features_anew",),
    ),
    Breakage(
        "windows begin a frame late",
        "firsts = store.offsets[clips] + starts\n",
        "firsts = store.offsets[clips] + starts + 1\n",
        ("test_gather_equals_slices_of_clips",),
    ),
    Breakage(
        "functionals of a window that count what lies beyond its end",
        "inside = (np.arange(width) <= last)[:, :, None]",
        "inside = (np.arange(width) <= last.max())[:, :, None]",
        ("test_mixed_lengths_equal_loops",),
    ),
    Breakage(
        "silent windows are scored",
        "kept = sounding | ~any_sounding[clip_of_window]",
        "kept = np.ones_like(sounding)",
        ("test_clips_are_scored_on_windows_that_overlap_by_half_without_silence",),
    ),
    Breakage(
        "silent steps of a time line are scored",
        "told = self.heard(frames) & (counts > 0)",
        "told = counts > 0",
        ("TestSoundingSteps", "test_a_step_in_which_nothing_is_heard_has_no_label"),
    ),
    Breakage(
        "an exported graph tells labels in silent steps",
        'graph.node("Min", number, sounding)',
        'graph.node("Min", number, number)',
        ("test_the_model_itself_gives_steps_of_silence_no_label",),
    ),
    Breakage(
        "a file that no list of events names is taken for silent",
        '    if not rows:\n        return ""\n    is_part',
        "    if not rows:\n        return NOTHING_SOUNDS\n    is_part",
        ("test_events_are_cut_to_clips_that_are_parts_of_a_file",),
    ),
    Breakage(
        "a label without times is scored as absent",
        "timed.known[told.clips], told.clips, self.step, targets.values",
        "targets.known[told.clips], told.clips, self.step, targets.values",
        ("test_a_label_without_times_is_learnt_of_the_window",),
    ),
    # targets and scores
    Breakage(
        "loss counts what is not known",
        "label_smoothing=smoothing)\n        return (each * targets.known).sum() / targets.known.sum().clamp(min=1)",
        "label_smoothing=smoothing)\n        return each.mean()",
        ("test_multiclass_loss_is_cross_entropy_of_the_known", "TestMulticlass"),
    ),
    Breakage(
        "windows of a clip are added up",
        "(total / np.maximum(windows, 1)).astype(np.float32)",
        "total.astype(np.float32)",
        ("test_pool_is_the_mean_over_the_windows_of_a_clip",),
    ),
    Breakage(
        "labels that a fold cannot score are scored",
        "= self.known & scored[self.values]",
        "= self.known",
        ("test_unscored_labels_are_left_out",),
    ),
    # networks and training
    Breakage(
        "padding is seen",
        "torch.arange(time, device=lengths.device)[None, :] < lengths[:, None]",
        "torch.arange(time, device=lengths.device)[None, :] < lengths[:, None] + time",
        ("TestSmall", "test_padding_changes_no_result"),
    ),
    Breakage(
        "heads share one stream",
        'torch_stream(*self.name, "head", task, *purpose)',
        'torch_stream(*self.name, "head", *purpose)',
        ("test_heads_of_one_width_have_weights_of_their_own",),
    ),
    Breakage(
        "tasks share one stream of windows",
        'name = (*name, "task", task.name)',
        'name = (*name, "task")',
        ("test_windows_are_keyed_and_come_from_training_alone",),
    ),
    Breakage(
        "a step waits for what is sent to its device",
        'non_blocking=self.name != "mps"',
        "non_blocking=False",
        ("test_no_step_waits_for_its_device",),
    ),
    Breakage(
        "another device drops other units",
        "return self._send(func(ones, p, True))",
        "return self._send(func(ones, p, True).flip(0))",
        ("test_what_is_dropped_elsewhere_is_what_the_processor_drops",),
    ),
    Breakage(
        "networks are chosen by their test clips",
        'self._evaluation(task, "validation")',
        'self._evaluation(task, "test")',
        ("test_test_labels_choose_nothing", "test_validation_labels_choose_picks_and_nothing_else"),
    ),
    Breakage(
        "a run that ends early counts",
        "if taken != settings.steps",
        "if taken > settings.steps",
        ("test_a_run_that_ends_early_is_no_result",),
    ),
    Breakage(
        "the learning rate ends with a task's own steps",
        "make_optimiser(spec.training, len(run.order), ",
        "make_optimiser(spec.training, spec.training.steps, ",
        ("TestRounds", "TestUneven"),
    ),
    Breakage(
        "curves count the optimiser's steps",
        "self._curve.training_point(task, taken)",
        "self._curve.training_point(task, step)",
        ("TestRounds", "test_points_are_over_a_tasks_own_steps_since_its_last"),
    ),
    Breakage(
        "a task's first layer sees what fills up its rows",
        "Windows(features[..., :width], lengths, (span,))",
        "Windows(features, lengths, (span,))",
        ("test_inputs_of_unequal_width_have_a_first_stage_each", "TestOwn"),
    ),
    Breakage(
        "shuffled labels reach the test part",
        'train = task.parts["train"]\n    order',
        "train = np.arange(len(task.clips))\n    order",
        ("test_shuffled_labels_are_those_of_the_training_part_alone",),
    ),
    # runs on disk
    Breakage(
        "a run's key without its window",
        'digest(self.model_dump(mode="json"), size=8)',
        'digest(self.model_dump(mode="json", exclude={"window"}), size=8)',
        ("test_every_field_of_a_specification_is_in_its_key",),
    ),
    Breakage(
        "a changed split is read",
        "if digest(content) != name:",
        "if not content:",
        ("test_split_that_was_changed_is_refused",),
    ),
    Breakage(
        "another run's record counts as done",
        "record.run == folder.name and not any(",
        "not any(",
        ("test_half_written_record_is_not_done",),
    ),
    # analysis
    Breakage(
        "sign of a metric that is better when lower",
        'both["higher_is_better_shared"].map({True: 1.0, False: -1.0})',
        'both["higher_is_better_shared"].map({True: 1.0, False: 1.0})',
        ("test_lower_is_better_turns_the_sign",),
    ),
    Breakage(
        "pairs of another fold",
        "base[[*match, *columns]], on=match",
        'base[[*match, *columns]].assign(fold=base["fold"].max() - base["fold"]), on=match',
        ("test_paired_differences_rows",),
    ),
    Breakage(
        "a fold without a score counts as nought",
        'both = both[both["value_shared"].notna() & both["value_single"].notna()]',
        'both = both.fillna({"value_shared": 0.0, "value_single": 0.0})',
        ("test_a_fold_without_a_score_counts_on_neither_side",),
    ),
    Breakage(
        "controls enter the gains",
        'table = table[table["control"] == ""]\n    alone',
        "alone",
        ("test_controls_never_enter",),
    ),
    Breakage(
        "folds count as independent",
        ' + share * family["ratio"].to_numpy(float)',
        "",
        ("test_a_lonely_cell_is_nadeau_and_bengios_corrected_t",),
    ),
    Breakage(
        "seeds on one fold count as folds",
        'both["test_part_shared"].where(both["test_part_shared"] != "", "fold " + both["fold"].astype(str))',
        'both["fold"].astype(str) + " " + both["seed"].astype(str)',
        ("test_seeds_on_one_fold_are_not_folds",),
    ),
    # what is said
    Breakage(
        "a verdict of an early look hides that it is older than its interval",
        'return _EARLIER if ends[0] <= 0 <= ends[1] else ""',
        'return ""',
        ("test_a_verdict_that_is_older_than_its_interval_says_so", "test_page_terminal_and_card_tell_it"),
    ),
    Breakage(
        "a figure words a verdict of its own",
        '        f"{LEGEND} (dashed); the line below',
        '        f"{LEGEND} undecided (dashed); the line below',
        ("test_what_is_drawn_or_printed_has_no_words_on_verdicts",),
    ),
    # bundles
    Breakage(
        "an encoder that is not trained on the tasks is passed over",
        "trains = [cell] if known.is_planned(cell) else alone(cell)",
        "trains = [cell]",
        ("test_an_encoder_that_is_not_trained_on_the_tasks_is_judged_by_its_singles",),
    ),
    Breakage(
        "repeats that chose judge the choice",
        "rows = pairs[judging.hold(pairs)] if judging else pairs",
        "rows = pairs",
        ("test_a_single_is_held_against_the_network_on_the_repeats_that_did_not_choose_it",),
    ),
    Breakage(
        "a better single goes unsaid",
        "if lead.ahead > _ROUNDING",
        "if lead.ahead > 1",
        ("test_a_single_or_a_baseline_that_is_better_is_told",),
    ),
    Breakage(
        "calibration is judged on what it was fitted on",
        "yield parts != part, parts == part",
        "yield parts == part, parts == part",
        ("test_the_error_after_is_not_fitted_on_what_it_judges",),
    ),
    Breakage(
        "a temperature that makes it worse is applied",
        "if not (after.log_loss < before.log_loss and after.error <= before.error):",
        "if not before.log_loss > 0:",
        ("test_a_temperature_that_makes_it_worse_on_other_parts_is_not_applied",),
    ),
    Breakage(
        "a stream tells its last windows twice",
        "if start >= self._next or start % w.step",
        "if start >= self._next - w.step or start % w.step",
        ("test_each_window_has_the_answer_of_the_whole_file",),
    ),
    Breakage(
        "an event ends below its onset",
        "self._begin_at * release",
        "self._begin_at * 1.0",
        ("test_a_dip_above_the_release_does_not_end_it_and_one_below_does",),
    ),
    # what is no sound
    Breakage(
        "samples at the scale of integers are sound",
        "if largest > LOUDEST_SOUND:",
        "if largest > 1e9:",
        ("test_numbers_at_the_scale_of_integers_are_refused_with_the_cure",),
    ),
    Breakage(
        "silence is exact zeros",
        "SILENCE_DB = -80.0",
        "SILENCE_DB = -300.0",
        ("test_python", "test_the_floor_is_a_level"),
    ),
    Breakage(
        "an offset is sound",
        "squares / some - (total / some) ** 2 >= FLOOR",
        "squares / some >= FLOOR",
        ("test_the_floor_is_a_level", "test_silence_of_telephones"),
    ),
    Breakage(
        "an event lasts into silence",
        "return self._hysteresis.push(probabilities, first, self._ended)",
        "return self._hysteresis.push(probabilities, begins, begins)",
        ("test_events_last_as_long_as_the_sound",),
    ),
    Breakage(
        "bytes of a file are samples",
        "if missing := HEAD_BYTES - len(self._head):",
        "if missing := 0:",
        ("test_a_file_sent_as_raw_samples_is_told", "test_a_file_in_place_of_samples_is_told"),
    ),
    Breakage(
        "files behind samples are samples",
        "return file_within(at_seam) or file_within(content)",
        'return ""',
        ("test_a_file_behind_other_bytes", "test_a_file_behind_samples_is_told"),
    ),
    Breakage(
        "settings of raw samples are passed over beside a file",
        "if given and all(raw_of(",
        "if not given and all(raw_of(",
        ("test_settings_of_raw_samples_are_not_passed_over_with_a_file",),
    ),
    Breakage(
        "a tone is an MP3 file",
        "bodies.add(body)",
        "bodies.add(body + bytes([len(bodies)]))",
        ("test_tones_are_no_files",),
    ),
    Breakage(
        "what a microphone lost shortens the time",
        "return max(round(gap * self._rate), 0)",
        "return 0",
        ("test_a_microphone_that_overflows_keeps_its_clock",),
    ),
    # what is asked of a server
    Breakage(
        "pages of any host are answered",
        "return ANY in self._allowed or origin in self._allowed",
        "return True",
        ("test_pages_of_other_hosts_that_are_named_are_answered", "test_foreign_pages_are_not_answered"),
    ),
    Breakage(
        "unknown settings are passed over",
        "        if name not in known:\n            raise Refused(422",
        "        if False:\n            raise Refused(422",
        ("test_unknown_settings_are_told_by_name",),
    ),
    # networks that others saved
    Breakage(
        "a network hears samples as they are",
        'if self.scale == "normal":',
        'if self.scale == "none":',
        ("test_whole_clips_are_heard_as_the_library_hears_them", "test_what_the_feature_extractor_does_matters"),
        "transformers",
    ),
    Breakage(
        "the last layer lacks what the network does at its end",
        "last if layer in (-1, layers) else between[layer]",
        "between[layer]",
        ("test_layers",),
        "transformers",
    ),
    Breakage(
        "weights that a folder lacks are random numbers",
        "- {MASK})\n    if lacks:",
        "- {MASK})\n    if not lacks:",
        ("test_weights_that_are_missing_are_told",),
        "transformers",
    ),
    # gradients of tasks, and networks that begin with others
    Breakage(
        "heads learn from weighted losses while weights hold",
        "torch.autograd.backward(losses, inputs=own,",
        "torch.autograd.backward([loss * weight for loss, weight in zip(losses, weights, strict=True)], inputs=own,",
        ("test_weights_hold_for_some_steps",),
    ),
    Breakage(
        "weights of gradients never hold",
        "if held.passed % self._every:",
        "if held.passed < 0:",
        ("test_passes_are_counted",),
    ),
    Breakage(
        "a task is fine-tuned from its own single",
        '(each == task) == (source == "singles")',
        "each == task",
        ("test_of_partners_and_of_all", "test_rows_of_the_same_tables_stand_on_runs_that_are_in_them"),
    ),
    Breakage(
        "norms of what is frozen count on",
        "part.eval()",
        "part.train(mode)",
        ("test_what_is_added_to_stays_what_it_was",),
    ),
    Breakage(
        "of several teachers the first alone speaks",
        "torch.stack(answers).mean(dim=0) if len(answers) > 1",
        "answers[0] if len(answers) > 1",
        ("test_several_teachers_speak_as_one",),
    ),
    Breakage(
        "a network begins with runs that the study does not have",
        "if trains and (mistakes := mistakes_in_needs(networks)):",
        "if False and (mistakes := mistakes_in_needs(networks)):",
        ("test_what_no_arm_trains_is_told",),
    ),
    # a bundle on new clips
    Breakage(
        "clips that a bundle was trained on are scored with the others",
        "learnt = set() if trained_on is None else {r for r in known if trained_on.holds(contents[r], sources[r])}",
        "learnt = set[int]()",
        ("test_clips_that_it_was_trained_on_are_set_aside",),
    ),
    Breakage(
        "intervals of scores are over clips, whatever their groups",
        "names, group_of_clip = np.unique(np.array(groups), return_inverse=True)",
        "names, group_of_clip = np.unique(np.arange(len(groups)), return_inverse=True)",
        ("test_an_interval_holds_the_mean_of_all_groups",),
    ),
    Breakage(
        "what a card promises is taken for sure",
        "here, there = interval.error**2, promised_error**2",
        "here, there = interval.error**2, 0 * promised_error",
        ("test_a_difference_is_called_as_seldom_as_chance_allows_and_a_real_one_is",),
    ),
]
"""At least one for each room whose mistakes would change a number or a conclusion."""


class NotThereError(Exception):
    """A breakage, or a test of it, has lost its place."""


def place_of(tree: Path, text: str) -> Path:
    """The one file of the code that holds a text once."""
    files = [path for path in sorted((tree / "src" / "cohear").rglob("*.py")) if text in path.read_text("utf-8")]
    if len(files) != 1 or files[0].read_text("utf-8").count(text) != 1:
        found = ", ".join(str(path.relative_to(tree)) for path in files) or "no file"
        raise NotThereError(f"its text is to be in one place of the code, and is in {found}: {text!r}")
    return files[0]


def tests_of(tree: Path, names: Sequence[str]) -> list[str]:
    """pytest's names of test functions and classes."""
    found = []
    for name in names:
        defines = re.compile(rf"^(?:def|class) {name}\b", re.MULTILINE)
        files = sorted(path for path in (tree / "tests").rglob("test_*.py") if defines.search(path.read_text("utf-8")))
        if not files:
            raise NotThereError(f"there is no test {name}")
        found += [f"{path.relative_to(tree)}::{name}" for path in files]
    return found


def failures(tree: Path, tests: Sequence[str]) -> set[str]:
    """Those of some tests that fail."""
    environment = {"OMP_NUM_THREADS": "1", **os.environ, "PYTHONPATH": str(tree / "src")}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider", "-n", "0", *tests],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", ended.stdout, re.MULTILINE)
    if ended.returncode != (1 if failed else 0):
        raise NotThereError(f"pytest did not run its tests:\n{ended.stdout[-1000:]}{ended.stderr[-1000:]}")
    return {test for test in tests if any(re.match(re.escape(test) + r"(?:\[|::|$)", one) for one in failed)}


def copied(tree: Path, into: Path) -> Path:
    """A copy of what the tests need of a checkout."""
    for name in ("src", "tests", "docs"):
        shutil.copytree(tree / name, into / name, ignore=shutil.ignore_patterns("__pycache__", "results", "images"))
    for name in ("pyproject.toml", "CONTRIBUTING.md"):
        shutil.copy(tree / name, into)
    return into


def uncaught(tree: Path, breakage: Breakage) -> list[str]:
    """Tests that pass although the code is broken."""
    file, tests = place_of(tree, breakage.before), tests_of(tree, breakage.tests)
    whole = file.read_text("utf-8")
    file.write_text(whole.replace(breakage.before, breakage.after), "utf-8")
    try:
        return sorted(set(tests) - failures(tree, tests))
    finally:
        file.write_text(whole, "utf-8")


def already_failing(tree: Path, breakages: Sequence[Breakage]) -> set[str]:
    """Tests that fail of the code as it is."""
    tests: set[str] = set()
    for breakage in breakages:
        with suppress(NotThereError):  # told with its breakage
            tests |= set(tests_of(tree, breakage.tests))
    return failures(tree, sorted(tests)) if tests else set()


def main() -> int:
    """Break what was asked for, or everything; tells of each breakage whether it was caught."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("words", nargs="*", help="parts of names of breakages")
    asked.add_argument("--tree", type=Path, default=ROOT, help="checkout whose code and tests are taken")
    given = asked.parse_args()
    chosen = [one for one in BREAKAGES if not given.words or any(word in one.name for word in given.words)]
    if left := [one.name for one in chosen if one.needs and not find_spec(one.needs)]:
        print(f"left out, as a package is not installed: {', '.join(left)}")
        chosen = [one for one in chosen if one.name not in left]
    bad = 0
    with tempfile.TemporaryDirectory(prefix="cohear-breakages-") as folder:
        tree = copied(given.tree.resolve(), Path(folder))
        failing = already_failing(tree, chosen)
        for breakage in chosen:
            try:
                if lost := failing & set(tests_of(tree, breakage.tests)):
                    raise NotThereError(f"fails without it already: {', '.join(sorted(lost))}")
                missed = uncaught(tree, breakage)
                told = f"NOT CAUGHT by {', '.join(missed)}" if missed else "caught"
            except NotThereError as error:
                told = f"NOT TRIED: {error}"
            bad += told != "caught"
            print(f"{breakage.name}: {told}", flush=True)
    print(f"{len(chosen) - bad} of {len(chosen)} breakages are caught")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
