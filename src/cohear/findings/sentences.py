"""Words for figures: a sentence that is right for one and for many, and says nothing where nothing is known."""

from collections.abc import Sequence

from cohear.analysis.answers.ways_alone import Single
from cohear.base.setting import setting_of


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), *words[-1:]])


def setting_name(setting: Sequence[object]) -> str:
    """``logmel / small``, and the arm where it is not that in which nothing is varied; an empty name is left out."""
    features, encoder, arm = map(str, setting)
    return " / ".join(name for name in (features, encoder, "" if arm == "base" else arm) if name) or "the one setting"


def way_of(single: Single) -> str:
    """``logmel / small``, ``the baseline summary / svm``."""
    name = setting_name(setting_of(single))
    return f"the baseline {name}" if single["baseline"] else name


def shortened(words: Sequence[str], most: int) -> list[str]:
    """The first words, and how many more there are."""
    more = len(words) - most
    return [*words[:most], *([f"{more} more"] if more > 0 else [])]
