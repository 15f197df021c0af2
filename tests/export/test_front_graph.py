"""Front-ends in the graph: the numbers of the features room, for any length and any batch."""

from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import learnt_graphs
import numpy as np
import onnxruntime
import pytest
import torch

from cohear.audio.decode import read_audio
from cohear.audio.resample import resample
from cohear.audio.segment import Segment
from cohear.audio.silence import heard_frames
from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.export.exportable import check_exportable
from cohear.export.front_ends import FRONT_END_GRAPHS
from cohear.export.front_graph import front_graph
from cohear.export.graph_values import features_name, lengths_name
from cohear.features import (
    FRONT_ENDS,
    Joined,
    LogMel,
    Mfcc,
    Module,
    Onnx,
    Pcen,
    Summary,
    Waveform,
    WaveformFrontEnd,
    window_starts,
)
from cohear.features.code_file import CodeFile
from cohear.features.filterbank import mel_triangles
from cohear.features.onnx_front_end import Link
from cohear.features.task_input import TaskInput
from cohear.runtime.session import heard_name

FEATURES, LENGTHS, HEARD = features_name(), lengths_name(), heard_name()
WINDOW = 40
FOLDER = TemporaryDirectory()


def learnt():
    """Chains of graphs, of which one takes a maximum over all that it is given and one takes 8-bit numbers."""
    makers = (learnt_graphs.spectrum, learnt_graphs.embedding, learnt_graphs.eight_bits)
    spectrum, embedding, eight_bits = (Asset.at(each(Path(FOLDER.name) / f"{each.__name__}.onnx")) for each in makers)
    (Path(FOLDER.name) / "network.py").write_text(learnt_graphs.LEVELS, encoding="utf-8")
    network = CodeFile(Asset.at(Path(FOLDER.name) / "network.py"), "Levels")
    chain = (Link(spectrum), Link(embedding, hop=8, multiply=0.5, add=1.0))
    behind = (Link(front_end=LogMel(rate=8000, bands=12, high=3900.0)), Link(eight_bits, hop=6, quantise=True))
    return [
        Onnx(chain),
        Onnx(chain, scale="int16", pool="mean+std"),
        Onnx((Link(spectrum, window=5000, hop=2000),), rate=22050, pool="mean"),
        Onnx(behind, rate=8000),
        Module(network, window=2000, hop_samples=800, pool="mean+std"),
        Joined((Onnx(chain, pool="mean"), Summary(bands=5))),
        Joined((LogMel(bands=7, hop_ms=20.0), Onnx(spectrum))),
    ]


FRONT_ENDS_TESTED = [
    LogMel(),
    LogMel(rate=8000, bands=20, high=3900.0, window_ms=32.0, hop_ms=8.0),
    LogMel(window_ms=20.0, hop_ms=20.0, low=0.0),
    Summary(),
    Summary(rate=22050, bands=8, high=11025.0),
    Summary(statistics="plain"),
    Summary(rate=22050, bands=1, high=11025.0),
    Mfcc(),
    Mfcc(rate=22050, bands=12, high=11025.0, coefficients=12),
    Pcen(),
    Pcen(bands=8, hop_ms=20.0, seconds=0.06, gain=0.8, bias=10.0, power=0.25),
    Waveform(),
    Waveform(rate=22050, hop_ms=3.7),
    *learnt(),
]


