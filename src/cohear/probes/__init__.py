"""Measurements that take clips and trained networks: the job `probe`, which needs what networks leave."""
