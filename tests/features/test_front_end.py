"""Front-ends from study files."""

import pytest

from cohear.base.errors import UserError
from cohear.features import FRONT_ENDS, LogMel, Summary, build_front_end


def test_name_alone_and_name_with_settings():
    assert build_front_end("logmel") == LogMel()
    assert build_front_end({"name": "logmel", "bands": 40, "low": 50}) == LogMel(bands=40, low=50.0)
    assert build_front_end("summary") == Summary()
    of_waveforms = {"logmel", "summary", "mfcc", "pcen", "waveform"}
    assert of_waveforms | {"table", "onnx", "module", "joined", "transformers"} == set(FRONT_ENDS)


def test_defaults():
    front_end = LogMel()
    assert (front_end.rate, front_end.hop, front_end.frame_width, front_end.input_width) == (
        16000,
        160,
        64,
        64,
    )
    assert (front_end.filter_bank.window, front_end.filter_bank.fft_size) == (400, 512)
    summary = Summary()
    assert (summary.hop, summary.frame_width, summary.input_width) == (160, 24, 440)
    assert (summary.filter_bank.window, summary.filter_bank.fft_size) == (480, 512)
    assert [front_end.frames_of(n) for n in (1, 160, 161, 16000)] == [1, 1, 2, 100]


def test_whole_float_is_a_whole_number_and_settings_compare_equal():
    assert build_front_end({"name": "logmel", "bands": 64.0}).settings() == LogMel().settings()


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("logmle", "unknown front-end 'logmle' .did you mean 'logmel'"),
        ({"bands": 64}, "a front-end needs a name"),
        ({"name": "logmel", "band": 64}, "'logmel' has no setting 'band' .did you mean 'bands'"),
        ({"name": "logmel", "bands": "many"}, "bands must be a whole number, not 'many'"),
        ({"name": "logmel", "bands": 6.5}, "bands must be a whole number, not 6.5"),
        ({"name": "logmel", "bands": True}, "bands must be a whole number, not True"),
        ({"name": "logmel", "low": None}, "low must be a number, not None"),
        ({"name": "logmel", "floor": float("nan")}, "floor must be a number, not nan"),
        ({"name": "logmel", "floor": 0}, "floor must be positive"),
        ({"name": "logmel", "bands": 0}, "bands must be at least 1"),
        ({"name": "logmel", "rate": -1}, "rate must be positive"),
        ({"name": "logmel", "rate": 8000}, "low and high must obey 0 <= low < high <= rate / 2"),
        ({"name": "logmel", "hop_ms": 0}, "hop_ms must be at least one sample"),
        ({"name": "logmel", "hop_ms": 30}, "window_ms must not be less than hop_ms"),
    ],
)
def test_mistakes_are_said(spec, message):
    with pytest.raises(UserError, match=message):
        build_front_end(spec)


def test_all_broken_rules_are_said_at_once():
    with pytest.raises(UserError, match="bands must be at least 1 and floor must be positive"):
        LogMel(bands=0, floor=0.0)
