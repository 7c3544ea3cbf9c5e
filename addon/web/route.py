"""A route: one row of the table from which both the server and the OpenAPI document are made.

What a handler takes is read off its annotations: `Parts` and `web.Request` are handed in; a parameter called `query`
is a model of the query string; one called `body` is a model of the JSON body, a `Sound` (an audio file) or a `Form`
(multipart with one file and fields); all others are parts of the path. What it returns is the answer.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, get_type_hints

from aiohttp import web
from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

from addon.errors import AppError, Invalid, NotFound
from addon.web.bodies import JSON_LIMIT, Arriving, explain
from addon.web.parts import PARTS, Parts

Handler = Callable[..., Awaitable[Any]]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


@dataclass(frozen=True)
class Shape:
    """What a handler takes and gives."""

    path: dict[str, TypeAdapter[Any]]
    query: type[BaseModel] | None
    body: Any
    answer: Any
    parts: str | None
    request: str | None


@dataclass(frozen=True)
class Route:
    """One row of the table.

    Attributes:
        path: below the root of the API; `{id}` is a part that the handler takes.
        status: of a good answer; 204 where there is nothing to say, 101 of a WebSocket.
        media: content type of the answer.
        cost: tokens that a call takes from the caller's bucket; 0 for cheap ones.
        limit: bytes of the largest body.
        fails: what may go wrong, beside what the shape says.
    """

    method: str
    path: str
    handler: Handler
    status: int = 200
    media: str = "application/json"
    cost: float = 0.0
    limit: int = JSON_LIMIT
    fails: tuple[type[AppError], ...] = ()

    @cached_property
    def shape(self) -> Shape:
        """What the handler takes and gives, by its annotations."""
        hints = get_type_hints(self.handler, include_extras=True)
        answer = hints.pop("return")
        named = {kind: next((n for n, hint in hints.items() if hint is kind), None) for kind in (Parts, web.Request)}
        query, body = hints.pop("query", None), hints.pop("body", None)
        path = {name: TypeAdapter(hint) for name, hint in hints.items() if name not in named.values()}
        return Shape(path, query, body, answer, named[Parts], named[web.Request])

    @property
    def gives_file(self) -> bool:
        """Whether the handler makes the whole answer itself."""
        return isinstance(self.shape.answer, type) and issubclass(self.shape.answer, web.StreamResponse)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        shape, parts = self.shape, request.app[PARTS]
        parts.buckets.take(request, self.cost)
        given = _path(shape, request) | _query(shape, request)
        if shape.parts:
            given[shape.parts] = parts
        if shape.request:
            given[shape.request] = request
        if shape.body is None:
            return self._answer(await self.handler(**given))
        async with Arriving(shape.body, self.limit, parts.options.data / "arriving").read(request) as body:
            return self._answer(await self.handler(**given, body=body))

    def _answer(self, value: Any) -> web.StreamResponse:
        if isinstance(value, web.StreamResponse):
            return value
        if self.status == 204:
            return web.Response(status=204)
        return web.Response(status=self.status, body=self._adapter.dump_json(value), content_type="application/json")

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.shape.answer)


def _path(shape: Shape, request: web.Request) -> dict[str, Any]:
    given = {}
    for name, adapter in shape.path.items():
        try:
            given[name] = adapter.validate_python(request.match_info[name])
        except ValidationError as error:
            raise NotFound(f"there is nothing of that name. Received: {request.match_info[name][:80]!r}") from error
    return given


def _query(shape: Shape, request: web.Request) -> dict[str, Any]:
    if shape.query is None:
        return {}
    try:
        return {"query": shape.query.model_validate(dict(request.query))}
    except ValidationError as error:
        raise Invalid(explain(error), hint="See api/openapi.json for what may be asked.") from error
