"""Files of groups that keep duplicates together, as ``groups`` of ``dataset.yaml`` takes them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from cohear.base.files import make_folder, write_text
from cohear.data.audit.merged_groups import MergedGroups
from cohear.data.tables.own_groups import GROUP_COLUMNS


def write_groups(groups: Mapping[str, MergedGroups], file: Path) -> dict[str, Path]:
    """Write ``clip,group``, a line for every clip; of several datasets a file each, its name behind the stem.

    Args:
        groups: ``Audit.groups``.
        file: where to; its folder is made.

    Returns:
        The file of each dataset.

    Raises:
        FolderError: it cannot be written.
    """
    make_folder(file.parent)
    several = len(groups) > 1
    files = {name: file.with_name(f"{file.stem}-{name}{file.suffix}") if several else file for name in groups}
    for name, own in groups.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(GROUP_COLUMNS)
        writer.writerows(own.items())
        write_text(files[name], text.getvalue())
    return files
