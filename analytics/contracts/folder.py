"""Where contracts lie: in `data_contracts/` of a house, or in a copy of that under any name."""

from pathlib import Path

from analytics.settings import house_root


def contracts_folder(root: Path | None = None) -> Path:
    """`data_contracts/` under `root` (the house unless given); `root` itself where it has none."""
    root = root or house_root()
    inside = root / "data_contracts"
    return inside if inside.is_dir() else root
