import re
import shutil
from dataclasses import replace
from functools import cache
from html import unescape
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from gains_table import read_gains
from rich_study import STEPS, write_rich_study
from simulated_study import HOSTILE, LONG, write_study

from cohear import api
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import read_results
from cohear.analysis.tables.text import write_table
from cohear.base.errors import UserError
from cohear.base.study_facts import StudyFacts
from cohear.base.tables import MEASURED_COSTS, SHARED
from cohear.findings.words import MINUS
from cohear.report.figures import FIGURES, Figures, sources_of
from cohear.report.figures.palette import DARK, LIGHT
from cohear.report.figures.render import clean
from cohear.report.folder import read_folder
from cohear.report.numbers import interval, level, signed
from cohear.report.page.build import render, write_report
from cohear.report.paper import paper_table
from cohear.report.parts.views import setting_order, views_of
from cohear.report.references import keys, references
from cohear.testing.figure import NAMES, FigureContract

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    return write_rich_study(tmp_path_factory.mktemp("rich") / "study")


@pytest.fixture(scope="module")
def figures(rich):
    return Figures(sources_of(read_folder(rich)))


@pytest.fixture(scope="module")
def told(rich):
    """The answers."""
    return api.answers(rich)


DRAWN = {}
"""Drawings of the contract by figure and tasks: they never change, and each of its tests looks at them."""


class Simulated(FigureContract):
    @staticmethod
    @cache
    def _sources(names, folder):
        return sources_of(read_folder(write_rich_study(folder, names=names)))

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory):
        self.folder = tmp_path_factory.getbasetemp()

    def sources(self, names):
        return self._sources(tuple(names), self.folder / f"contract-{tuple(names) == NAMES}")

    def drawings(self, names=NAMES):
        key = self.name, tuple(names)
        if key not in DRAWN:
            DRAWN[key] = super().drawings(names)
        return DRAWN[key]


for _name in FIGURES:
    globals()[f"Test{_name.title()}"] = type(f"Test{_name.title()}", (Simulated,), {"name": _name})


def texts(svg):
    return [element.text or "" for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("}text")]


