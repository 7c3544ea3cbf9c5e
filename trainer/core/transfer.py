"""One request of a download: ask for what is missing, append what comes, say plainly when it is not the file."""

import http.client
import json
import shutil
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from trainer.errors import DownloadError, ResourceError
from trainer.events import Progress, Report

LONGEST_PAUSE_S = 30.0
_CHUNK = 1 << 18  # bytes
_LEAST_RATE = 64  # bytes a second: a slower server is a stalled one
_RETRY = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Promise:
    """What the caller knows about the file beforehand (hex, bytes), and how long a silence it bears."""

    url: str
    sha256: str | None
    md5: str | None
    size: int | None
    timeout_s: float


class Transient(Exception):
    """Worth another attempt; what has come so far is good. `pause_s` is what the server asks for."""

    def __init__(self, message: str, pause_s: float = 0.0) -> None:
        super().__init__(message)
        self.pause_s = pause_s


class Poisoned(Exception):
    """What has come is not the file: it must go. `code` is that of the `DownloadError` it may become."""

    def __init__(self, message: str, code: str = "wrong_file") -> None:
        super().__init__(message)
        self.code = code


def fetch_rest(promise: Promise, part: Path, file: IO[bytes], report: Report) -> None:
    """Ask once for what is missing and append what comes; return when the server says that this was all.

    Raises:
        Transient, Poisoned: as they say.
        DownloadError: an answer that no second attempt would change.
        ResourceError: the disk has no room for the rest.
    """
    have = file.seek(0, 2)
    validator = _read_note(part, promise.url) if have else ""
    if have and not validator and not (promise.sha256 or promise.md5):
        have = empty_part(part, file)  # nothing could tell whether old and new bytes belong together
    with _open(promise, have, validator) as response:
        if response.status == 206:
            total = _check_range(response.headers, have)
        elif response.status == 200:
            have, total = empty_part(part, file), _length(response.headers)
        else:
            raise Transient(f"the server answered with status {response.status}")
        _check_headers(response.headers, total, promise)
        _write_note(part, promise.url, response.headers)
        if total is not None and shutil.disk_usage(part.parent).free < total - have:
            raise ResourceError(
                f"{part.parent} has no room for the {total - have:,} bytes of {promise.url}", code="disk_full"
            )
        _receive(response, file, have, total, promise, report)


def _receive(response: Any, file: IO[bytes], have: int, total: int | None, promise: Promise, report: Report) -> None:
    began = window = told = time.monotonic()
    received = in_window = 0
    while True:
        try:
            block = response.read1(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise Transient(f"the connection broke after {have + received:,} bytes ({_words(error)})") from error
        now = time.monotonic()
        if not block:
            break
        if have + received == 0:
            _refuse_page(block, promise.url)
        file.write(block)
        received += len(block)
        in_window += len(block)
        if total is not None and have + received > total:
            raise Poisoned(f"more than the promised {total:,} bytes came", "wrong_size")
        if now - window > promise.timeout_s:
            if in_window < _LEAST_RATE * promise.timeout_s:
                raise Transient(f"the server stalled after {have + received:,} bytes")
            window, in_window = now, 0
        if now - told > 0.25:
            told = now
            report(_progress(have, received, total, now - began))
    if total is not None and have + received < total:
        raise Transient(f"{total:,} bytes were promised and {have + received:,} came")
    report(_progress(have, received, total, time.monotonic() - began))


def _progress(have: int, received: int, total: int | None, seconds: float) -> Progress:
    rate = received / max(seconds, 1e-9)
    eta = round((total - have - received) / rate, 1) if total is not None and rate > 0 else None
    return Progress(have + received, total or have + received, "bytes", round(rate, 1), eta)


def _open(promise: Promise, have: int, validator: str) -> Any:
    headers = {"User-Agent": "wakesmith", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if validator:
            headers["If-Range"] = validator
    request = urllib.request.Request(promise.url, headers=headers)  # noqa: S310  the scheme has been checked
    try:
        return urllib.request.build_opener(_Redirects).open(request, timeout=promise.timeout_s)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:
            raise Poisoned("the part that lay here is longer than the file") from error
        if error.code in _RETRY:
            raise Transient(f"the server answered with status {error.code}", _retry_after(error.headers)) from error
        if error.code in (301, 302, 303, 307, 308):
            raise DownloadError(f"{promise.url}: {error.reason}", code="refused_url") from error
        raise DownloadError(
            f"{promise.url}: the server answered with status {error.code} ({error.reason})",
            hint="The file has moved, or may be fetched only after signing in.",
            code="http_status",
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise Transient(f"no connection ({_words(error)})") from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, though never from https to something weaker. The library refuses files itself."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        if req.type == "https" and urlsplit(newurl).scheme.lower() != "https":
            raise DownloadError(f"{req.full_url} redirects to {newurl!r}, which is refused", code="refused_url")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_range(headers: Message, have: int) -> int | None:
    """Return the total that a 206 answer states. Another beginning than asked for is useless."""
    unit, _, rest = headers.get("Content-Range", "").partition(" ")
    span, _, total = rest.partition("/")
    if unit != "bytes" or span.partition("-")[0] != str(have):
        raise Poisoned(f"bytes from {have:,} were asked for; {unit} {rest!r} came")
    return int(total) if total.isdigit() else None


def _check_headers(headers: Message, total: int | None, promise: Promise) -> None:
    encoding = headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise Poisoned(f"the server packs it ({encoding}) although it was asked not to")
    if promise.size is not None and total is not None and total != promise.size:
        raise Poisoned(f"{promise.size:,} bytes were promised; the server offers {total:,}", "wrong_size")
    chunked = headers.get("Transfer-Encoding", "").lower() == "chunked"
    if total is None and not chunked and not (promise.size or promise.sha256 or promise.md5):
        raise Poisoned("the server states no length and no checksum is known, so a cut could not be seen")


def _refuse_page(block: bytes, url: str) -> None:
    head = block[:256].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")) and not urlsplit(url).path.endswith((".html", ".htm")):
        text = b" ".join(block[:200].split()).decode(errors="replace")
        raise Poisoned(f"a web page came instead of the file: {text!r}")


def empty_part(part: Path, file: IO[bytes]) -> int:
    """Throw away what has come; return the new length, 0."""
    file.truncate(0)
    note_of(part).unlink(missing_ok=True)
    return file.seek(0)


def note_of(part: Path) -> Path:
    """Return the file that remembers which version of the download a part belongs to."""
    return part.with_name(part.name + ".json")


def _write_note(part: Path, url: str, headers: Message) -> None:
    """Remember which version of the file the part is from: a strong ETag, else its date."""
    tag = headers.get("ETag", "")
    validator = tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "")
    note_of(part).write_text(json.dumps({"url": url, "validator": validator}))


def _read_note(part: Path, url: str) -> str:
    try:
        note = json.loads(note_of(part).read_text())
        return str(note["validator"]) if note["url"] == url else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _length(headers: Message) -> int | None:
    text = headers.get("Content-Length", "")
    return int(text) if text.isdigit() else None


def _retry_after(headers: Message) -> float:
    text = headers.get("Retry-After", "")
    return min(float(text), LONGEST_PAUSE_S) if text.isdigit() else 0.0


def _words(error: Exception) -> str:
    return "no data in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
