"""How much of the disk a folder takes."""

import os
from pathlib import Path


def measure_folder(folder: Path) -> int:
    """Return the bytes of all files below; what goes meanwhile does not count. Blocks."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(place) / name).lstat().st_size
            except OSError:
                continue  # gone meanwhile
    return total