def data_of(chart):
    """Every row of every table in a chart's specification."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


WORST = ("worst", "worst_low", "worst_high")

# The same numbers everywhere


def test_the_matrix_shows_the_gains_of_the_table(rich, figures):
    table = read_gains(rich / "gains.csv")
    for encoder in ("small", "dnn"):
        drawing, shown = figures.matrix(encoder=encoder), table[table["encoder"] == encoder]
        written = texts(drawing.svg)
        for row in shown.to_dict("records"):
            assert any(text.startswith(signed(row["gain"], True)) for text in written)
            assert interval(row["low"], row["high"], True).replace(" to ", " … ") in written
        inside = {(r["gain"], r["low"], r["high"]) for r in data_of(drawing.chart) if r["gain"] is not None}
        assert inside == set(shown[["gain", "low", "high"]].itertuples(index=False, name=None))
        singles = drawing.table[drawing.table["beside"] == ""]
        results = read_results(rich)
        for row in singles.to_dict("records"):
            own = results[(results["combination"] == row["task"]) & (results["encoder"] == encoder)]
            own = own[own["control"] == ""]
            assert row["alone"] == pytest.approx(own["value"].mean())
            assert level(row["alone"], True) in written


def test_an_arrow_is_a_sure_relation(rich, figures):
    drawing = figures.graph(encoder="small")
    gains = read_gains(rich / "gains.csv")
    pairs = gains[(gains["encoder"] == "small") & (gains["combination"].str.count(r"\+") == 1)]
    sure = pairs[pairs["verdict"].isin(["helps", "hurts"])]
    assert len(sure) and len(drawing.table) == len(pairs)
    written = texts(drawing.svg)
    assert sorted(set(written) - set(NAMES)) == sorted({signed(gain, True) for gain in sure["gain"]})
    assert drawing.svg.count(LIGHT["faint"]) == (pairs["verdict"] == "undecided").sum()


def test_the_other_figures_show_the_numbers_of_their_tables(rich, figures, told):
    results = read_results(rich)
    scores = figures.scores()
    for row in scores.table[scores.table["what"] == "mean"].to_dict("records"):
        own = results[(results["combination"] == row["task"]) & (results["encoder"] == row["setting"])]
        own = own[own["control"] == ""]["value"]
        assert row["score"] == pytest.approx(own.mean())
        assert row["low"] < own.mean() < row["high"]
    shown = figures.size().table
    for what, names in (("mean of all tasks", ("mean", "low", "high")), ("worst task", WORST)):
        sizes = {(s["encoder"], s["size"]): tuple(s[name] for name in names) for s in told["combining"]["sizes"]}
        assert {
            (r.setting, r.size): (r.gain, r.low, r.high) for r in shown[shown["what"] == what].itertuples()
        } == sizes
    (agreement,) = figures.agreement().table.to_dict("records")
    (expected,) = told["persistence"]["agreements"]
    assert agreement["agreement"] == expected["within"]
    assert agreement["ceiling"] == pytest.approx(np.sqrt(expected["ceiling_first"] * expected["ceiling_second"]))
    whole = [line for line in told["combining"]["sizes"] if line["size"] == len(NAMES)]
    for line in whole:
        within = f"({interval(line['low'], line['high'], True)}) in logmel / {line['encoder']}"
        assert f"{signed(line['mean'], True)} points {within}" in figures.size().sentence
    assert figures.agreement().sentence.replace(MINUS, "-") == told["persistence"]["answer"]


def test_what_pairs_foretell_is_their_mean(rich, figures):
    gains = read_gains(rich / "gains.csv")
    gains = gains[gains["encoder"] == "small"]
    table = figures.foretold(encoder="small").table
    assert len(table) == len(NAMES)
    for row in table.to_dict("records"):
        own = gains[gains["task"] == row["task"]]
        pairs = own[own["combination"].str.count(r"\+") == 1]["gain"]
        assert row["foretold"] == pytest.approx(pairs.mean())
        whole = own[own["combination"].str.count(r"\+") == len(NAMES) - 1]["gain"]
        assert row["gain"] == pytest.approx(whole.iloc[0])


def test_correlations_are_those_of_the_answers(figures, told):
    drawing = figures.measurements(encoder="small")
    lines = [line for line in told["measurements"]["correlations"] if line["encoder"] == "small"]
    expected = {(line["measurement"], line["side"]): line for line in lines}
    assert len(drawing.table) > 5
    for row in drawing.table.to_dict("records"):
        line = expected[row["measurement"], row["side"]]
        for shown, name in (("correlation", "pooled"), ("low", "low"), ("high", "high")):
            assert row[shown] == pytest.approx(line[name]) or (pd.isna(row[shown]) and line[name] is None)


def test_differences_have_the_minus_sign_of_the_page(figures):
    for drawing in figures:
        assert not re.search(r"(?<![\w-])-\d", drawing.sentence), drawing.sentence


def test_controls_stand_below_their_partner(rich, figures):
    table = figures.controls(encoder="small").table
    first = table[(table["task"] == "digit") & (table["beside"] == "keyword")]
    assert list(first["run"]) == ["real partner", "shuffled", "unlabelled", "wide"]
    real, *others = first["gain"]
    assert real - others[0] == pytest.approx(0.05)
    assert set(table["task"]) == {"digit"}, "the others have no control"


def test_the_cheapest_is_the_whole_and_singles_cost_all(figures, told):
    table = figures.cost(encoder="small").table.set_index("what")
    assert table.loc["a network a task", "share"] == 1
    assert table.loc["one network for all", "share"] == pytest.approx(1 / len(NAMES))
    best = table.loc[["best grouping for its cost"]]
    assert set(best["networks"]) <= set(range(2, len(NAMES)))
    whole = table.loc["one network for all"]
    assert (best["high"] - best["low"] > 0.3 * (whole["high"] - whole["low"])).all()  # two repeats that agree by luck
    lines = told["savings"]["groupings"]
    expected = {" | ".join(line["groups"]): line for line in lines if line["encoder"] == "small"}
    for row in best.to_dict("records"):
        assert all(row[name] == pytest.approx(expected[row["groups"]][name]) for name in ("gain", "low", "high"))


def test_one_network_for_all_has_the_same_figures_at_the_top_of_the_page(rich, figures):
    """Nothing chose it, so that all repeats tell; unless it is the best guess too, as is said then."""
    study = read_folder(rich)
    view = next(one for one in views_of(study).settings if one.encoder == "small")
    assert view.groupings is not None
    (whole,) = [one for one in view.groupings.all if one.whole]
    assert whole is not view.groupings.best
    line = figures.cost(encoder="small").table.set_index("what").loc["one network for all"]
    assert (whole.expected, whole.low, whole.high) == (line["gain"], line["low"], line["high"])
    cells = read_gains(rich / "gains.csv").query("encoder == 'small'")
    cells = cells[cells["combination"] == "+".join(NAMES)]
    assert whole.expected == pytest.approx(cells["gain"].mean())


def test_costs_at_work_are_beside_those_of_size(rich, tmp_path):
    """With the table that `cohear bench` writes, the figure tells the time that networks take together."""
    shutil.copytree(rich, tmp_path / "rich")
    cells = read_results(rich).query("control == ''").drop_duplicates(["features", "encoder", "arm", "combination"])
    table = cells[["features", "encoder", "arm", "combination"]].assign(
        setup=SHARED, **dict.fromkeys(MEASURED_COSTS, 2.0)
    )
    write_table(tmp_path / "rich" / "costs.csv", table)
    cost = api.figures(tmp_path / "rich").cost(encoder="small")
    drawn = cost.table.set_index("what")
    assert drawn.loc["a network a task", "milliseconds"] == 2.0 * len(NAMES)
    assert drawn.loc["one network for all", "time_share"] == pytest.approx(1 / len(NAMES))
    assert f"takes {100 / len(NAMES):.0f} % of their processor time" in cost.sentence


def test_curves_are_means_over_repeats(rich, figures):
    table = figures.curves(encoder="small").table
    assert set(table["step"]) == set(STEPS)
    alone = table[(table["task"] == "event") & (table["beside"] == "")]
    results = read_results(rich)
    runs = results[(results["combination"] == "event") & (results["encoder"] == "small")]["run"]
    last = []
    for run in runs:
        curve = pd.read_csv(rich / "runs" / run / "curve.csv")
        last.append(curve[(curve["step"] == STEPS[-1]) & (curve["part"] == "validation")]["metric"].iloc[0])
    end = alone[alone["step"] == STEPS[-1]].iloc[0]
    assert end["mean"] == pytest.approx(np.mean(last)) and end["sd"] == pytest.approx(np.std(last, ddof=1))
    assert end["repeats"] == len(last)
    assert {"alone", "shared"} <= set(texts(figures.curves(encoder="small").svg))


def test_curves_are_of_the_same_repeats_on_both_sides(rich, tmp_path):
    shutil.copytree(rich, tmp_path / "rich")
    results = read_results(rich)
    write_table(
        tmp_path / "rich" / "results.csv",
        results[~results["combination"].str.contains("+", regex=False) | (results["fold"] < 3)],
    )
    table = api.figures(tmp_path / "rich").curves(encoder="small").table
    assert set(table["repeats"]) == {3}


# What is not there


def test_only_results_are_needed(tmp_path):
    write_study(tmp_path / "bare", folds=1, extras=False)
    bare = Figures(sources_of(read_folder(tmp_path / "bare")))
    assert {"matrix", "graph", "scores", "cost"} <= set(bare.names)
    assert not {"controls", "curves", "agreement"} & set(bare.names)
    with pytest.raises(UserError, match="no data for the figure 'controls'"):
        bare.controls()
    assert all(drawing.svg for drawing in bare)


def test_a_metric_that_is_no_fraction_keeps_its_unit(tmp_path):
    folder = write_study(tmp_path / "study", folds=2, extras=False)
    table = read_results(folder)
    table.assign(metric="db", value=table["value"] * 30).to_csv(folder / "results.csv", index=False)
    drawing = Figures(sources_of(read_folder(folder))).foretold()
    assert set(drawing.table["unit"]) == {"db"}
    assert "gain in the group, db" in texts(drawing.svg)


# In Python


def test_the_facade(rich, tmp_path):
    figures = api.figures(rich)
    assert set(figures.names) == set(FIGURES) and "matrix" in dir(figures)
    drawing = figures.matrix()
    assert drawing._repr_svg_().startswith("<svg") and "30 effects" not in repr(drawing)
    for suffix, head in ((".svg", b"<svg"), (".png", b"\x89PNG"), (".csv", b"task,beside")):
        assert drawing.save(tmp_path / "new" / f"m{suffix}").read_bytes().startswith(head)
    light, dark = (drawing.save(tmp_path / f"{dark}.png", dark=dark).read_bytes() for dark in (False, True))
    assert light != dark
    with pytest.raises(UserError, match=r"saved as \.svg, \.png, \.csv"):
        drawing.save(tmp_path / "m.pdf")
    with pytest.raises(AttributeError, match="did you mean 'matrix'"):
        figures.matrx()
    with pytest.raises(UserError, match="did you mean 'encoder'"):
        figures.matrix(encode="small")
    with pytest.raises(UserError, match="nothing was measured with encoder 'big'"):
        figures.matrix(encoder="big")


def test_the_example_of_the_docs(rich, tmp_path, monkeypatch, request):
    text = (request.config.rootpath / "docs" / "report.md").read_text("utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(rich, tmp_path / "out" / "first")
    exec(compile(example, "report.md", "exec"), {})
    assert {"matrix.svg", "scores.png"} <= {path.name for path in tmp_path.iterdir()}
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(FIGURES)


def test_the_csv_has_all_digits(figures):
    drawing = figures.matrix()
    (rows,) = {len(drawing.table)}
    assert drawing.csv.count("\n") == rows + 1
    best = drawing.table["gain"].max()
    assert repr(float(best)) in drawing.csv


# Files beside the page


def test_the_report_leaves_figures_and_papers(rich):
    stale = rich / "report" / "figures" / "old.svg"
    stale.parent.mkdir(parents=True)
    stale.write_text("<svg/>")
    page = write_report(rich).read_text("utf-8")
    names = {path.name for path in (rich / "report" / "figures").iterdir()}
    assert {"matrix-small.svg", "matrix-dnn.png", "matrix-dnn.csv", "scores.svg", "agreement.png"} <= names
    assert "old.svg" not in names and len(names) % 3 == 0
    for name in FIGURES:
        assert f'id="figure-{name}"' in page
    assert page.count('class="figure"') == len(names) // 3
    given = re.findall(r'<a download="([^"]+)"', page)
    assert len(given) == len(set(given)), "no two files of one name"
    assert len(page) < 1_000_000


@pytest.mark.slow
def test_hostile_names_in_files(tmp_path):
    folder = write_rich_study(tmp_path / "study", names=HOSTILE, encoders=("../x", "small/..\\y"))
    page = write_report(folder).read_text("utf-8")
    assert page.count("<script>") == 1 and "<script>alert" not in page
    names = [path.name for path in (folder / "report" / "figures").iterdir()]
    assert {"matrix-x.svg", "matrix-small-y.svg"} <= set(names)
    assert all(re.fullmatch(r"[A-Za-z0-9-]+\.(svg|png|csv)", name) for name in names)
    assert sorted(path.name for path in (folder / "report").iterdir()) == [
        *("figures", "index.html", "references.bib", "table.md", "table.tex")
    ]


def test_no_character_breaks_a_drawing():
    assert clean("a\x00\ud800b\tß") == "a\ufffd\ufffdb\tß"


def test_no_two_roles_look_alike():
    assert len(set(LIGHT.values())) == len(LIGHT) and set(LIGHT) == set(DARK)


def test_the_table_for_papers(rich, tmp_path):
    text = paper_table(read_folder(rich))
    gains = read_gains(rich / "gains.csv")
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) == len(gains) + 2  # a head for each encoder
    heads = [", ".join(setting) for setting in setting_order(read_folder(rich))]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == heads, "in the order of the page"
    for row in gains.to_dict("records"):
        partners = " + ".join(name for name in row["combination"].split("+") if name != row["task"])
        found = [line for line in rows if line.startswith(f"| {row['task']} | uar |") and f"| {partners} |" in line]
        assert any(f"| {signed(row['gain'], True)} | {interval(row['low'], row['high'], True)} |" in it for it in found)
    hostile = write_study(tmp_path / "study", names=("a|b", "c*d*", *HOSTILE[2:]), folds=1, extras=False)
    rows = [line for line in paper_table(read_folder(hostile)).splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {12}


def test_references(tmp_path, rich):
    study = read_folder(rich)
    text = references(study, FIGURES)
    assert len(keys(text)) == len(set(keys(text))) and {"cohear", "nadeau2003", "dataset-set-0"} <= set(keys(text))
    assert text.count("{") == text.count("}")
    assert "Somebody 2020" in text
    datasets = {
        "esc10": {"citation": ""},
        "fsdd": {},
        "speech_commands": {},
        "mine{@": {},
        "a b": {"citation": "A. One, B. Two, Of 100 % & {more}, 2019"},
        "a-b": {"citation": "C. Three et al., arXiv:2010.09213", "name": "Third"},
    }
    others = Statistics.of(
        GivenTables(study.results, StudyFacts.from_json({**study.data.to_json(), "datasets": datasets}))
    )
    text = references(replace(study, statistics=others), FIGURES)
    assert "author = {K. J. Piczak}" in text and "check that it is" in text
    assert "author = {P. Warden}" in text and "year = {2018}" in text
    assert "doi = {10.5281/zenodo.1342401}" in text and "Z. Jackson and others" in text
    assert "author = {A. One and B. Two}" in text and r"100 \% \& \textbraceleft{}more\textbraceright{}" in text
    assert "author = {C. Three and others}" in text and "year = {2020}" in text
    assert {"dataset-a-b", "dataset-a-b-2"} <= set(keys(text))
    assert "% dataset mine{(at): its table states no citation" in text


def test_only_methods_that_the_study_used_are_cited(tmp_path):
    write_study(tmp_path / "bare", folds=1, extras=False)
    study = read_folder(tmp_path / "bare")

    def cited(study, figures=()):
        return set(keys(references(study, figures)))

    gains = {"cohear", "caruana1997", "nadeau2003", "morris1983", "smyth2004", "benjamini1995"}
    assert cited(study) == gains
    assert cited(study, ["agreement"]) - gains == {"spearman1904", "spearman1910", "brown1910"}
    assert cited(study, ["foretold", "measurements"]) - gains == {"standley2020", "li2023", "hubert1987"}
    looked = Statistics.of(GivenTables(study.results, StudyFacts.from_json({"repeats": {"looks": [5, 10]}})))
    assert {"lan1983", "kim1987", "jennison1989"} < cited(replace(study, statistics=looked))
    wider = pd.concat([study.results, study.results.assign(encoder="wide", run="wide " + study.results["run"])])
    assert "hsu1984" in cited(replace(study, statistics=Statistics.of(GivenTables(wider))))
    assert cited(replace(study, check={"findings": []})) - gains == {"holm1979"}
    told = "training: {label_smoothing: 0.1, augment: standard}"
    trained = cited(replace(study, study_text=told)) - gains
    assert trained == {"loshchilov2019", "szegedy2016", "park2019", "jaitly2013"}
    told = "training: {label_smoothing: 0.0, augment: none}"
    assert cited(replace(study, study_text=told)) - gains == {"loshchilov2019"}
    assert cited(replace(study, study_text="training: [")) - gains == {"loshchilov2019"}
    nothing = Statistics.of(GivenTables(study.results.iloc[:0]))
    assert cited(replace(study, statistics=nothing)) == {"cohear"}
    links = dict(re.findall(r'download="([^"]+)" href="data:text/[a-z-]+;charset=utf-8,([^"]+)"', render(study)))
    assert unquote(unescape(links["references.bib"])) == references(study, [])
    assert unquote(unescape(links["table.md"])) == paper_table(study)


def test_every_method_in_the_bibliography_is_one_that_the_code_names(request):
    source = request.config.rootpath / "src" / "cohear"
    text = " ".join(path.read_text("utf-8") for path in source.rglob("*.py"))
    bibliography = (source / "report" / "methods.bib").read_text("utf-8")
    assert len(keys(bibliography)) > 20 and bibliography.count("keywords = {") == len(keys(bibliography))
    for key in keys(bibliography):
        name, year = re.fullmatch(r"([a-z]+)(\d{4})", key).groups()
        assert re.search(rf"\b{name}\b.{{0,50}}{year}", text, re.IGNORECASE), f"nothing in the code rests on {key}"


def test_every_method_that_the_statistics_name_is_in_the_bibliography(request):
    docs = (request.config.rootpath / "docs" / "statistics.md").read_text("utf-8")
    known = keys((request.config.rootpath / "src/cohear/report/methods.bib").read_text("utf-8"))
    cited = re.findall(r"([A-Z]\w+)(?:(?:,| &) [A-Z]\w+)*(?: et al\.)? ((?:19|20)\d\d)\b", docs)
    assert len(cited) > 10
    missing = [f"{name} {year}" for name, year in cited if f"{name.lower()}{year}" not in known]
    assert missing == [], "add them to report/methods.bib, the key is name and year"


def test_long_names_are_cut_in_the_drawing_alone(tmp_path):
    folder = write_study(tmp_path / "study", names=HOSTILE, folds=2, extras=False)
    drawing = Figures(sources_of(read_folder(folder))).matrix()
    assert LONG in set(drawing.table["task"]) and LONG not in drawing.svg
