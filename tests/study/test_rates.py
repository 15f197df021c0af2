"""Datasets that were recorded at other rates, beside each other in one study."""

import pytest
import soundfile
import tiny

from cohear.study.file import load_study
from cohear.study.folder.folder import with_paths_from
from cohear.study.prepare import prepare


@pytest.mark.parametrize(("rate", "told"), [(8000, True), (16000, False), (32000, False)])
def test_upsampled_beside_full_band_is_told(bench, rate, told):
    """Pitfall 17: upsampled audio has no high frequencies; what is above the front-end's rate is cut anyway."""
    for path in (bench.root / "data" / "birds" / "audio").glob("*.wav"):
        soundfile.write(path, tiny.sound(500, int(path.stem), rate=rate), rate)
    settings = with_paths_from(load_study(bench.study()), bench.root)
    warnings = prepare(settings, bench.root, cache=bench.cache, jobs=1).warnings
    found = [each for each in warnings if "sampling rate" in each]
    assert len(found) == told
    assert all("tones: 16000 Hz; birds: 8000 Hz): some clips hold nothing above 4000 Hz" in each for each in found)
