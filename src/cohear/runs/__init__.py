"""What a run is, without knowing how it is done: specification, job, pack, record; never torch."""

from cohear.base.tables import BASELINE, NETWORK

__all__ = ["BASELINE", "NETWORK"]
