"""Every error that cohear raises on purpose.

::

    CohearError
    ├── UserError            a mistake of the user's: one clear sentence, exit code 2
    │   ├── StudyError       the study file (all mistakes at once, each with its place)
    │   ├── DataError        a clip table, labels, folds or an audio file
    │   ├── FolderError      a study folder: another study's, locked, not writable, disk full
    │   └── MissingExtra     an optional dependency is not installed (names the extra)
    └── RunFailed            a training run ended with an error (exit code 1)
"""

from __future__ import annotations

from collections.abc import Sequence


class CohearError(Exception):
    """Base of all errors raised on purpose."""


class UserError(CohearError):
    """A mistake that the user can mend; the message names the cause and the cure."""

    concerns_all_runs: bool = False
    """Whether it would end every other run of a study too, so that none is begun any more."""


class StudyError(UserError):
    """Mistakes in a study file.

    Args:
        mistakes: one sentence each, starting with the place (``tasks.digit.target: …``).
        source: the file they are in.
    """

    concerns_all_runs = True

    def __init__(self, mistakes: Sequence[str], source: str = "") -> None:
        self.mistakes = list(mistakes)
        self.source = source
        head = f"{source}: " if source else ""
        if len(self.mistakes) == 1:
            super().__init__(head + self.mistakes[0])
        else:
            lines = "\n".join(f"  - {mistake}" for mistake in self.mistakes)
            super().__init__(f"{head}{len(self.mistakes)} mistakes\n{lines}")


class DataError(UserError):
    """A dataset cannot be used as it is."""

    concerns_all_runs = True


class FolderError(UserError):
    """A folder on disk cannot be used as it is."""

    concerns_all_runs = True


class MissingExtra(UserError):
    """An optional dependency is needed and not installed.

    Args:
        package: what could not be imported.
        extra: the extra of cohear that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"this needs {package}: pip install 'cohear[{extra}]'")


class RunFailed(CohearError):
    """A training run ended with an error."""
