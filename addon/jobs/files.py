"""What may be read of a job's folder: the end of its log, and its clips."""

from pathlib import Path

from addon.errors import NotFound
from addon.jobs.child import STDERR

_MOST = 512 * 1024  # bytes read from the end of a log
_MOST_LINES = 5000


def tail(folder: Path, lines: int) -> str:
    """Return the last lines of the trainer's log, then what it wrote to stderr. Blocks."""
    lines = min(max(lines, 1), _MOST_LINES)
    log, errors = _last(folder / "trainer.log", lines), _last(folder / STDERR, lines)
    return "\n".join([*log, *(["--- stderr ---", *errors] if errors else [])])


def clip_path(folder: Path, path: str) -> Path:
    """Return where a clip of a `sample` event lies: in its stage's folder, or in the one that is being made. Blocks.

    Raises:
        NotFound: it is not within the job's folder, or is gone.
    """
    root = folder.resolve()
    given = root / path
    if given.is_relative_to(root):
        stage, *rest = given.relative_to(root).parts or ("",)
        for place in (given, root.joinpath(f"{stage}.partial", *rest)):
            found = place.resolve()
            if found.is_relative_to(root) and found.suffix == ".wav" and found.is_file():
                return found
    raise NotFound("the clip is gone", hint="Clips are removed with the work in between of a training.")


def _last(file: Path, lines: int) -> list[str]:
    try:
        with file.open("rb") as opened:
            opened.seek(max(0, file.stat().st_size - _MOST))
            return opened.read(_MOST).decode("utf-8", "replace").splitlines()[-lines:]
    except OSError:
        return []
