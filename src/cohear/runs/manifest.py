"""What a pack holds, by name: content that is its own name, and hashes of the code that is not."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from cohear.runs.spec import Frozen, Need


class Manifest(Frozen):
    """Some runs and all that they read, for whoever carries it elsewhere and whoever opens it there.

    Attributes:
        runs: specifications as JSON, by key, in the order in which they were planned; `cohear.runs.job.read_spec` reads
            one, once the pack is open: the job may be of a plugin.
        splits: digests.
        stores: keys of feature stores.
        needs: files of other runs.
        plugins: digests of the files of parts, in the order in which they are imported.
        modules: digests of a user's own modules, by their path below the folder of code.
        assets: hashes of the files that parts read (`cohear.base.assets`), as specifications name them.
        versions: that the runs were planned for: every value of each name, as text.
    """

    runs: dict[str, dict[str, Any]] = Field({})
    splits: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    plugins: tuple[str, ...] = ()
    modules: dict[str, str] = Field({})
    assets: tuple[str, ...] = ()
    versions: dict[str, tuple[str, ...]] = Field({})
