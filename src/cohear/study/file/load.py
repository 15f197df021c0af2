"""From a study file to its settings, with every mistake at once."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pydantic import ValidationError

from cohear.base.errors import StudyError
from cohear.base.plugins import load_installed_parts
from cohear.base.yaml_text import YamlMistake, YamlText, read_yaml
from cohear.study.file.baselines import mistakes_in_baselines
from cohear.study.file.controls import mistakes_in_controls
from cohear.study.file.grid import mistakes_in_grid
from cohear.study.file.names import mistakes_in_names, mistakes_in_plugins
from cohear.study.file.probes import mistakes_in_probes
from cohear.study.file.settings import StudySettings
from cohear.study.file.wording import told_by_pydantic


def load_study(path: Path, *, with_modules: bool = True) -> StudySettings:
    """Read and check a study file.

    Args:
        path: of the file.
        with_modules: whether encoders' modules are looked for beside it, and judged. Beside the resolved file of a
            study folder they do not lie.

    Raises:
        StudyError: with every mistake at once.
    """
    try:
        text = read_yaml(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StudyError(
            ["there is no such file; `cohear init FOLDER` writes one for folders of audio"], str(path)
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError([f"cannot be read: {getattr(error, 'strerror', None) or error}"], str(path)) from error
    except YamlMistake as error:
        raise StudyError([str(error)], str(path)) from error
    return check_study(text, str(path), path.parent, with_modules=with_modules)


def check_study(
    text: YamlText, source: str = "", folder: Path | None = None, *, with_modules: bool = True
) -> StudySettings:
    """Check a study's settings; its plugins are imported first, for they bring names that it uses.

    Args:
        text: of the study file.
        source: what the file is called in errors.
        folder: where relative paths begin. Without one, plugins and files of front-ends are looked for in the working
            folder, and encoders' modules are not looked for.
        with_modules: whether encoders' modules are looked for there.

    Raises:
        StudyError: with every mistake at once.
    """
    if not isinstance(text.value, dict):
        raise StudyError(["expected keys study, datasets and tasks"], source)
    load_installed_parts()
    try:
        settings = StudySettings.model_validate(text.value)
    except ValidationError as error:
        beside = _beside(error, text, folder, with_modules)
        raise StudyError([*told_by_pydantic(error, text), *beside], source) from error
    if mistakes := _mistakes(settings, text, folder, with_modules):
        raise StudyError(mistakes, source)
    return settings


def _mistakes(
    settings: StudySettings, text: YamlText, folder: Path | None, with_modules: bool, spoilt: Collection[str] = ()
) -> list[str]:
    """Mistakes in what is valid by itself; those in plugins come first, for the rest may need them."""
    if mistakes := mistakes_in_plugins(settings, folder or Path()):
        return mistakes
    if folder is not None:
        settings = settings.with_paths_of_features(lambda path: str(folder / path))
    modules = folder if with_modules else None
    return [
        *mistakes_in_names(settings, text),
        *mistakes_in_grid(settings, modules, spoilt),
        *mistakes_in_baselines(settings, spoilt),
        *mistakes_in_controls(settings, modules, spoilt),
        *mistakes_in_probes(settings, spoilt),
    ]


def _beside(error: ValidationError, text: YamlText, folder: Path | None, with_modules: bool) -> list[str]:
    """Mistakes in what is valid beside what is not, so that they need not be mended in rounds."""
    content, spoilt = dict(text.value), set()
    for finding in error.errors():
        spoilt.add(str(finding["loc"][0]))
    for key in spoilt:
        content.pop(key, None)
    stand_ins = {"study": "study", "datasets": {"x": {"path": "x"}}, "tasks": {"x": {"dataset": "x", "target": "x"}}}
    for key, stand_in in stand_ins.items():
        if key in spoilt or key not in content:
            spoilt.add(key)
            content[key] = stand_in
    try:
        settings = StudySettings.model_validate(content)
    except ValidationError:  # one key's validity hangs on another's
        return []
    found = _mistakes(settings, text, folder, with_modules, spoilt)
    # what refers to a spoilt part cannot be judged
    about = {*spoilt, *(("tasks",) if spoilt & {"datasets", "tasks"} else ())}
    return [mistake for mistake in found if mistake.partition(":")[0].partition(".")[0] not in about]
