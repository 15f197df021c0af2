"""Pack a study: prepare it here, and carry what its runs read to a URL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cohear.base.files import cache_folder, make_folder
from cohear.base.study_facts import DATA_JSON
from cohear.base.tables import ARMS_CSV
from cohear.base.url_folder import UrlFolder
from cohear.runs.in_place import PackInPlace
from cohear.runs.pack_writer import PackWriter, Sent
from cohear.study.elsewhere.same_study import settings_by_content
from cohear.study.file import StudySettings
from cohear.study.folder.folder import StudyFolder
from cohear.study.launch.progress import NoProgress, Progress
from cohear.study.prepare import Prepared, make_stores, prepare
from cohear.study.run import wanted_of, write_inputs

PLAN, ENVIRONMENT, ARMS, FACTS = BESIDE = ("plan.json", "environment.json", ARMS_CSV.file, DATA_JSON)
"""Files of a study folder that go along."""
SAME_STUDY = "settings.json"
"""What tells whether a study file is that of the pack, among what lies beside its runs."""


@dataclass(frozen=True)
class Packed:
    """What a pack holds, and what became of it.

    Attributes:
        runs: how many.
        expected: bytes that it was thought to have before it was sent.
        audio_files, audio_bytes: of the study, none of which is in it.
        warnings: what a reader of the results should know.
        sent: None where nothing was to be sent.
    """

    runs: int
    expected: int
    audio_files: int
    audio_bytes: int
    warnings: list[str]
    sent: Sent | None = None


def pack_study(
    settings: StudySettings,
    source_folder: Path,
    url: str,
    *,
    dry_run: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Packed:
    """Carry a study to a URL: features, splits, specifications and code, but no audio.

    It can be stopped at any moment and called again: what is there is not sent again.

    Args:
        settings: with absolute dataset paths.
        source_folder: the study file's.
        url: of a folder, wherever fsspec reaches.
        dry_run: features are made and measured, and nothing is sent.
        jobs: processes.
        progress: told of everything.

    Raises:
        UserError: a mistake in the study or the data, or the folder cannot be written.
    """
    progress, cache = progress or NoProgress(), make_folder(cache_folder())
    prepared = prepare(settings, source_folder, cache=cache, jobs=jobs, progress=progress, trains=False)
    make_stores(prepared, cache=cache, jobs=jobs, progress=progress)
    audio = _audio_of(prepared)
    with TemporaryDirectory() as temporary:
        folder = StudyFolder(Path(temporary))
        write_inputs(folder, prepared, settings.device)
        writer = _writer(settings, source_folder, prepared, folder, cache)
        sizes = [path.stat().st_size for path in audio]
        told = Packed(len(writer.wanted), writer.expected_bytes(), len(audio), sum(sizes), prepared.warnings)
        if dry_run:
            return told
        with progress.stage(f"send to {url}") as advance:
            return replace(told, sent=writer.write(UrlFolder(url), advance))


def _writer(
    settings: StudySettings, source_folder: Path, prepared: Prepared, folder: StudyFolder, cache: Path
) -> PackWriter:
    """Of a study folder that has all that runs read, and no run."""
    runs = wanted_of(prepared.plan, settings.keep, folder)
    pack = PackInPlace.of(
        [run.spec for run in runs.values()],
        splits=folder.splits,
        cache=cache,
        code=source_folder,
        runs=[],
        plugins=settings.plugins,
    )
    files = {name: (folder.root / name).read_bytes() for name in BESIDE}
    wanted = {key: sorted(run.files) for key, run in runs.items()}
    beside = {**files, SAME_STUDY: settings_by_content(settings)}
    return PackWriter(pack, settings.study, wanted, settings.device, beside)


def _audio_of(prepared: Prepared) -> set[Path]:
    """Files of the datasets."""
    return {Path(segment.path) for dataset in prepared.datasets.values() for segment in dataset.table.segments()}
