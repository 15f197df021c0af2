"""What the server sends: shapes that its OpenAPI description tells, and refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, Union

from starlette.responses import JSONResponse

from cohear.base.decoding import DECODINGS, Decoding
from cohear.runtime.answers import AnyAnswer
from cohear.runtime.events import Event
from cohear.runtime.server.limits import Refused

if TYPE_CHECKING:
    AnyDecoding: TypeAlias = Decoding
else:  # a description tells the fields of each
    AnyDecoding = Union[tuple(dict.fromkeys(DECODINGS[kind] for kind in DECODINGS))]  # noqa: UP007 - of a list


@dataclass(frozen=True)
class Problem:
    """Why a request was refused, in one clause."""

    error: str


@dataclass(frozen=True)
class Health:
    """``ok`` while the server answers."""

    status: str = "ok"


@dataclass(frozen=True)
class BundleTasks:
    """A bundle.

    Attributes:
        rate: in Hz, at which it hears; other rates are resampled.
        window: seconds.
        tasks: what their answers are, by name.
    """

    rate: int
    window: float
    tasks: dict[str, AnyDecoding]


@dataclass(frozen=True)
class ToldWindow:
    """A bundle's answers to a window.

    Attributes:
        onset, offset: seconds.
        heard: whether there is more than silence in it; else no answer gives a label or a number.
        tasks: the answers, by task.
        answers: the same without the label that stands first in each.
    """

    onset: float
    offset: float
    heard: bool
    tasks: dict[str, AnyAnswer]
    answers: dict[str, AnyAnswer]


@dataclass(frozen=True)
class ClipAnswer:
    """A bundle's answers to a clip.

    Attributes:
        bundle: its name.
        seconds: length of the clip.
        heard: whether there is more than silence in it; else no answer gives a label or a number.
        note: why nothing was heard, or that channels cancel; empty where there is nothing to say.
        tasks: the answers to the whole clip, by task.
        answers: the same without the label that stands first in each.
        windows: to each window; none where they were not asked for.
        events: what lasts over windows, told once; none where neither windows nor events were asked for.
    """

    bundle: str
    seconds: float
    heard: bool
    note: str
    tasks: dict[str, AnyAnswer]
    answers: dict[str, AnyAnswer]
    windows: list[ToldWindow] | None = None
    events: list[Event] | None = None


@dataclass(frozen=True)
class FormFileAnswer(ClipAnswer):
    """The same of a file of a form of several.

    Attributes:
        file: its name.
    """

    file: str = ""


@dataclass(frozen=True)
class FileProblem:
    """Why a file of a form of several was refused.

    Attributes:
        file: its name.
        error: one clause.
        status: that it would have had alone.
    """

    file: str
    error: str
    status: int


@dataclass(frozen=True)
class FormAnswer:
    """A bundle's answers to several clips.

    Attributes:
        bundle: its name.
        files: an answer or a refusal each, in their order.
    """

    bundle: str
    files: list[FormFileAnswer | FileProblem]


FAILED = "the server failed at this request; its log tells why"


def refusal(refused: Refused) -> JSONResponse:
    """The response to what is refused."""
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}.get(refused.status)
    return JSONResponse({"error": refused.reason}, refused.status, headers)
