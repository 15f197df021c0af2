"""One dataset stays one, whatever its layout: the same tasks, and groups where they can be seen."""

import layouts
import pytest
import tiny

from cohear.study.draft.propose import propose

LABELS = {
    "arabic_commands": "keyword",
    "asterisk": "language",
    "dcase2016_office_events": "event",
    "donateacry": "cry_reason",
    "drumhits": "drum",
    "emodb": "emotion",
    "emospeech": "keyword",
    "esc10": "event",
    "fsdd": "digit",
    "heart_sounds": "heart",
    "mdb_drums": "drum_tags",
    "philharmonia": "instrument",
    "speech_commands": "keyword",
    "ukrdigits": "digit",
    "urbansound8k": "event",
    "urdu_emotion": "emotion",
}
"""The real datasets, each with what it was made for."""
SEEN_IN_NAMES = {
    "arabic_commands",
    "donateacry",
    "emodb",
    "esc10",
    "philharmonia",
    "speech_commands",
    "ukrdigits",
    "urbansound8k",
    "urdu_emotion",
}
"""Those whose names of files have a speaker, a source or a note that looks like one."""


def proposed(tmp_path, folder):
    """The one dataset that is found, and the proposal."""
    proposal = propose([folder], cache=tmp_path / "cache")
    (known,) = proposal.found
    assert proposal.left_out == {}
    return known, proposal


def said(proposal):
    """What is said of each task: column, cut and labels."""
    return [(task.choice.target, task.choice.rule, task.choice.labels, task.clips) for task in proposal.tasks]


def labels_of(known, column):
    """The label of each clip that has one, by the name of its file."""
    table = known.dataset.table
    cells = zip(table.column("path", ""), table.column(column, ""), strict=True)
    return sorted((path.rpartition("/")[2], cell) for path, cell in cells if cell)


def test_speech_in_four_layouts(tmp_path):
    """Generated: names hold the word, the speaker and the take."""
    names = [(w, s, t) for w in ("no", "on", "yes") for s in ("s01", "s02", "s03", "s04", "s05", "s06") for t in (0, 1)]
    rows = [{"path": f"clips/{w}-{s}_{t}.wav", "word": w, "speaker": s, "group": s, "fold": ""} for w, s, t in names]
    (tmp_path / "speech" / "clips").mkdir(parents=True)
    tiny.write_table(tmp_path / "speech", rows)
    for number, row in enumerate(rows):
        tiny.soundfile.write(tmp_path / "speech" / row["path"], tiny.sound(300 + number, number, 0.05), tiny.RATE)
    check(tmp_path, tmp_path / "speech", rows, "word", groups_are_seen=True)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", LABELS)
def test_real_datasets_in_four_layouts(shared_data, tmp_path, name):
    rows = layouts.read_rows(shared_data / name, 240)
    check(tmp_path, shared_data / name, rows, LABELS[name], groups_are_seen=name in SEEN_IN_NAMES)


def check(tmp_path, folder, rows, label, *, groups_are_seen):
    layouts.as_manifest(folder, tmp_path / "manifest" / "data", rows, label)
    own, of_manifest = proposed(tmp_path, tmp_path / "manifest" / "data")
    for layout, lay_out in layouts.LAYOUTS.items():
        lay_out(folder, tmp_path / layout / "data", rows, label)
        known, proposal = proposed(tmp_path, tmp_path / layout / "data")
        if layout in ("one table", "foreign column"):
            assert said(proposal) == said(of_manifest), layout
            assert known.dataset.table.column("group", "") == own.dataset.table.column("group", "")
            continue
        assert labels_of(known, "label") == labels_of(own, label), layout
        assert "label" in {task.choice.target for task in proposal.tasks} | {
            task.choice.target for task, _ in proposal.set_back
        }
        assert ("fold" in known.dataset.table.rows.columns) == (layout == "part folders")
        assert ("group" in known.dataset.table.rows.columns) == groups_are_seen
        if layout == "part folders":
            parts = {path.rpartition("/")[2]: part for path, part in layouts.part_of(rows).items()}
            cells = zip(known.dataset.table.column("path", ""), known.dataset.table.column("fold", ""), strict=True)
            assert all(parts[path.rpartition("/")[2]] == fold for path, fold in cells)
