"""The order of waiting jobs: places 0, 1, 2, ... without gaps."""

from collections.abc import Sequence
from dataclasses import replace

from addon.records import Job


def renumber(jobs: Sequence[Job]) -> list[Job]:
    """Return those of the waiting jobs, in their new order, whose place is another now."""
    return [replace(job, position=place) for place, job in enumerate(jobs) if job.position != place]


def move(jobs: Sequence[Job], id: str, position: int) -> list[Job]:
    """Return the order in which one job stands at a place; beyond the end is the end."""
    rest = [job for job in jobs if job.id != id]
    moved = [job for job in jobs if job.id == id]
    place = min(max(position, 0), len(rest))
    return [*rest[:place], *moved, *rest[place:]]
