"""What a run is, without knowing how it is done: specification, job, pack, record; never torch."""

NETWORK = "network"
"""The job of every specification that names none, as those do that are older than jobs."""
