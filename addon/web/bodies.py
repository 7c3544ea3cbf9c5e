"""What a request carries: JSON, a sound, or a form with a file; read within limits, never trusted.

Sounds go to a file with a name of our own, which is removed when the request has been answered.
"""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar, get_args, get_origin

from aiohttp import BodyPartReader, web
from pydantic import BaseModel, TypeAdapter, ValidationError

from addon.errors import AppError, BadRequest, Invalid, TooLarge, Unavailable, Unsupported

JSON_LIMIT = 256 << 10
SOUND_LIMIT = 64 << 20  # half an hour of CD sound is 300 MB, of 16 kHz mono 58 MB
LEAST_FREE = 10**9  # bytes of the disk: the database and the rest of the house need them
_FIELD_LIMIT = 4 << 10
_FIELDS = 16  # parts of a form: more than any of ours has
_FORM = "multipart/form-data"
_SLOWEST_S = 120.0  # a body that takes longer than this is given up

Fields = TypeVar("Fields", bound=BaseModel)


@dataclass(frozen=True)
class Sound:
    """The body is an audio file, in any common format.

    Attributes:
        path: where it lies until the request is answered.
        name: as the sender calls it; for people, never a path.
    """

    path: Path
    name: str = ""


@dataclass(frozen=True)
class Form(Generic[Fields]):
    """Multipart: one audio file called `file`, and fields."""

    sound: Sound
    fields: Fields


@dataclass(frozen=True)
class Arriving:
    """How a body is read.

    Attributes:
        form: `Sound`, `Form[...]`, or a model.
        limit: bytes.
        folder: where sounds lie meanwhile.
    """

    form: Any
    limit: int
    folder: Path

    @asynccontextmanager
    async def read(self, request: web.Request) -> AsyncIterator[Any]:
        """Give the body; afterwards its file is gone.

        Raises:
            BadRequest, Invalid, TooLarge, Unsupported: it is not what was asked for.
            Unavailable: the disk is almost full.
        """
        if (request.content_length or 0) > self.limit:
            raise self._too_large()
        if self.form is Sound or get_origin(self.form) is Form:
            await asyncio.to_thread(self._check_room)
        path = self.folder / secrets.token_hex(8)
        try:
            body = await self._read_in_time(request, path)
            try:
                yield body
            except AppError as error:
                sound = body.sound if isinstance(body, Form) else body
                name = sound.name if isinstance(sound, Sound) else ""
                raise error.naming(self.folder, repr(name) if name.isprintable() and name else "the file") from error
        finally:
            path.unlink(missing_ok=True)

    async def _read_in_time(self, request: web.Request, path: Path) -> Any:
        try:
            async with asyncio.timeout(_SLOWEST_S):
                return await self._read(request, path)
        except TimeoutError as error:
            raise BadRequest("the body did not arrive in time", code="slow") from error

    async def _read(self, request: web.Request, path: Path) -> Any:
        if get_origin(self.form) is Form:
            sound, texts = await self._read_form(request, path)
            (fields,) = get_args(self.form)
            return Form(sound, _validate(lambda: fields.model_validate(texts)))
        if self.form is Sound:
            if request.content_type == _FORM:
                return (await self._read_form(request, path))[0]
            await self._save(request.content.iter_chunked(1 << 16), path)
            return Sound(path)
        if request.content_type != "application/json":
            raise Unsupported(f"the body must be application/json. Received: {request.content_type[:80]!r}")
        raw = b"".join([chunk async for chunk in self._limited(request.content.iter_chunked(1 << 16))])
        return _validate(lambda: TypeAdapter(self.form).validate_json(raw or b"null"))

    async def _read_form(self, request: web.Request, path: Path) -> tuple[Sound, dict[str, str]]:
        if request.content_type != _FORM:
            raise Unsupported(f"the body must be {_FORM}. Received: {request.content_type[:80]!r}")
        texts: dict[str, str] = {}
        name: str | None = None
        try:
            reader = await request.multipart()
            for _ in range(_FIELDS):
                part = await reader.next()
                if part is None:
                    break
                if not isinstance(part, BodyPartReader) or not part.name:
                    raise BadRequest("every part of the form needs a name")
                if part.name == "file":
                    name = (part.filename or "")[:200]
                    await self._save(_chunks(part), path)
                else:
                    texts[part.name] = await _text(part)
        except (ValueError, RuntimeError, AssertionError, LookupError) as error:
            raise BadRequest(f"the form cannot be read as {_FORM}") from error
        if name is None:
            raise Invalid("the form has no part called 'file'", hint="Add the audio file.")
        return Sound(path, name), texts

    async def _save(self, chunks: AsyncIterator[bytes], path: Path) -> None:
        size = 0
        self.folder.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            async for chunk in self._limited(chunks):
                size += len(chunk)
                await _write(file, chunk)
        if not size:
            raise Invalid("the audio file is empty")

    async def _limited(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > self.limit:
                raise self._too_large()
            yield chunk

    def _check_room(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < LEAST_FREE:
            raise Unavailable(
                f"less than {LEAST_FREE / 1e9:g} GB of the disk are free: no sounds are taken",
                hint="Clean up in Settings, Storage.",
                code="disk_full",
            )

    def _too_large(self) -> TooLarge:
        return TooLarge(f"at most {self.limit / 1e6:.1f} MB are taken", hint="Send a shorter or a compressed file.")


def explain(error: ValidationError) -> str:
    """Say in one line what is wrong with a body or a query."""
    found = [f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors(include_url=False)[:5]]
    return "; ".join(found)[:600]


def _validate(read: Any) -> Any:
    try:
        return read()
    except ValidationError as error:
        kind = BadRequest if error.errors(include_url=False)[0]["type"] == "json_invalid" else Invalid
        raise kind(explain(error), hint="See api/openapi.json for what may be sent.") from error


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(1 << 16):
        yield bytes(chunk)


async def _text(part: BodyPartReader) -> str:
    raw = b""
    async for chunk in _chunks(part):
        raw += chunk
        if len(raw) > _FIELD_LIMIT:
            raise TooLarge(f"a field of the form may have {_FIELD_LIMIT} bytes")
    return raw.decode("utf-8", "strict")


async def _write(file: BinaryIO, chunk: bytes) -> None:
    await asyncio.to_thread(file.write, chunk)
