"""Public datasets: what is known of them, and how to get them."""

from __future__ import annotations

from pathlib import Path

from cohear.data.catalogue.catalogue import CatalogueEntry, catalogue, public_layout


def datasets() -> list[CatalogueEntry]:
    """The public datasets that are read: tasks, size, licence, where to get them and how to place them."""
    return catalogue()


def fetch_dataset(name: str, out: str | Path) -> Path:
    """Download a public dataset that has a plain address; call it again to go on after a break.

    Raises:
        UserError: it has none, the network or the checksum fails.
    """
    from cohear.data.catalogue.fetch import fetch_dataset

    fetch_dataset(public_layout(name), Path(out))
    return Path(out)
