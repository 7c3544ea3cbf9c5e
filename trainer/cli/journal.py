"""The journal of a run: `events.jsonl` and `trainer.log` in its folder, and whoever watches."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from trainer.cli.stopping import Stop
from trainer.core.folders import disk_space_named
from trainer.errors import Cancelled, WakesmithError
from trainer.events import Event, Failed, Finished, Report, Stage, Started, Warning, encode, is_terminal

_LOG = logging.getLogger(__name__)
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Journal:
    """A reporter that writes every event down before it tells the watchers.

    The last event of a run that entered it is always `finished` or `failed`, with the error's own code.
    """

    def __init__(self, folder: Path, watchers: tuple[Report, ...]) -> None:
        """Open the journal; a resumed run goes on in the same file."""
        self.folder, self.watchers = folder, watchers
        self.ended = False
        with disk_space_named(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / "events.jsonl").open("a", encoding="utf-8", buffering=1)

    def __call__(self, event: Event) -> None:
        """Take one event."""
        try:
            with disk_space_named(self.folder):
                self._file.write(encode(event) + "\n")
        except WakesmithError:
            if not is_terminal(event):  # how it ended must reach the watchers all the same
                raise
        self.ended = is_terminal(event)
        if isinstance(event, Started | Stage | Warning | Finished):
            _LOG.info("%s", event)
        for watcher in self.watchers:
            watcher(event)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: TracebackType | None) -> None:
        try:
            if isinstance(error, WakesmithError) and not self.ended:
                self(Failed(error.code, error.message, error.hint, error.values))
        finally:
            with contextlib.suppress(OSError):  # a full disk again; the error is under way already
                self._file.close()


@contextmanager
def named_failures(log: Path, resume: str, stop: Stop) -> Iterator[None]:
    """Turn whatever ends the block into an error of ours, that says how to go on.

    Args:
        log: where the traceback of an unexpected error is written.
        resume: the command that goes on after an interruption.
        stop: knows whether the user asked to stop, under whatever name the interruption arrives.

    Raises:
        WakesmithError: with code `cancelled` after Ctrl-C, `crash` after an unexpected error, else as it was.
    """
    kept = f"Finished stages are kept. Go on with: {resume}"
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        _LOG.info("ended by %s", type(error).__name__, exc_info=error)
        if stop.asked or isinstance(error, KeyboardInterrupt | Cancelled):
            raise Cancelled("stopped", hint=kept) from None
        if isinstance(error, WakesmithError):
            raise
        what = f"unexpected {type(error).__name__}: {error}"
        raise WakesmithError(what, hint=f"{log} says where. {kept}", code="crash") from error


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """Append what is logged from INFO upwards to a file while the block runs."""
    with disk_space_named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    handler.setLevel(logging.INFO)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(min(level, logging.INFO))
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        handler.close()


@contextmanager
def stderr_to(log: Path) -> Iterator[None]:
    """Point file descriptor 2 at the log while the block runs: C libraries and child processes write there too."""
    sys.stderr.flush()
    kept = os.dup(2)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.dup2(file, 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(file)
