"""A bundle at work on samples, files and streams; needs onnxruntime, numpy, soundfile and soxr, and never torch."""
