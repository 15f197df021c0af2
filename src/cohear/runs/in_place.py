"""The pack of a study on this machine, opened where it lies: nothing is copied."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from cohear.base.assets import contents_in, know, place_of
from cohear.base.errors import DataError, StudyError
from cohear.base.files import digest_of, file_digest
from cohear.base.plugins import load_installed_parts, load_plugin
from cohear.base.user_code import load_user_code
from cohear.features.store import FeatureStore, open_store
from cohear.runs.job import job_of
from cohear.runs.manifest import Manifest
from cohear.runs.pack import Pack
from cohear.runs.run_folder import file_left
from cohear.runs.spec import Need, Spec
from cohear.runs.split import Split, read_split


@dataclass(frozen=True)
class PackInPlace(Pack):
    """Folders of this machine.

    Attributes:
        splits: holds ``<digest>.json``.
        cache: holds the feature stores.
        code: in which a user's own modules lie.
        runs: each holds folders of runs, whose files others may need.
        plugins: files of parts.
        manifest: of what it holds for the runs that it was made for.
        assets: where the files lie that parts read, by the hash of their content.
    """

    splits: Path
    cache: Path
    code: Path = Path()
    runs: tuple[Path, ...] = ()
    plugins: tuple[Path, ...] = ()
    manifest: Manifest = field(default_factory=Manifest)
    assets: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        specs: Collection[Spec],
        *,
        splits: Path,
        cache: Path,
        code: Path,
        runs: Sequence[Path],
        plugins: Sequence[Path] = (),
    ) -> PackInPlace:
        """For some runs; see the attributes. Where the assets lie this process knows, which has planned the runs."""
        manifest = manifest_of(specs, code, plugins)
        assets = {content: place_of(content) for content in manifest.assets}
        return cls(splits, cache, code, tuple(runs), tuple(plugins), manifest, assets)

    def open(self) -> None:
        """Import the parts that were there when the runs were planned."""
        load_installed_parts()
        for content, place in self.assets.items():
            know(content, place)
        for path in self.plugins:
            load_plugin(path)
        held = dict(zip(self.plugins, self.manifest.plugins, strict=False))  # a pack by hand has no manifest
        held |= {self.code / name: digest for name, digest in self.manifest.modules.items()}
        changed = [file.name for file, digest in held.items() if digest_of(file) != digest]
        if changed:
            raise StudyError(
                [f"{name} was changed while the study was at work; run the same command again" for name in changed]
            )

    def split(self, name: str) -> Split:
        """Read the file of that name."""
        return read_split(self.splits, name)

    def store(self, key: str) -> FeatureStore:
        """Open it in the cache."""
        return open_store(key, self.cache)

    def file(self, need: Need) -> bytes:
        """From the first folder that has it."""
        content = file_left(self.runs, need)
        if content is None:
            raise DataError(f"run {need.run} has left no {need.file} here; run the study again to make it")
        return content

    def to_json(self) -> str:
        """Where it lies, for a worker on this machine."""
        return TypeAdapter(PackInPlace).dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> PackInPlace:
        """What ``to_json`` wrote."""
        return TypeAdapter(PackInPlace).validate_json(text)


def manifest_of(specs: Collection[Spec], code: Path, plugins: Sequence[Path]) -> Manifest:
    """Of runs, and of what they name.

    Args:
        specs: theirs.
        code: folder in which a user's own modules lie.
        plugins: files of parts.
    """
    tasks = [task for spec in specs for task in spec.tasks]
    needs = {(need.run, need.file): need for spec in specs for need in spec.needs.values()}
    versions = {(name, str(value)) for spec in specs for name, value in spec.versions.items()}
    runs = {spec.key: spec.model_dump(mode="json") for spec in specs}
    return Manifest(
        runs=runs,
        splits=tuple(sorted({task.split for task in tasks})),
        stores=tuple(sorted({task.store for task in tasks})),
        needs=tuple(needs[place] for place in sorted(needs)),
        plugins=tuple(map(file_digest, plugins)),
        assets=tuple(sorted(set(contents_in(runs)))),
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
