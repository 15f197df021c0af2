"""The tables that a study leaves, read and checked."""
