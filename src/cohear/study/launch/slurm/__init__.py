"""Runs as jobs of a Slurm cluster, by submitit: arrays of chunks, which a folder that all nodes see goes to and fro."""
