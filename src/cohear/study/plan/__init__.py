"""The grid of a study counted out: a row a run, and which repeats are wanted."""
