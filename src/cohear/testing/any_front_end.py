"""What must hold for every front-end, wherever its frames come from; the two kinds' own contracts inherit this."""

import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.base.assets import HASH, PLACES, contents_in, know, place_of
from cohear.base.errors import UserError
from cohear.features.build import VERSIONS, build_front_end, front_end_of
from cohear.features.front_end import FRONT_ENDS, FrontEnd

TOLERANCE = 1e-5  # products of matrices of other shapes may round differently


class AnyFrontEndContract(ABC):
    """Its key, its windows, and the files that it reads."""

    @abstractmethod
    def make(self) -> FrontEnd:
        """A front-end to test."""

    @abstractmethod
    def some_frames(self, front_end: FrontEnd) -> Floats:
        """Frames of a clip ``[T, frame_width]``, many of them where clips have many."""

    def windows(self) -> tuple[FrontEnd, Floats, Integers]:
        """Windows ``[B, W, frame_width]`` cut from a clip and their lengths ``[B]``, the first of them 1."""
        front_end = self.make()
        frames = self.some_frames(front_end)
        width = max(len(frames) // 4, 1)
        lengths = np.array([1, width, max(width // 2, 1), width], np.int64)
        batch = np.stack([frames[(first := i * len(frames) // 5) : first + width] for i in range(4)])
        return front_end, batch, lengths

    def test_is_registered_under_its_name(self) -> None:
        """A study file finds it, with the same settings."""
        front_end = self.make()
        assert FRONT_ENDS[front_end.name] is type(front_end)
        assert build_front_end({"name": front_end.name, **_as_in_a_study(front_end.settings(), place_of)}) == front_end

    def test_its_key_makes_it_again(self) -> None:
        """A specification is JSON, and all that a worker is told."""
        front_end = self.make()
        again = front_end_of(json.loads(json.dumps(front_end.key())))
        assert again == front_end
        assert again.key() == front_end.key()
        assert not {"name", *VERSIONS} & {field.name for field in fields(front_end)}

    def test_a_file_is_known_by_its_content(self) -> None:
        """Under another name in another folder it makes the same front-end, of the same key and frames."""
        front_end = self.make()
        with _moved(front_end) as (_, settings):
            elsewhere = build_front_end({"name": front_end.name, **settings})
            assert elsewhere == front_end
            assert elsewhere.key() == front_end.key()
            np.testing.assert_array_equal(self.some_frames(elsewhere), self.some_frames(front_end))

    def test_another_file_is_another_key(self) -> None:
        """Under the same name in the same folder too; or it is refused in a sentence."""
        front_end = self.make()
        with _moved(front_end) as (files, settings):
            for file in files:
                with (file / "more" if file.is_dir() else file).open("ab") as stream:
                    stream.write(b"\n")
                try:
                    other = build_front_end({"name": front_end.name, **settings})
                except UserError:
                    continue
                assert other.key() != front_end.key()

    def test_a_worker_elsewhere_opens_it(self) -> None:
        """It knows no path but those of the pack, and where it knows none it says so."""
        front_end = self.make()
        key = json.loads(json.dumps(front_end.key()))
        contents = set(contents_in(key))
        with _moved(front_end) as (files, _), patch.dict(PLACES, clear=True):
            if contents:
                assert "is not known here" in _refusal(front_end_of, key)
            for content, file in zip(dict.fromkeys(contents_in(key)), files, strict=True):
                know(content, file)
            np.testing.assert_array_equal(self.some_frames(front_end_of(key)), self.some_frames(front_end))

    def test_a_file_that_cannot_be_used_is_told(self) -> None:
        """One that is missing, and one of other content: when the front-end is made, before anything trains."""
        front_end = self.make()
        for number, _ in enumerate(dict.fromkeys(contents_in(front_end.settings()))):
            with _moved(front_end) as (files, settings):
                spec, file = {"name": front_end.name, **settings}, files[number]
                for damaged in [each for each in file.rglob("*") if each.is_file()] if file.is_dir() else [file]:
                    damaged.write_bytes(b"\x00\xff\xfe what is this?")
                assert file.name in _refusal(build_front_end, spec)
                shutil.rmtree(file) if file.is_dir() else file.unlink()
                assert f"there is no file {file}" in _refusal(build_front_end, spec)

    def test_window_input_shape(self) -> None:
        """The announced width; a sequence is zero beyond the lengths."""
        front_end, windows, lengths = self.windows()
        given = front_end.window_input(windows, lengths)
        assert given.dtype == np.float32
        assert np.isfinite(given).all()
        if front_end.layout == "vector":
            assert given.shape == (len(windows), front_end.input_width)
        else:
            assert given.shape == (*windows.shape[:2], front_end.input_width)
            beyond = np.arange(windows.shape[1]) >= lengths[:, None]
            assert not given[beyond].any()

    def test_frames_that_are_seen_as_they_are(self) -> None:
        """Whether ``window_input`` changes anything is as ``sees_frames`` says."""
        front_end, windows, lengths = self.windows()
        if front_end.sees_frames:
            inside = np.arange(windows.shape[1]) < lengths[:, None]
            expected = np.where(inside[:, :, None], windows, np.float32(0))
            np.testing.assert_array_equal(front_end.window_input(windows, lengths), expected)

    def test_window_input_does_not_depend_on_other_windows(self) -> None:
        """A window alone gives what it gives in a batch."""
        front_end, windows, lengths = self.windows()
        together = front_end.window_input(windows, lengths)
        for i in range(len(windows)):
            alone = front_end.window_input(windows[i : i + 1], lengths[i : i + 1])
            np.testing.assert_allclose(alone[0], together[i], rtol=TOLERANCE, atol=TOLERANCE)

    def test_window_input_does_not_look_beyond_lengths(self) -> None:
        """Whatever lies beyond a window's length, even NaN, changes nothing; windows are not written to."""
        front_end, windows, lengths = self.windows()
        beyond = np.arange(windows.shape[1]) >= lengths[:, None]
        expected = front_end.window_input(windows, lengths)
        for junk in (0.0, 1e6, -1e6, np.nan, np.inf):
            spoilt = windows.copy()
            spoilt[beyond] = junk
            before = spoilt.copy()
            np.testing.assert_array_equal(front_end.window_input(spoilt, lengths), expected)
            np.testing.assert_array_equal(spoilt, before)


@contextmanager
def _moved(front_end: FrontEnd) -> Iterator[tuple[list[Path], dict[str, Any]]]:
    """Copies of a front-end's files in another folder under other names, and the settings that name them."""
    contents = list(dict.fromkeys(contents_in(front_end.settings())))
    with TemporaryDirectory() as folder, patch.dict(PLACES):
        copies: dict[str, Path] = {}
        for number, content in enumerate(contents):
            place = place_of(content)
            copies[content] = Path(folder).resolve() / f"moved-{number}{place.suffix}"
            shutil.copytree(place, copies[content]) if place.is_dir() else shutil.copy(place, copies[content])
        yield list(copies.values()), _as_in_a_study(front_end.settings(), copies.__getitem__)


def _as_in_a_study(value: Any, path_of: Callable[[str], Path]) -> Any:  # noqa: ANN401 - any JSON value
    """Settings of a key with paths in place of contents."""
    if isinstance(value, Mapping):
        if set(value) == {HASH}:
            return str(path_of(value[HASH]))
        return {name: _as_in_a_study(each, path_of) for name, each in value.items()}
    return [_as_in_a_study(each, path_of) for each in value] if isinstance(value, list) else value


def _refusal(make: Callable[[dict[str, Any]], FrontEnd], told: dict[str, Any]) -> str:
    """The sentence with which a front-end is refused."""
    try:
        make(told)
    except UserError as error:
        return str(error)
    raise AssertionError("it was taken")
