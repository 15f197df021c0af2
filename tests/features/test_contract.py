"""Both front-ends keep the contract, with default and with other settings."""

from cohear.features import LogMel, Summary
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
