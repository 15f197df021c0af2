"""Names of the values that parts of a graph hand to each other, and of their dimensions."""

from __future__ import annotations


def features_name(number: int = 0) -> str:
    """Value of the graph: what the encoder sees of the windows of an input, by its number."""
    return f"+features_{number}" if number else "+features"


def lengths_name(number: int = 0) -> str:
    """Value of the graph: valid frames of each of these windows, where they are sequences."""
    return f"+lengths_{number}" if number else "+lengths"


def frames_name(number: int = 0) -> str:
    """Value of the graph: how many frames each waveform of a batch has, of an input by its number."""
    return f"+frames_{number}" if number else "+frames"


def starts_name(number: int = 0) -> str:
    """Value of the graph: the first frame of each window of an input, by its number."""
    return f"+starts_{number}" if number else "+starts"


def sounding_name(number: int = 0) -> str:
    """Value of the graph: which frames of each waveform are more than silence, of an input by its number."""
    return f"+sounding_{number}" if number else "+sounding"


def logits_name(number: int) -> str:
    """The network graph's output for the task at a place of the list."""
    return f"+logits_{number}"


def rows_name(number: int) -> str:
    """The dimension of an input's windows of all waveforms of a batch."""
    return f"rows_{number}" if number else "rows"


def windows_dimension(number: int) -> str:
    """The dimension of an input's windows."""
    return f"windows_{number}" if number else "windows"
