"""What a run is, without knowing how it is done: specification, job, pack, record; never torch."""

from cohear.base.tables import BASELINE, NETWORK

PROBE = "probe"
"""The job of measurements, which score no task and so are in no table of results."""

__all__ = ["BASELINE", "NETWORK", "PROBE"]
