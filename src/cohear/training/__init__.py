"""One run: batches, objective, loop, scores."""
