"""Licences of the training data: carried over into the card, and warned about where they restrict use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NON_COMMERCIAL = re.compile(r"\bnc\b|non.?commercial|research (use |purposes )?only|academic use", re.IGNORECASE)
_NOT_PASSED_ON = re.compile(
    r"(not|never|no)\b[^.;]{0,40}(redistribut|passed on|pass on|sold|shared|publish)|no.?derivatives|\bnd\b",
    re.IGNORECASE,
)


def licence_warnings(datasets: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A sentence for each dataset whose licence restricts what may be done with a model, or is not stated."""
    told = []
    for name, facts in datasets.items():
        licence = str(facts.get("licence") or "")
        if not licence:
            told.append(f"dataset {name}: its licence is not stated; look it up before you pass the model on")
            continue
        if _NON_COMMERCIAL.search(licence):
            told.append(f"dataset {name} is for non-commercial use ({licence}); so may be a model trained on it")
        if _NOT_PASSED_ON.search(licence):
            told.append(
                f"dataset {name} restricts passing it on or changing it ({licence}); see what holds for a model"
            )
    return told


def hub_licence(datasets: Mapping[str, Mapping[str, Any]]) -> str:
    """What the hub's header says: the datasets' licence where all share one short name, else ``other``."""
    names = {str(facts.get("licence") or "").strip().lower().replace(" ", "-") for facts in datasets.values()}
    (only,) = names if len(names) == 1 else ("other",)
    return only if re.fullmatch(r"(cc0|cc-by|mit|apache)[a-z0-9.-]*", only) else "other"
