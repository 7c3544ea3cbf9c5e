"""Times as they are kept and shown: ISO 8601 in UTC."""

from datetime import UTC, datetime


def now() -> str:
    """Return this moment, such as "2026-11-21T14:45:25.123Z"."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_between(begin: str, end: str) -> float:
    """Return how long it is from one time to another."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
