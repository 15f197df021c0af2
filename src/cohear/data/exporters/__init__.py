"""Exporters: a clip table and its audio, written in a layout that other tools read."""

from cohear.data.exporters import audiofolder, dcase, manifest  # noqa: F401 - importing a file enters its exporter
from cohear.data.exporters.exporter import EXPORTERS, Exporter, export_table

__all__ = ["EXPORTERS", "Exporter", "export_table"]
