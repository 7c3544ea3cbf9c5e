"""Refusals before work begins: numbers out of range, and folders that nothing can be written to."""

import os
from pathlib import Path

from trainer.errors import DataError, RecipeError

MOST_WORKERS = 1024  # as the recipe's


def check_number(flag: str, value: float | None, low: float, high: float) -> None:
    """Refuse a number out of `low..high`; None was not given.

    Raises:
        RecipeError: naming the flag and what is allowed.
    """
    if value is not None and not low <= value <= high:
        raise RecipeError(f"{flag}: {low:g} to {high:g} is allowed. Received: {value:g}")


def check_folder(flag: str, folder: Path) -> None:
    """Refuse a folder that is a file, or that cannot be made or written to. Nothing is made yet.

    Raises:
        DataError: naming the flag and the reason.
    """
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise DataError(f"{flag}: {there} is a file", hint="Name a folder, new or old.", code="no_folder")
    if not os.access(there, os.W_OK) or there.resolve().is_relative_to("/proc"):
        raise DataError(f"{flag}: {there} cannot be written to", hint="Name another folder.", code="no_folder")