def sounds(rate):
    noise = np.random.default_rng(3)
    time = np.arange(2 * rate) / rate
    eight = noise.uniform(-0.5, 0.5, 8000).astype(np.float32)
    return {
        "noise": noise.uniform(-1, 1, 2 * rate),
        "one sample": np.array([0.7]),
        "a frame and a bit": noise.uniform(-1, 1, rate // 50 + 1),
        "silence": np.zeros(rate),
        "sound, then silence": np.concatenate([noise.uniform(-1, 1, rate), np.zeros(rate)]),
        "full-scale tone": np.sin(2 * np.pi * 1000 * time),
        "clipped": np.clip(5 * np.sin(2 * np.pi * 440 * time), -1, 1),
        "upsampled 8 kHz": resample(eight, 8000, rate),
        "a whisper": noise.uniform(-1e-4, 1e-4, rate),
    }


@pytest.fixture(scope="module", params=FRONT_ENDS_TESTED, ids=lambda f: f"{f.name}-{f.rate}-{f.frame_width}")
def front_end(request):
    return request.param


@pytest.fixture(scope="module")
def session(front_end):
    model = front_graph([TaskInput(front_end, WINDOW)])
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("name", sounds(16000))
def test_features_are_those_of_the_features_room(front_end, session, name):
    """Within 1e-3 in log units; windows, lengths and silence as evaluation has them."""
    clip = sounds(front_end.rate)[name].astype(np.float32)
    found = dict(
        zip([value.name for value in session.get_outputs()], session.run(None, {"waveform": clip[None]}), strict=True)
    )
    (frames,) = front_end.frames([clip])
    starts = window_starts(len(frames), WINDOW, WINDOW // 2)
    length = min(len(frames), WINDOW)
    windows = np.zeros((len(starts), WINDOW, front_end.frame_width), np.float32)
    for row, start in zip(windows, starts, strict=True):
        row[:length] = frames[start : start + length]
    lengths = np.full(len(starts), length)
    np.testing.assert_allclose(found[FEATURES], front_end.window_input(windows, lengths), atol=1e-3)
    if front_end.layout == "sequence":
        assert found[LENGTHS].tolist() == lengths.tolist()
    loud = heard_frames(clip, front_end.hop, *front_end.context)
    assert found[HEARD][0].astype(bool).tolist() == [bool(loud[start : start + length].any()) for start in starts]


@pytest.fixture(scope="module")
def two_seconds():
    """The default front-end with windows of two seconds, as a session."""
    model = front_graph([TaskInput.of(LogMel(), 2.0)])
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def with_torch_stft(bank, clip):
    """Log-mel frames of a clip by torch's own Fourier transform."""
    before = (bank.window - bank.hop) // 2
    padded = np.pad(clip, (before, bank.fft_size))
    pieces = np.stack([padded[k * bank.hop : k * bank.hop + bank.window] for k in range(bank.frames_of(len(clip)))])
    spectrum = torch.stft(
        torch.from_numpy(np.pad(pieces, ((0, 0), (0, bank.fft_size - bank.window)))),
        n_fft=bank.fft_size,
        hop_length=bank.fft_size,
        win_length=bank.fft_size,
        window=torch.nn.functional.pad(torch.hann_window(bank.window), (0, bank.fft_size - bank.window)),
        center=False,
        return_complex=True,
    )[..., 0]
    triangles = torch.from_numpy(mel_triangles(bank.bands, bank.fft_size, bank.rate, bank.low, bank.high))
    return torch.log(spectrum.abs().square() @ triangles + bank.floor).numpy()


def largest_difference(session, clip):
    """Between the graph's frames and torch's of the first two seconds, in log units."""
    bank = LogMel().filter_bank
    clip = clip.astype(np.float32)[: 2 * bank.rate]
    frames = bank.frames_of(len(clip))
    return np.abs(session.run([FEATURES], {"waveform": clip[None]})[0][0, :frames] - with_torch_stft(bank, clip)).max()


@pytest.mark.parametrize("name", ["noise", "full-scale tone", "clipped", "upsampled 8 kHz"])
def test_frames_are_those_of_torch_stft(two_seconds, name):
    """A second reference: torch's own Fourier transform, also where a band has nothing but rounding in it."""
    assert largest_difference(two_seconds, sounds(LogMel().rate)[name]) <= 1e-3


@pytest.mark.data
def test_frames_of_real_clips_are_those_of_torch_stft(two_seconds, shared_data):
    """200 clips; the 80 of 8 kHz have, upsampled, nothing above 4 kHz but rounding."""
    rates = []
    for dataset, clips in (("fsdd", 80), ("esc10", 40), ("urbansound8k", 40), ("emodb", 40)):
        files = sorted((shared_data / dataset / "clips").rglob("*.flac"))
        for path in files[:: len(files) // clips][:clips]:
            samples, rate = read_audio(Segment(path))
            rates.append(rate)
            assert largest_difference(two_seconds, resample(samples, rate, LogMel().rate)) <= 1e-3, path
    assert len(rates) == 200 and rates.count(8000) == 80


def test_a_batch_has_the_features_of_its_rows(front_end, session):
    clips = np.random.default_rng(5).uniform(-1, 1, (3, front_end.rate + 77)).astype(np.float32)
    together = session.run([FEATURES], {"waveform": clips})[0]
    alone = np.concatenate([session.run([FEATURES], {"waveform": clip[None]})[0] for clip in clips])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_every_front_end_has_a_graph():
    own = {name for name in FRONT_ENDS if FRONT_ENDS[name].__module__.startswith("cohear.")}
    assert set(FRONT_END_GRAPHS) == {name for name in own if issubclass(FRONT_ENDS[name], WaveformFrontEnd)}
    usual = TaskInput(LogMel(), WINDOW)
    check_exportable({"a": usual, "b": TaskInput(Summary(), 2 * WINDOW)})
    with pytest.raises(UserError, match="front-end that can be exported 'mine'"):
        check_exportable({"a": TaskInput(SimpleNamespace(name="mine"), WINDOW)})
    with pytest.raises(UserError, match="rename it"):
        check_exportable({"a": usual, "waveform": usual})
    with pytest.raises(UserError, match=r"waveforms of one rate.*\(a: 16000 Hz, b: 8000 Hz\).*export the tasks apart"):
        check_exportable({"a": usual, "b": TaskInput(LogMel(rate=8000, high=4000.0), WINDOW)})
