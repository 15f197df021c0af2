"""Runs on machines that the system's ``ssh`` reaches: an environment is made there, a pack sent, and keys pulled."""
