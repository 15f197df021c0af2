"""A study in ten lines of Markdown: for a chat, a pull request, an e-mail."""

from __future__ import annotations

from cohear.base.counting import counted
from cohear.findings.words import Name, words
from cohear.report.folder import FolderContent
from cohear.report.parts.overview import facts, progress_of
from cohear.report.parts.views import SettingView, setting_label, views_of

MOST_LINES = 10


def summary_lines(study: FolderContent) -> str:
    """What the first screen of the page says, of the setting that it shows first; then the decisions of others.

    Returns:
        Markdown, at most :data:`MOST_LINES` lines; names are escaped.
    """
    views = views_of(study).settings
    about = facts(study)
    size = f"{counted(about['tasks'], 'task')}, {progress_of(study.status)['done']}"
    if not views:
        return words("**", Name(study.name), f"** ({size})").markdown + "\n"
    first, *others = views
    settings = [_setting(view) for view in views]
    lines = [words("**", Name(study.name), "** (", Name(" · ".join(_setting(first))), f"; {size})").markdown, ""]
    lines.append(f"**{first.together.head.markdown}** {first.together.text.markdown}".rstrip())
    lines += [f"- **{what}** {told.markdown}" for what, told in first.points]
    if first.answer.is_shown:
        lines.append(f"- {first.answer.said.head.markdown} {first.answer.said.text.markdown}")
    room = MOST_LINES - len(lines)
    shown = others if len(others) <= room else others[: max(room - 1, 0)]
    lines += [f"- {words(Name(setting_label(_setting(view), settings))).markdown}: {_in_short(view)}" for view in shown]
    if len(shown) < len(others) and room > 0:
        lines.append(f"- {counted(len(others) - len(shown), 'more setting')} on the page")
    return "\n".join(lines[:MOST_LINES]) + "\n"


def _setting(view: SettingView) -> tuple[str, str, str]:
    return (view.features, view.encoder, view.arm)


def _in_short(view: SettingView) -> str:
    """The decision, and the reason where there is none."""
    said = view.together
    return f"{said.head.markdown} {said.text.markdown}" if view.grouping.missing else said.head.markdown
