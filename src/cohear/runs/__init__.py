"""What a run is, without knowing how it is done: specification, job, pack, record; never torch."""
