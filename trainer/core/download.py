"""Downloads that end whole and right, or with an error that says what came instead.

Standard library `urllib`: it does redirects, proxies from the environment and TLS, and all that a download needs
beyond that (resuming, stalls, back-off, checks of length and hash) no client library does either.
"""

import fcntl
import hashlib
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from trainer.core.folders import disk_space_named
from trainer.core.transfer import LONGEST_PAUSE_S, Poisoned, Promise, Transient, empty_part, fetch_rest, note_of
from trainer.errors import DownloadError
from trainer.events import Report, discard

_LEAST_GAIN = 1 << 16  # bytes that an attempt must bring to count as progress


def download(
    url: str,
    path: Path,
    *,
    sha256: str | None = None,
    md5: str | None = None,
    size: int | None = None,
    report: Report = discard,
    attempts: int = 5,
    timeout_s: float = 30.0,
    pause_s: float = 1.0,
) -> str:
    """Fetch `url` to `path` and return its SHA-256, hex.

    The file gets its name only when whole; until then it grows in `<name>.part`, which a later call continues. A
    file that is there already and keeps the promises is not fetched again.

    Args:
        url: http or https; a redirect may not leave https.
        path: where to put it.
        sha256, md5, size: promises that it must keep, as far as they are known (hex, bytes).
        report: told the progress in bytes.
        attempts: attempts without progress before giving up.
        timeout_s: this long without data, or with less than 64 bytes a second, is a stall.
        pause_s: first pause between attempts; doubled each time up to half a minute.

    Raises:
        DownloadError: codes `refused_url`, `http_status`, `unreachable`, `wrong_file`, `wrong_size`,
            `wrong_checksum`, `busy`. Good bytes are kept for the next call, bad ones removed.
        ResourceError: the disk is full, or would be.
    """
    _check_url(url)
    promise = Promise(url, sha256 and sha256.lower(), md5 and md5.lower(), size, timeout_s)
    if path.is_file():
        try:
            return check_file(path, promise)
        except Poisoned:
            pass  # it is fetched anew, and replaced only then
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with disk_space_named(path), _alone(part) as file:
        digest = _persist(promise, part, file, report, attempts, pause_s)
        part.replace(path)
        note_of(part).unlink(missing_ok=True)
    return digest


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise DownloadError(f"not an address: {url!r}", code="refused_url") from error
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise DownloadError(f"only http and https are fetched. Received: {url!r}", code="refused_url")


def _persist(promise: Promise, part: Path, file: IO[bytes], report: Report, attempts: int, pause_s: float) -> str:
    """Attempt until the part is whole and right; return its SHA-256."""
    failures = best = 0
    poisoned = False
    while True:
        try:
            fetch_rest(promise, part, file, report)
            file.flush()
            return check_file(part, promise)
        except Poisoned as error:
            empty_part(part, file)
            if poisoned or attempts == 1:
                raise DownloadError(
                    f"{promise.url} is not what was promised: {error}",
                    hint="What came was removed. Try later; if it stays so, the file at its source has changed.",
                    code=error.code,
                ) from error
            poisoned, reason, pause = True, str(error), 0.0
        except Transient as error:
            reason, pause = str(error), error.pause_s
        have = file.seek(0, 2)
        failures = 0 if have >= best + _LEAST_GAIN else failures + 1
        best = max(best, have)
        if failures >= attempts:
            raise DownloadError(
                f"{promise.url} could not be fetched; {failures} attempts in a row brought nothing new: {reason}",
                hint=f"{have:,} bytes are kept; the same command continues there." if have else "Check the network.",
                code="unreachable",
            )
        wait = min(pause_s * 2 ** max(failures - 1, 0), LONGEST_PAUSE_S)
        time.sleep(max(pause, wait * random.uniform(0.75, 1.25)))  # noqa: S311  spreads clients, hides nothing


def check_file(path: Path, promise: Promise) -> str:
    """Return the SHA-256 of a file that keeps its promise.

    Raises:
        Poisoned: it does not; says what it is instead.
    """
    size = path.stat().st_size
    if promise.size is not None and size != promise.size:
        raise Poisoned(f"{promise.size:,} bytes were promised and {size:,} came", "wrong_size")
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha256.update(block)
            if promise.md5:
                md5.update(block)
    for name, came, promised in (
        ("SHA-256", sha256.hexdigest(), promise.sha256),
        ("MD5", md5.hexdigest(), promise.md5),
    ):
        if promised and came != promised:
            raise Poisoned(f"its {name} is {came}, {promised} was promised ({size:,} bytes came)", "wrong_checksum")
    return sha256.hexdigest()


@contextmanager
def _alone(part: Path) -> Iterator[IO[bytes]]:
    """Open the part for appending, alone: two writers would mix their bytes. An empty part is not left behind."""
    with part.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DownloadError(
                f"{part} is being written by another process", hint="Wait until it has ended.", code="busy"
            ) from error
        try:
            yield file
        finally:
            file.flush()
            if part.is_file() and part.stat().st_size == 0:
                part.unlink()
                note_of(part).unlink(missing_ok=True)
