"""Text for people, to stdout."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any


def write(text: str) -> None:
    """Write one line, or several, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def write_table(rows: Iterable[Sequence[str]]) -> None:
    """Write rows in columns two blanks apart."""
    table = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def write_object(value: Any) -> None:
    """Write a dataclass, or a list of them, as JSON."""
    write(as_json([asdict(item) for item in value] if isinstance(value, list) else asdict(value)))


def as_json(data: Any) -> str:
    """Return data as JSON for people and programs."""
    return json.dumps(data, ensure_ascii=False, indent=1, default=str)


def megabytes(size: int | None) -> str:
    """Return a size as people say it."""
    if size is None:
        return "?"
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
