"""Errors on their way from a worker to the driver."""

import pytest
import torch

from cohear.base.errors import DataError, FolderError, MissingExtra, StudyError, UserError
from cohear.study.launch.failure import Failure

PIPE = 1 << 16


class Gone(DataError):
    """A part's own kind of error."""


def carried(error):
    return Failure.from_bytes(Failure.of(error).to_bytes())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (DataError("x"), DataError),
        (FolderError("x"), FolderError),
        (Gone("x"), DataError),
        (StudyError(["x"]), StudyError),
    ],
)
def test_what_concerns_all_runs_is_raised_as_what_it_was(error, kind):
    with pytest.raises(kind, match="x") as raised:
        carried(error).raise_where_it_concerns_all()
    assert type(raised.value) is kind


@pytest.mark.parametrize("error", [UserError("no such part"), MissingExtra("torchjd", "objectives"), ValueError("x")])
def test_what_concerns_one_run_is_not_raised(error):
    carried(error).raise_where_it_concerns_all()


def test_sentence_of_a_mistake_stands_alone_and_other_errors_are_named():
    assert carried(UserError("no such part")).error == "no such part"
    assert carried(ValueError("x")).error == "ValueError: x"


@pytest.mark.parametrize("character", ["a", "ä", "\N{HORSE}", "\0", "\udcff", "\\", '"'])
def test_any_error_fits_a_pipe_that_nobody_reads(character):
    try:
        raise ValueError(character * 100_000)
    except ValueError as error:
        words = Failure.of(error).to_bytes()
    assert len(words) < PIPE
    assert character in Failure.from_bytes(words).error


@pytest.mark.parametrize("depth", [3, 300])
def test_a_traceback_keeps_its_first_line_and_its_last_calls(depth):
    def deeper(left, *, name="a call with a name that takes its room"):
        return deeper(left - 1, name=name + str(left)) if left else {}["missing"]

    try:
        deeper(depth)
    except KeyError as error:
        detail = carried(error).detail
    assert detail.startswith("Traceback (most recent call last):\n")
    assert detail.endswith("KeyError: 'missing'\n")
    assert len(detail) <= 4_000


def test_an_error_that_was_never_raised_fits_too():
    assert len(Failure.of(ValueError("x" * 100_000)).detail) <= 4_000


@pytest.mark.parametrize("words", [b"", b'{"error": "x"', b"[]", b"{}"])
def test_words_that_were_cut_off_tell_nothing(words):
    assert Failure.from_bytes(words) is None


LOUD = """
from torch import nn


class Loud(nn.Module):
    def __init__(self, input_width):
        super().__init__()
        self.layer = nn.Linear(input_width, 8)

    def forward(self, features):
        if self.training:
            raise ValueError("\\N{HORSE}" * 100_000)
        return self.layer(features)
"""


def test_worker_with_a_long_error_does_not_hang(bench):
    (bench.root / "loud_net.py").write_text(LOUD, encoding="utf-8")
    encoders = [{"name": "loud", "module": "loud_net:Loud", "features": "vector"}]
    ended = bench.cohear_apart("run", bench.study(encoders=encoders, repeats={"folds": 1}), "--out", "out")
    assert ended.returncode == 1
    assert "3 of 3 runs failed" in ended.stderr


@pytest.mark.parametrize(
    ("error", "lacks"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (UserError("a study about being out of memory"), False),
    ],
)
def test_a_lack_of_memory_is_known(error, lacks):
    failure = Failure.of(error)
    assert failure.out_of_memory is lacks
    assert Failure.from_bytes(failure.to_bytes()) == failure
