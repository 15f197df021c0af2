"""The declared grid of runs: specification, plan, launchers, results."""
