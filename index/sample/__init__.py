"""The sample: five Daily Papers pages with 466 papers, there for whoever has no files at hand."""

from pathlib import Path


def pages() -> list[Path]:
    """Return the sample's files."""
    return sorted(Path(__file__).parent.glob("*.txt"))
