"""Tables, and the small print beneath them: what was compared, on what."""

import contextlib
import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.table import Table

from trainer import __version__


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> None:
    """Print a table: the first column is text, the others are figures."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)
    for note in notes:
        console.print(f"  {note}", highlight=False, markup=False)


def versions(*packages: str) -> str:
    """Return our version and those of packages; what is not installed is left out."""
    told = [f"wakesmith {__version__}"]
    for name in packages:
        with contextlib.suppress(PackageNotFoundError):
            told.append(f"{name} {version(name)}")
    return ", ".join(told)


def machine() -> str:
    """Return what the figures depend on: cores, load, interpreter."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = os.getloadavg()[0]
    return f"{cores} cores ({platform.machine()}), load {load:.1f} at the end, Python {platform.python_version()}"
