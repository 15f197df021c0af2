"""Runs on the nodes of a Ray cluster: Ray says where and when, and carries features there and results back."""
