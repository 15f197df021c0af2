"""A study's network to a bundle: one graph from waveform to answers, calibrated, measured and described."""
