"""The panel's files: found once, by name, so that no name from outside becomes a path."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from addon.errors import NotFound

STATIC = Path(__file__).parent / "static"
_HASHED = re.compile(r"-[0-9A-Za-z]{8}\.")  # a name that changes with its content may be kept for ever
_COMPRESSED = (".gz", ".br")
_UNBUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Wakesmith</title>
<h1>The panel is not built</h1>
<p>The service runs. To build its panel: <code>script/setup --app</code></p>
<p><a href="api/health">Health</a>, <a href="api/openapi.json">what can be asked</a></p></html>"""


@dataclass(frozen=True)
class File:
    """A file as it is sent."""

    body: bytes
    packed: bytes | None
    kind: str
    tag: str
    lasting: bool


class Panel:
    """All files of the panel, in memory: well below a megabyte."""

    def __init__(self, folder: Path = STATIC) -> None:
        files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix not in _COMPRESSED]
        self._files = {path.relative_to(folder).as_posix(): _read(path) for path in files}
        if "index.html" not in self._files:
            self._files["index.html"] = _file(_UNBUILT.encode(), "index.html")

    async def page(self, request: web.Request) -> web.Response:
        """Send the page, or one of its files."""
        file = self._files.get(request.match_info.get("name") or "index.html")
        if file is None:
            raise NotFound("there is nothing here")
        headers = {
            "ETag": f'"{file.tag}"',
            "Cache-Control": "public, max-age=31536000, immutable" if file.lasting else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if any(tag.value in (file.tag, "*") for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        if file.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=file.packed, headers=headers, content_type=file.kind, charset=_charset(file))
        return web.Response(body=file.body, headers=headers, content_type=file.kind, charset=_charset(file))


def _read(path: Path) -> File:
    return _file(path.read_bytes(), path.name)


def _file(body: bytes, name: str) -> File:
    packed = gzip.compress(body, mtime=0)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    smaller = packed if len(packed) < 0.9 * len(body) else None
    return File(body, smaller, kind, hashlib.sha256(body).hexdigest()[:16], bool(_HASHED.search(name)))


def _charset(file: File) -> str | None:
    return "utf-8" if file.kind.startswith("text/") else None
