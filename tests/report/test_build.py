import json
import re
from html import unescape
from urllib.parse import unquote_to_bytes

import pandas as pd
import pytest
from filelock import FileLock
from gains_table import read_gains
from simulated_study import HOSTILE, LONG, TASKS, write_study

from cohear.analysis.tables.results import read_results
from cohear.analysis.tables.text import write_table
from cohear.base.errors import UserError
from cohear.report.folder import read_folder
from cohear.report.numbers import interval
from cohear.report.page.build import render, write_report
from cohear.report.parts.behind_cells import behind, cell_sources
from cohear.report.parts.views import views_of
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.status import read_status

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_study(tmp_path_factory.mktemp("full") / "study")


@pytest.fixture(scope="module")
def full(study):
    return write_report(study).read_text("utf-8")


def test_it_needs_nothing_from_outside(full):
    outside = re.findall(r"""(?:src|href|url\()\s*=?\s*["']?(?!#|data:)([^"'\s>)]+)""", full)
    assert not [where for where in outside if "://" in where or where.startswith("//")]
    assert len(full) < 1_500_000


def test_the_answer_stands_on_the_first_screen(full, study):
    hero = full[full.index('id="answer"') : full.index('id="matrix"')]
    assert "<b><bdi>digit</bdi></b> and <b><bdi>keyword</bdi></b> help each other most." in hero
    assert "Both gains are beyond chance" in hero and "Gain to expect:" in hero
    lines = read_folder(study).answers["savings"]["groupings"]
    best = max((line for line in lines if line["cost"] == "parameters"), key=lambda line: line["gain_chosen"])
    assert f"(95&nbsp;% interval {interval(best['low'], best['high'], True)})" in hero
    assert "110 of 112 runs done" in hero and "1 failed" in hero


def test_the_state_is_that_of_cohear_status(full, study):
    state = read_status(StudyFolder(study))
    hero = full[full.index('id="answer"') : full.index('id="matrix"')]
    assert f"{state.planned - state.done} left with those that failed: figures will still change" in hero
    assert "no process is working on it" in hero
    with FileLock(study / ".lock"):
        working = render(read_folder(study))
    assert "no process is working" not in working and "about" in working[working.index("left with") :][:60]


@pytest.mark.parametrize(("loss", "said"), [(0.2, "are losses beyond chance"), (0.0, "That is no proof")])
def test_apart_is_a_guess_where_no_loss_is_sure(tmp_path, loss, said):
    folder = write_study(tmp_path / "study")
    results = read_results(folder)
    alone = results["combination"] == results["task"]
    same = ["task", "features", "encoder", "fold", "seed"]
    own = results[~alone][same].merge(results[alone][[*same, "value"]], how="left", on=same)["value"].to_numpy()
    chance = results[~alone]["fold"].map({0: 0.05, 1: 0.05, 2: -0.05, 3: -0.05, 4: 0.0}).to_numpy(float)
    results.loc[~alone, "value"] = own - 0.02 - loss + chance
    write_table(folder / "results.csv", results)
    page = write_report(folder).read_text("utf-8")
    hero = page[page.index('id="answer"') : page.index('id="matrix"')]
    assert "Keep all tasks apart: nothing is shown to help." in hero and said in hero


def test_every_part_is_there(full):
    for part in ("answer", "matrix", "intervals", "scores", "data", "settings", "downloads", "failed"):
        assert f'id="{part}"' in full
    assert "study: speech-and-sound" in full and "CC BY 4.0" in full and "packages · torch" in full
    assert "loss is NaN &lt;b&gt;" in full and "not scored: <bdi>keyword</bdi>" in full


def test_scores_alone_are_told_for_each_encoder(tmp_path):
    """A mean over encoders would be nobody's score."""
    folder = write_study(tmp_path / "study", encoders=("small", "dnn"), folds=2)
    page = write_report(folder).read_text("utf-8")
    data = page[page.index('id="data"') : page.index('id="settings"')]
    card = data[data.index('aria-label="Scores of digit alone"') :]
    results = read_results(folder)
    alone = results[(results["combination"] == "digit") & (results["task"] == "digit")]
    for encoder, rows in alone.groupby("encoder"):
        cells = r'(?:<td class="n">[^<]+</td>){2}<td class="n"><b>([\d.]+)'
        found = re.search(f"<bdi>{encoder}</bdi></th>{cells}", card)
        assert found and float(found[1]) == pytest.approx(100 * rows["value"].mean(), abs=0.06)


def test_labels_have_counts_and_durations(full, tmp_path):
    data = full[full.index('id="data"') : full.index('id="settings"')]
    rows = re.findall(r"<bdi>(yes|no)</bdi></span></th>" + 3 * r'<td class="n">([^<]+)</td>', data)
    assert set(rows) == {("yes", "142", "8 min", "3.2 s"), ("no", "159", "9 min", "3.2 s")}
    folder = write_study(tmp_path / "study")  # made before durations were told
    told = json.loads((folder / "data.json").read_text())
    for task in told["tasks"].values():
        del task["durations"]
    (folder / "data.json").write_text(json.dumps(told))
    assert not re.search(r"<th[^>]*>a clip</th>", write_report(folder).read_text("utf-8"))


