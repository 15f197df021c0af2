"""Pages of the site that are made of the code: commands, Python, the study file's keys; and those from the root.

A hook of MkDocs (``mkdocs.yml``): nothing of it is written into ``docs``.
"""

import inspect
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pydantic import BaseModel

from cohear import Bundle, Study, api
from cohear.cli import app
from cohear.study.file.settings import StudySettings

ROOT = Path(__file__).resolve().parents[1]
FROM_ROOT = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""What stands at the root of the repository, and where the site has it."""
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Enter the pages that are not in ``docs``."""
    pages = {site: (ROOT / name).read_text(encoding="utf-8") for name, site in FROM_ROOT.items()}
    pages |= {"reference/commands.md": commands(), "reference/python.md": python(), "reference/study-keys.md": keys()}
    for site, text in pages.items():
        files.append(File.generated(config, site, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as the site has its pages; what is no page is named."""
    back = {site: name for name, site in FROM_ROOT.items()}
    source = page.file.src_uri
    pages = {file.src_uri for file in files if file.inclusion.is_included()}
    folder = "" if source in back else posixpath.dirname(f"docs/{source}")

    def told(link: re.Match[str]) -> str:
        picture, text, target = link.groups()
        path, mark, place = target.partition("#")
        if not path or re.match(r"\w+:", target):
            return link[0]
        whole = posixpath.normpath(posixpath.join(folder, path))
        site = FROM_ROOT.get(whole, whole.removeprefix("docs/"))
        if site not in pages:
            return link[0] if picture else text
        return f"{picture}[{text}]({posixpath.relpath(site, posixpath.dirname(source) or '.')}{mark}{place})"

    return _LINK.sub(told, markdown)


def commands() -> str:
    """Every command with its options, as the program itself knows them."""
    group: Any = typer.main.get_command(app)
    lines = ["# Commands", ""]
    for name, command in group.commands.items():
        lines += [f"## cohear {name}", "", _paragraphs(command.help or ""), "", "| | |", "|---|---|"]
        for given in command.params:
            said = getattr(given, "help", "") or ""
            option = given.opts[0].startswith("-")
            names = given.opts if option else [str(given.name).upper()]
            lines.append(f"| {', '.join(f'`{name}`' for name in names)} | {_cell(said)} |")
        lines.append("")
    return "\n".join(lines)


def python() -> str:
    """What can be imported, with its docstrings."""
    lines = ["# Python", "", "`from cohear import Study, Bundle`, and from `cohear.api`:", ""]
    for name in api.__all__:
        if name != "Study":
            lines += _documented(f"cohear.api.{name}", getattr(api, name))
    for kind in (Study, Bundle):
        lines += _documented(f"cohear.{kind.__name__}", kind)
        for name, member in inspect.getmembers(kind):
            if not name.startswith("_") and inspect.getdoc(member):
                lines += _documented(f"cohear.{kind.__name__}.{name}", member, "###")
    return "\n".join(lines)


def keys() -> str:
    """Every key of a study file, from the models that read it."""
    lines = [
        "# Keys of a study file",
        "",
        "Made of the models that read it; [Study file](../study-file.md) explains them.",
        "",
    ]
    for model in _models(StudySettings, set()):
        summary = (inspect.getdoc(model) or "").split("\n\n")[0]
        lines += [f"## {model.__name__.removesuffix('Settings')}", "", _paragraphs(summary), ""]
        lines += ["| key | type | default |", "|---|---|---|"]
        for name, about in model.model_fields.items():
            default = (
                "must be given"
                if about.is_required()
                else f"`{_cell(_short(about.get_default(call_default_factory=True)))}`"
            )
            lines.append(f"| `{about.alias or name}` | `{_cell(_type(about.annotation))}` | {default} |")
        lines.append("")
    return "\n".join(lines)


def _models(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """A model, and those that its fields are of."""
    seen.add(model)
    yield model
    for about in model.model_fields.values():
        for inner in _inside(about.annotation):
            if inner not in seen:
                yield from _models(inner, seen)


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - any annotation
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _inside(argument)


def _type(annotation: object) -> str:
    text = (
        annotation.__name__
        if inspect.isclass(annotation) and not getattr(annotation, "__args__", ())
        else str(annotation)
    )
    text = re.sub(r"Annotated\[(\w+), .*?\]\)?", r"\1", text)
    return re.sub(r"(?:\w+\.)+(\w+)", r"\1", text)


def _short(value: object) -> str:
    """A default as a study file has it: parts by their name."""
    if isinstance(value, list):
        return f"[{', '.join(map(_short, value))}]"
    if isinstance(value, BaseModel):
        return str(getattr(value, "name", "{…}"))
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _documented(name: str, member: Any, level: str = "##") -> list[str]:  # noqa: ANN401 - anything public
    signature = str(inspect.signature(member)) if callable(member) else ""
    text = inspect.getdoc(member) or ""
    return [
        f"{level} {name}",
        "",
        f"```python\n{name.rpartition('.')[2]}{signature}\n```",
        "",
        f"```text\n{text}\n```",
        "",
    ]


def _paragraphs(text: str) -> str:
    return re.sub(r"\[/?\w*\]", "", inspect.cleandoc(text)).replace("<", "&lt;")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
