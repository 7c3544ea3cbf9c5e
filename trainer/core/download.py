"""Downloads that end whole and right, or with an error that says what came instead.

Standard library `urllib`: it does redirects, proxies from the environment and TLS, and all that a download needs
beyond that (resuming, stalls, back-off, checks of length and hash) no client library does either.
"""

import fcntl
import hashlib
import http.client
import json
import random
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from trainer.core.folders import disk_space_named
from trainer.errors import DownloadError, ResourceError
from trainer.events import Progress, Report, discard

_CHUNK = 1 << 18  # bytes
_LEAST_GAIN = 1 << 16  # bytes that an attempt must bring to count as progress
_LEAST_RATE = 64  # bytes a second: a slower server is a stalled one
_LONGEST_PAUSE_S = 30.0
_RETRY = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class _Promise:
    """What the caller knows about the file beforehand, and how patient it is."""

    url: str
    sha256: str | None
    md5: str | None
    size: int | None
    timeout_s: float


class _Transient(Exception):
    """Worth another attempt; what has come so far is good."""

    def __init__(self, message: str, pause_s: float = 0.0) -> None:
        super().__init__(message)
        self.pause_s = pause_s


class _Poisoned(Exception):
    """What has come is not the file: it must go, and one more attempt from the beginning may bring it."""


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
        url: http or https; redirects may not leave https.
        path: where to put it.
        sha256, md5, size: promises that it must keep, as far as they are known (hex, bytes).
        report: told the progress in bytes.
        attempts: attempts without progress before giving up.
        timeout_s: without data this long (or slower than 64 bytes a second over it) is a stall.
        pause_s: first pause between attempts; doubled each time.

    Raises:
        DownloadError: codes `refused_url`, `http_status`, `unreachable`, `wrong_file`, `wrong_size`, `wrong_checksum`,
            `busy`. Good bytes are kept for the next call, bad ones removed.
        ResourceError: the disk is full, or would be.
    """
    scheme = urlsplit(url).scheme.lower()
    if scheme not in ("http", "https"):
        raise DownloadError(f"only http and https are fetched. Received: {url!r}", code="refused_url")
    promise = _Promise(url, sha256 and sha256.lower(), md5 and md5.lower(), size, timeout_s)
    if path.is_file():
        digest = _fault(path, promise)[1]
        if digest:
            return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with disk_space_named(path), _locked(part) as file:
        digest = _persist(promise, part, file, report, attempts, pause_s)
        part.replace(path)
    _note(part).unlink(missing_ok=True)
    return digest


def _persist(promise: _Promise, part: Path, file: IO[bytes], report: Report, attempts: int, pause_s: float) -> str:
    """Attempt until the part is whole and right; return its SHA-256."""
    failures = poisoned = best = 0
    while True:
        pause = 0.0
        try:
            _attempt(promise, part, file, report)
            fault, digest = _fault(part, promise)
            if digest:
                return digest
            raise _Poisoned(fault)
        except _Poisoned as error:
            _empty(part, file)
            poisoned += 1
            if poisoned > 1 or attempts == 1:
                part.unlink(missing_ok=True)
                code = "wrong_checksum" if "hash" in str(error) else "wrong_file"
                raise DownloadError(
                    f"{promise.url} is not what was promised: {error}",
                    hint="What came was removed. Try later; if it stays so, the file at its source has changed.",
                    code=code,
                ) from error
            reason = str(error)
        except _Transient as error:
            reason, pause = str(error), error.pause_s
        have = file.seek(0, 2)
        failures = 0 if have >= best + _LEAST_GAIN else failures + 1
        best = max(best, have)
        if failures >= attempts:
            raise DownloadError(
                f"{promise.url} could not be fetched in {attempts} attempts: {reason}",
                hint=f"{have:,} bytes are kept; the same command continues there." if have else "Check the network.",
                code="unreachable",
            )
        wait = min(pause_s * 2 ** max(failures - 1, 0), _LONGEST_PAUSE_S)
        time.sleep(max(pause, wait * random.uniform(0.75, 1.25)))  # noqa: S311  spreads clients, hides nothing


def _attempt(promise: _Promise, part: Path, file: IO[bytes], report: Report) -> None:
    """Ask once for what is missing and append what comes; return when the server says that this was all."""
    have = file.seek(0, 2)
    validator = _read_note(part, promise.url) if have else ""
    if have and not validator and not (promise.sha256 or promise.md5):
        have = _empty(part, file)  # nothing could tell whether old and new bytes belong together
    with _open(promise, have, validator) as response:
        if response.status == 206:
            total = _check_range(response.headers, have)
        elif response.status == 200:
            have, total = _empty(part, file), _length(response.headers)
        else:
            raise _Transient(f"the server answered with status {response.status}")
        _check_headers(response.headers, total, promise)
        _write_note(part, promise.url, response.headers)
        if total is not None and shutil.disk_usage(part.parent).free < total - have:
            raise ResourceError(
                f"{part.parent} has no room for the {total - have:,} bytes of {promise.url}", code="disk_full"
            )
        _receive(response, file, have, total, promise, report)


def _receive(response: Any, file: IO[bytes], have: int, total: int | None, promise: _Promise, report: Report) -> None:
    began = window = told = time.monotonic()
    received = in_window = 0
    while True:
        try:
            block = response.read1(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise _Transient(f"the connection broke after {have + received:,} bytes ({_words(error)})") from error
        finally:
            file.flush()
        now = time.monotonic()
        if not block:
            break
        if have + received == 0:
            _refuse_page(block, promise.url)
        file.write(block)
        received += len(block)
        in_window += len(block)
        if total is not None and have + received > total:
            raise _Poisoned(f"more than the promised {total:,} bytes came")
        if now - window > promise.timeout_s:
            if in_window < _LEAST_RATE * promise.timeout_s:
                raise _Transient(f"the server stalled after {have + received:,} bytes")
            window, in_window = now, 0
        if now - told > 0.25:
            told = now
            report(_progress(have, received, total, now - began))
    if total is not None and have + received < total:
        raise _Transient(f"{total:,} bytes were promised and {have + received:,} came")
    report(_progress(have, received, total, time.monotonic() - began))


def _progress(have: int, received: int, total: int | None, seconds: float) -> Progress:
    rate = received / max(seconds, 1e-9)
    eta = round((total - have - received) / rate, 1) if total is not None and rate > 0 else None
    return Progress(have + received, total or have + received, "bytes", round(rate, 1), eta)


@contextmanager
def _open(promise: _Promise, have: int, validator: str) -> Iterator[Any]:
    headers = {"User-Agent": "wakesmith", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if validator:
            headers["If-Range"] = validator
    request = urllib.request.Request(promise.url, headers=headers)  # noqa: S310  scheme is checked
    opener = urllib.request.build_opener(_Redirects)
    try:
        with opener.open(request, timeout=promise.timeout_s) as response:
            yield response
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416:
                raise _Poisoned("the part that lay here is longer than the file") from error
            if error.code in _RETRY:
                raise _Transient(
                    f"the server answered with status {error.code}", _retry_after(error.headers)
                ) from error
            raise DownloadError(
                f"{promise.url}: the server answered with status {error.code} ({error.reason})",
                hint="The file has moved, or may be fetched only after signing in." if error.code < 500 else "",
                code="http_status",
            ) from error
    except (OSError, http.client.HTTPException) as error:
        raise _Transient(f"no connection ({_words(error)})") from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, though never from https to something weaker, nor out of the web."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        scheme = urlsplit(newurl).scheme.lower()
        if scheme not in ("http", "https") or (req.type == "https" and scheme == "http"):
            raise DownloadError(f"{req.full_url} redirects to {newurl!r}, which is refused", code="refused_url")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_range(headers: Message, have: int) -> int | None:
    """Return the total that a 206 answer states. Another beginning than asked for is useless."""
    unit, _, rest = headers.get("Content-Range", "").partition(" ")
    span, _, total = rest.partition("/")
    if unit != "bytes" or span.partition("-")[0] != str(have):
        raise _Poisoned(f"bytes from {have:,} were asked for; {unit} {rest!r} came")
    return int(total) if total.isdigit() else None


def _check_headers(headers: Message, total: int | None, promise: _Promise) -> None:
    encoding = headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise _Poisoned(f"the server packs it ({encoding}) although it was asked not to")
    if promise.size is not None and total is not None and total != promise.size:
        raise _Poisoned(f"{promise.size:,} bytes were promised; the server offers {total:,}")
    chunked = headers.get("Transfer-Encoding", "").lower() == "chunked"
    if total is None and not chunked and not (promise.size or promise.sha256 or promise.md5):
        raise _Poisoned("the server states no length and no checksum is known, so a cut could not be seen")


def _refuse_page(block: bytes, url: str) -> None:
    head = block[:256].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")) and not urlsplit(url).path.endswith((".html", ".htm")):
        text = b" ".join(block[:200].split()).decode(errors="replace")
        raise _Poisoned(f"a web page came instead of the file: {text!r}")


def _fault(path: Path, promise: _Promise) -> tuple[str, str]:
    """Return what is wrong with a file, or its SHA-256; the other is empty."""
    size = path.stat().st_size
    if promise.size is not None and size != promise.size:
        return f"{promise.size:,} bytes were promised and {size:,} came", ""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha256.update(block)
            if promise.md5:
                md5.update(block)
    if promise.sha256 and sha256.hexdigest() != promise.sha256:
        return f"its hash is {sha256.hexdigest()}, {promise.sha256} was promised ({size:,} bytes came)", ""
    if promise.md5 and md5.hexdigest() != promise.md5:
        return f"its MD5 hash is {md5.hexdigest()}, {promise.md5} was promised ({size:,} bytes came)", ""
    return "", sha256.hexdigest()


@contextmanager
def _locked(part: Path) -> Iterator[IO[bytes]]:
    """Open the part for appending, alone: two writers would mix their bytes."""
    with part.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DownloadError(
                f"{part} is being written by another process", hint="Wait until it has ended.", code="busy"
            ) from error
        yield file


def _empty(part: Path, file: IO[bytes]) -> int:
    file.truncate(0)
    _note(part).unlink(missing_ok=True)
    return file.seek(0)


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _write_note(part: Path, url: str, headers: Message) -> None:
    """Remember which version of the file the part is from: a strong ETag, else its date."""
    tag = headers.get("ETag", "")
    validator = tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "")
    _note(part).write_text(json.dumps({"url": url, "validator": validator}))


def _read_note(part: Path, url: str) -> str:
    try:
        note = json.loads(_note(part).read_text())
        return str(note["validator"]) if note["url"] == url else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _length(headers: Message) -> int | None:
    text = headers.get("Content-Length", "")
    return int(text) if text.isdigit() else None


def _retry_after(headers: Message) -> float:
    text = headers.get("Retry-After", "")
    return min(float(text), _LONGEST_PAUSE_S) if text.isdigit() else 0.0


def _words(error: Exception) -> str:
    return "no data in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
