"""Front-ends keep the contract, with default and with other settings, and with files of their own."""

import pytest
from front_ends import Link, Projected, write_matrix

from cohear.base.assets import Asset
from cohear.features import FRONT_ENDS, LogMel, Mfcc, Pcen, Summary, Waveform
from cohear.testing.front_end import FrontEndContract


class TestLogMel(FrontEndContract):
    def make(self):
        return LogMel()


class TestLogMelOtherwise(FrontEndContract):
    def make(self):
        return LogMel(rate=8000, bands=13, window_ms=32.0, hop_ms=16.0, low=0.0, high=3800.0, floor=1e-3)


class TestSummary(FrontEndContract):
    def make(self):
        return Summary()


class TestSummaryOtherwise(FrontEndContract):
    def make(self):
        return Summary(bands=5, hop_ms=30.0)


class TestPlain(FrontEndContract):
    def make(self):
        return Summary(statistics="plain")


class TestSummaryOfOneBand(FrontEndContract):
    def make(self):
        return Summary(bands=1, hop_ms=30.0)


class TestMfcc(FrontEndContract):
    def make(self):
        return Mfcc()


class TestMfccOfAllBands(FrontEndContract):
    def make(self):
        return Mfcc(rate=8000, high=4000.0, bands=13, coefficients=13)


class TestPcen(FrontEndContract):
    def make(self):
        return Pcen()


class TestPcenOtherwise(FrontEndContract):
    def make(self):
        return Pcen(bands=12, hop_ms=20.0, seconds=0.06, gain=0.8, bias=10.0, power=0.25)


class TestWaveform(FrontEndContract):
    def make(self):
        return Waveform()


class TestWaveformOtherwise(FrontEndContract):
    def make(self):
        return Waveform(rate=22050, hop_ms=3.7)


@pytest.fixture(scope="module", autouse=True)
def _registered():
    FRONT_ENDS.register("projected")(Projected)


@pytest.fixture
def matrix(tmp_path):
    return Asset.at(write_matrix(tmp_path / "matrix.npy"))


class TestProjected(FrontEndContract):
    @pytest.fixture(autouse=True)
    def _files(self, matrix):
        self.matrix = matrix

    def make(self):
        return Projected(self.matrix, without=(0, 3))


class TestProjectedTwice(FrontEndContract):
    @pytest.fixture(autouse=True)
    def _files(self, matrix, tmp_path):
        second = Asset.at(write_matrix(tmp_path / "second.npy", 5, 3))
        self.links = (Link(matrix, multiply=0.5), Link(second, output="inner"))

    def make(self):
        return Projected(self.links, scale="int16")