def test_behind_a_cell_both_sides_have_the_same_repeats(tmp_path):
    """In a study that is half run, other test parts on one side would look like gains."""
    folder = write_study(tmp_path / "study", names=TASKS[:3])
    results = read_results(folder)
    write_table(folder / "results.csv", results[(results["combination"] != "digit+keyword") | (results["fold"] < 2)])
    content = read_folder(folder)
    views = views_of(content)
    told = {
        (cell["task"], cell["combination"]): cell
        for cell in behind(cell_sources(content, False), views, views.settings[0])
    }
    for combination, repeats in (("digit+keyword", 2), ("digit+emotion", 5)):
        cell = told["digit", combination]
        assert len(cell["repeats"]["rows"]) == repeats
        assert {cell["curves"][0][side]["repeats"] for side in ("alone", "together")} == {repeats}
        clips = [sum(map(sum, cell["confusion"][side])) for side in ("alone", "together")]
        assert clips == [20 * repeats, 20 * repeats]


def test_only_results_are_needed(tmp_path):
    folder = write_study(tmp_path / "study", folds=2, extras=False)
    page = write_report(folder).read_text("utf-8")
    assert 'id="data"' not in page and "Fewer than 5 paired repeats" in page and "all 44 runs done" in page
    assert page.count('aria-haspopup="dialog"') == 36


def test_nothing_decided_is_said(tmp_path):
    page = write_report(write_study(tmp_path / "study", folds=1, extras=False)).read_text("utf-8")
    assert "Not sure" in page and "A verdict needs 5 paired repeats" in page and "Fewer than two paired repeats" in page
    singles = read_results(tmp_path / "study")
    only = singles[singles["combination"] == singles["task"]]
    only.to_csv(tmp_path / "results.csv", index=False)
    alone = write_report(tmp_path).read_text("utf-8")
    assert "No pair has been compared yet" in alone and 'id="scores"' in alone
    for part in (
        'id="matrix"',
        'id="intervals"',
        'href="#matrix"',
        "What is certain, and what is open?",
        "No partner is shown",
    ):
        assert part not in alone


def test_a_figure_that_is_not_drawn_says_why(tmp_path):
    results = read_results(write_study(tmp_path / "study", folds=2, extras=False))
    write_table(tmp_path / "results.csv", results[results["combination"] == results["task"]])
    page = write_report(tmp_path).read_text("utf-8")
    told = page[page.index("<h3>Not drawn</h3>") :]
    told = told[: told.index("</ul>")]
    for title in ("Sharing matrix", "How many tasks can be combined?", "Which measurements go with gains?"):
        assert f"<b>{title}</b>" in told
    assert "No pair has been compared yet. Single and pair runs on the same repeats would begin to answer this." in told


def test_an_empty_table_makes_a_page(tmp_path):
    whole = (write_study(tmp_path / "s", extras=False) / "results.csv").read_text()
    (tmp_path / "results.csv").write_text(whole.split("\n")[0])
    assert "No task was trained both alone and with a partner" in write_report(tmp_path).read_text("utf-8")


def test_hostile_names_are_text(tmp_path):
    page = write_report(write_study(tmp_path / "study", names=HOSTILE)).read_text("utf-8")
    assert (
        page.count("<script>") == 1 and "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    )
    assert LONG in page and "שלום עולם" in page


def test_half_a_character_breaks_nothing(tmp_path):
    folder = write_study(tmp_path / "study")
    data = json.loads((folder / "data.json").read_text())
    data["warnings"].append("\ud800 broken")
    (folder / "data.json").write_text(json.dumps(data))
    assert "? broken" in write_report(folder).read_text("utf-8")


def test_downloads_are_the_tables(tmp_path, full):
    links = dict(re.findall(r'download="([^"]+)" href="data:text/csv;charset=utf-8,([^"]+)"', full))
    assert {"gains-accuracy.csv", "mean-scores.csv", "groupings.csv"} < set(links)
    folder = write_study(tmp_path / "study")
    for name, read in (("gains.csv", read_gains), ("results.csv", read_results)):
        path = tmp_path / name
        path.write_bytes(unquote_to_bytes(unescape(links[name])))
        pd.testing.assert_frame_equal(read(path), read(folder / name))


def test_a_metric_that_is_no_fraction_keeps_its_unit(tmp_path):
    folder = write_study(tmp_path / "study", extras=False)
    table = read_results(folder)
    table.assign(metric="db", value=table["value"] * 30).to_csv(folder / "results.csv", index=False)
    page = write_report(folder).read_text("utf-8")
    assert "+2.04 db, helps" in page
    # an error below 1 is no share of anything, whatever its values
    table.assign(metric="mae").to_csv(folder / "results.csv", index=False)
    page = write_report(folder).read_text("utf-8")
    assert "mae, helps" in page and "points, helps" not in page


def test_broken_files_are_told(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        write_report(tmp_path)
    folder = write_study(tmp_path / "study")
    (folder / "plan.json").write_text("{")
    with pytest.raises(UserError, match="not readable JSON"):
        write_report(folder)
