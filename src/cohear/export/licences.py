"""Licences of the training data: carried over into the card, and warned about where they restrict use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PURPOSE = r"(research|academi[ac]|educational|personal|private|scientific|evaluation)"
_NON_COMMERCIAL = re.compile(
    rf"(?<![a-z])nc(?![a-z])|non.?commercial|\b(no|not)\b[^.;]{{0,40}}commercial|{_PURPOSE} (use|purposes?)|"
    rf"(for|to) {_PURPOSE}(?!.{{0,20}}commercial)|{_PURPOSE} only",
    re.IGNORECASE,
)
_NOT_PASSED_ON = re.compile(
    r"(not|never|no)\b[^.;]{0,40}(redistribut|passed on|pass on|sold|shared|publish)|no.?derivatives|"
    r"(?<![a-z])nd(?![a-z])|all rights reserved|proprietary|confidential|internal use",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\bunknown\b|\b(none|not|no licen[cs]e is) (stated|specified|given)|\bunlicen[cs]ed\b|belongs to|"
    r"\bcopyright of\b|see the terms",
    re.IGNORECASE,
)
_HUB = re.compile(
    r"cc0-1\.0|cc-by(-sa|-nc|-nd|-nc-sa|-nc-nd)?-[234]\.[05]|mit|apache-2\.0|odbl|odc-by|gpl-3\.0|bsd-3-clause|unlicense"
)
"""Names that the hub knows."""
_HUB_NAMES = {
    "cc0": "cc0-1.0",
    "open-database-license-1.0": "odbl",
    "apache-license-2.0": "apache-2.0",
    "mit-license": "mit",
}


def licence_warnings(sources: Mapping[str, Mapping[str, Any]], what: str = "dataset") -> list[str]:
    """A sentence for each dataset, or file, whose licence restricts what may be done with a model, or is not stated."""
    warnings = []
    for name, facts in sources.items():
        licence = str(facts.get("licence") or "")
        if not licence.strip():
            warnings.append(f"{what} {name}: its licence is not stated; look it up before you pass the model on")
            continue
        if _UNKNOWN.search(licence):
            warnings.append(
                f"{what} {name}: what its licence allows is open ({licence}); look it up before you pass it on"
            )
        if _NON_COMMERCIAL.search(licence):
            warnings.append(f"{what} {name} is for non-commercial use ({licence}); so may be a model trained on it")
        if _NOT_PASSED_ON.search(licence):
            warnings.append(
                f"{what} {name} restricts passing it on or changing it ({licence}); see what holds for a model"
            )
    return warnings


def hub_licence(datasets: Mapping[str, Mapping[str, Any]]) -> str:
    """What the hub's header says: the datasets' licence where all share one short name, else ``other``."""
    names = {str(facts.get("licence") or "").strip().lower().replace(" ", "-") for facts in datasets.values()}
    (only,) = names if len(names) == 1 else ("",)
    only = _HUB_NAMES.get(only, only)
    return only if _HUB.fullmatch(only) else "other"
