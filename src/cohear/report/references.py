"""BibTeX of what a study rests on: the methods that it used, and its datasets."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from cohear.base.study_facts import DatasetFacts
from cohear.base.yaml_text import YamlMistake, read_yaml
from cohear.data.catalogue.catalogue import CatalogueEntry, catalogue
from cohear.findings.best_single import best_ways
from cohear.report.folder import FolderContent
from cohear.report.tex import tex

_KEYWORDS = re.compile(r"^  keywords = \{(\w+)\},$", re.MULTILINE)
_NAME = re.compile(r"(?:\w\.[ -]?)+ ?[\w'’-]+(?: [\w'’-]+)?$")
"""``J. P. Bello``: a citation begins with such names, its title is what follows."""


def references(study: FolderContent, figures: Collection[str]) -> str:
    """A BibTeX file: cohear, the methods that the study used, and every dataset of it.

    Datasets are cited as their table says. One that says nothing and has the name of a public dataset is cited
    as that, with a remark to check it; one that nothing is known of is a remark alone.

    Args:
        study: what its folder holds.
        figures: names of the figures that it has data for; some rest on methods of their own.
    """
    known = {entry["reader"]: entry for entry in catalogue()}
    entries = [_software(), *methods(parts_of(study) | set(figures))]
    for name, about in study.data.datasets.items():
        entries.append(_dataset(name, about, known.get(name), keys("\n".join(entries))))
    return "\n".join(entries)


def methods(parts: Collection[str]) -> list[str]:
    """Entries of the methods that some parts of a study rest on, see ``methods.bib``."""
    text = files("cohear.report").joinpath("methods.bib").read_text(encoding="utf-8")
    entries: list[str] = re.findall(r"^@.*?^\}\n", text, re.MULTILINE | re.DOTALL)
    return [entry for entry in entries if set(_KEYWORDS.findall(entry)) & set(parts)]


def parts_of(study: FolderContent) -> set[str]:
    """Parts of a study that rest on methods of their own, beside its figures: keywords in ``methods.bib``."""
    found = {
        "gains": not study.statistics.pairs.empty,
        "loss": study.statistics.log_loss is not None,
        "budgets": bool(study.statistics.label_worth),
        "ways": bool(best_ways(study.statistics)),
        "looks": bool(study.statistics.design.looks),
        "check": bool(study.check),
        "training": bool(study.study_text),
        "smoothing": _setting(study, "label_smoothing") not in (None, "0", "0.0"),
        "augmentation": _setting(study, "augment") == "standard" and _has_front_end(study, "logmel"),
        "summary": _has_front_end(study, "summary"),
    }
    return {part for part, used in found.items() if used}


def _setting(study: FolderContent, name: str) -> str | None:
    """A setting of training as the study's file has it; None where there is none."""
    training = _mapping(study, "training")
    return str(training[name]) if name in training else None


def _has_front_end(study: FolderContent, name: str) -> bool:
    """Whether the grid has a front-end, or a task has it as its own."""
    own = [task.get("features") for task in _mapping(study, "tasks").values() if isinstance(task, dict)]
    named = [each.get("name") if isinstance(each, dict) else each for each in own]
    return name in [*named, *(label.split("(")[0] for label in study.results["features"].unique())]


def _mapping(study: FolderContent, key: str) -> dict[str, Any]:
    """What the study's file holds under a key; empty where it holds no mapping."""
    try:
        content = read_yaml(study.study_text).value
    except YamlMistake:
        return {}
    found = content.get(key) if isinstance(content, dict) else None
    return found if isinstance(found, dict) else {}


def _software() -> str:
    return _entry(
        "software", "cohear", {"title": "{cohear}", "author": "{The cohear developers}", "version": version("cohear")}
    )


def _dataset(name: str, about: DatasetFacts, public: CatalogueEntry | None, taken: Sequence[str]) -> str:
    if about.citation:
        same = [entry for entry in catalogue() if entry["citation"] == about.citation]
        return _cited(_key(name, taken), about.name or name, about.citation, same[0]["homepage"] if same else "")
    if public is None:
        return _remark(f"dataset {name}: its table states no citation (dataset.yaml: citation)")
    remark = _remark(f"dataset {name}: cited by its name as the public dataset {public['title']}; check that it is")
    return remark + _cited(_key(name, taken), public["title"], public["citation"], public["homepage"])


def _cited(key: str, title: str, citation: str, homepage: str) -> str:
    year = re.findall(r"\b(?:19|20)\d\d\b(?!\.\d)", citation)
    arxiv = re.search(r"arXiv:(\d\d)\d\d\.\d{4,5}", citation)
    doi = re.search(r"doi:(\S+)", citation)
    fields = {"title": f"{{{tex(title)}}}", "author": " and ".join(map(tex, _authors(citation)))}
    fields |= {"year": year[-1] if year else f"20{arxiv[1]}" if arxiv else "", "doi": doi[1] if doi else ""}
    fields |= {"url": homepage.split(maxsplit=1)[0] if homepage else "", "note": tex(citation)}
    return _entry("misc", key, {name: value for name, value in fields.items() if value})


def _key(name: str, taken: Sequence[str]) -> str:
    """A key that no other entry has."""
    key = "dataset-" + (re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] or "unnamed")
    before = sum(one == key or one.startswith(f"{key}-") for one in taken)
    return f"{key}-{before + 1}" if before else key


def _authors(citation: str) -> list[str]:
    """The names that a citation begins with; none where it begins otherwise."""
    found = []
    for part in citation.split(", "):
        others = part.endswith(" et al.")
        person = part.removesuffix(" et al.")
        if not _NAME.match(person):
            break
        found += [person, "others"] if others else [person]
    return found


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}}}\n"


def _remark(text: str) -> str:
    """A line that BibTeX passes over; an ``@`` in it would begin an entry."""
    return "% " + " ".join(text.replace("@", "(at)").split()) + "\n"


def keys(bibliography: str) -> list[str]:
    """The keys of a BibTeX file's entries, in their order."""
    return re.findall(r"^@\w+\{([^,]+),", bibliography, re.MULTILINE)
