"""What a pack holds, by name: content that is its own name, and hashes of the code that is not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from pydantic import Field

from cohear.base.files import file_digest
from cohear.base.user_code import load_user_code
from cohear.runs.job import job_of
from cohear.runs.spec import Frozen, Need, Spec


class Manifest(Frozen):
    """All that some runs read, for whoever carries it elsewhere and whoever opens it there.

    Attributes:
        splits: digests.
        stores: keys of feature stores.
        needs: files of other runs.
        plugins: digests of the files of parts, in the order in which they are imported.
        modules: digests of a user's own modules, by their path below the folder of code.
        versions: that the runs were planned for: every value of each name, as text.
    """

    splits: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    plugins: tuple[str, ...] = ()
    modules: dict[str, str] = Field({})
    versions: dict[str, tuple[str, ...]] = Field({})

    @classmethod
    def of(cls, specs: Collection[Spec], code: Path, plugins: Sequence[Path]) -> Manifest:
        """Of what runs name.

        Args:
            specs: theirs.
            code: folder in which a user's own modules lie.
            plugins: files of parts.
        """
        tasks = [task for spec in specs for task in spec.tasks]
        needs = {(need.run, need.file): need for spec in specs for need in spec.needs.values()}
        versions = {(name, str(value)) for spec in specs for name, value in spec.versions.items()}
        return cls(
            splits=tuple(sorted({task.split for task in tasks})),
            stores=tuple(sorted({task.store for task in tasks})),
            needs=tuple(needs[place] for place in sorted(needs)),
            plugins=tuple(map(file_digest, plugins)),
            modules=_files_of_modules({name for spec in specs for name in job_of(spec).modules(spec)}, code),
            versions={
                name: tuple(sorted(value for other, value in versions if other == name))
                for name in sorted({name for name, _ in versions})
            },
        )


def _files_of_modules(names: Collection[str], code: Path) -> dict[str, str]:
    """Digests of the files below the folder of code that modules are made of; what is installed is no part of it."""
    files: dict[str, str] = {}
    for name in sorted(names):
        files |= load_user_code(name, code.resolve()).files
    return {path: held for path, held in sorted(files.items()) if (code / path).is_file()}
