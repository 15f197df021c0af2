"""The pack of a study as it goes to hosts."""

from __future__ import annotations

import shutil
from pathlib import Path

from cohear.base.files import cache_folder, make_folder, remove_left_behind
from cohear.base.temporary import temporary_beside
from cohear.base.url_folder import UrlFolder
from cohear.runs.carried import Carried
from cohear.runs.in_place import PackInPlace
from cohear.runs.pack import Pack
from cohear.runs.pack_index import PackIndex
from cohear.runs.pack_writer import PackWriter


class PackToSend:
    """Files of a pack, each with its checksum; what lies here is cut into them first, without audio.

    Args:
        pack: of this machine, or one that was carried somewhere.
        device: that the study asks for.
    """

    def __init__(self, pack: PackInPlace | Carried, device: str) -> None:
        self._made: Path | None = None
        if isinstance(pack, PackInPlace):
            folder = make_folder(cache_folder() / "packs")
            remove_left_behind(folder)
            self._made = temporary_beside(folder / "sent")
            PackWriter(pack, "", {}, device, {}).write(UrlFolder(str(self._made)))
            pack = Carried.at(str(self._made), cache_folder())
        self.carried = pack
        manifest = pack.index.manifest.model_copy(update={"runs": {}})  # each goes when it is begun
        self.index: PackIndex = pack.index.model_copy(update={"manifest": manifest, "wanted": {}, "beside": {}})

    def remove(self) -> None:
        """Take away what was made for the way."""
        if self._made is not None:
            shutil.rmtree(self._made, ignore_errors=True)


def can_be_sent(pack: Pack) -> PackInPlace | Carried:
    """The pack, where it is of a kind that is known how to send.

    Raises:
        TypeError: it is not.
    """
    if isinstance(pack, PackInPlace | Carried):
        return pack
    raise TypeError(f"knows no way to send a pack of class {type(pack).__name__}")
