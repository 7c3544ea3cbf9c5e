"""The OpenAPI 3.1 document, made from the table of routes."""

from collections.abc import Iterable
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from addon.errors import (
    AppError,
    BadRequest,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
    Unsupported,
)
from addon.web.bodies import Form, Sound
from addon.web.route import Route

ROOT = "/api/v1/"
_REF = "#/components/schemas/{model}"
_BINARY = {"type": "string", "format": "binary"}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint", "values"],
            "properties": {
                **{name: {"type": "string"} for name in ("code", "message", "hint")},
                "values": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
            },
        }
    },
}


def make_document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """Return the document that describes the routes."""
    routes = tuple(routes)
    schemas = _Schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(ROOT + route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wakesmith", "version": version, "license": {"name": "GPL-3.0-or-later"}},
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {"schemas": schemas.definitions | {"Error": _ERROR}},
    }


def _operation(route: Route, schemas: "_Schemas") -> dict[str, Any]:
    shape = route.shape
    summary = (route.handler.__doc__ or "").strip().splitlines()[0]
    made: dict[str, Any] = {
        "operationId": f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}",
        "summary": summary,
        "tags": [route.path.split("/")[0]],
        "responses": _responses(route, schemas),
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": adapter.json_schema()}
        for name, adapter in shape.path.items()
    ] + _query(shape.query)
    if parameters:
        made["parameters"] = parameters
    if shape.body is not None:
        made["requestBody"] = {"required": True, "content": _content(shape.body, schemas)}
    return made


def _content(body: Any, schemas: "_Schemas") -> dict[str, Any]:
    if body is Sound:
        form = {"type": "object", "required": ["file"], "properties": {"file": _BINARY}}
        return {"audio/*": {"schema": _BINARY}, "multipart/form-data": {"schema": form}}
    if get_origin(body) is Form:
        fields = dict(schemas.of(get_args(body)[0], "validation", inline=True))
        fields["properties"] = fields.get("properties", {}) | {"file": _BINARY}
        fields["required"] = [*fields.get("required", []), "file"]
        return {"multipart/form-data": {"schema": fields}}
    return {"application/json": {"schema": schemas.of(body, "validation")}}


def _responses(route: Route, schemas: "_Schemas") -> dict[str, Any]:
    good: dict[str, Any] = {"description": "done"}
    if route.status == 101:
        good["description"] = "a WebSocket"
    elif route.gives_file:
        good["content"] = {route.media: {"schema": {} if route.media == "application/json" else _BINARY}}
    elif route.status != 204:
        good["content"] = {"application/json": {"schema": schemas.of(route.shape.answer, "serialization")}}
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    errors = {str(kind.status): {"description": _words(kind), "content": refused} for kind in _fails(route)}
    return {str(route.status): good} | dict(sorted(errors.items()))


def _fails(route: Route) -> list[type[AppError]]:
    """Return what may go wrong: by the shape, and as the row says."""
    kinds: list[type[AppError]] = [Forbidden, *route.fails]
    if route.shape.path:
        kinds.append(NotFound)
    if route.shape.query is not None:
        kinds.append(Invalid)
    if route.shape.body is not None:
        kinds += [BadRequest, Invalid, TooLarge, Unsupported]
    if route.cost:
        kinds.append(TooMany)
    return [*kinds, Unavailable]


def _words(kind: type[AppError]) -> str:
    return (kind.__doc__ or "").strip().rstrip(".")


def _query(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema()
    known = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": _resolve(field, known),
        }
        for name, field in schema["properties"].items()
    ]


def _resolve(value: Any, known: dict[str, Any]) -> Any:
    """Put definitions in the place of references to them."""
    if isinstance(value, list):
        return [_resolve(item, known) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _resolve(known[value["$ref"].rpartition("/")[2]], known)
    return {key: _resolve(item, known) for key, item in value.items()}


class _Schemas:
    """The schemas of all bodies and answers, each defined once."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        wanted: dict[tuple[str, JsonSchemaMode], TypeAdapter[Any]] = {}
        for route in routes:
            body, answer = route.shape.body, route.shape.answer
            if body is not None and body is not Sound:
                kind = get_args(body)[0] if get_origin(body) is Form else body
                wanted[repr(kind), "validation"] = TypeAdapter(kind)
            if not route.gives_file and route.status not in (101, 204):
                wanted[repr(answer), "serialization"] = TypeAdapter(answer)
        made, defined = TypeAdapter.json_schemas(
            [(key, key[1], adapter) for key, adapter in wanted.items()],
            ref_template=_REF,
        )
        self._made = {key: schema for (key, _), schema in made.items()}
        self.definitions: dict[str, Any] = defined.get("$defs", {})

    def of(self, kind: Any, mode: JsonSchemaMode, inline: bool = False) -> dict[str, Any]:
        """Return the schema of a type."""
        schema: dict[str, Any] = self._made[repr(kind), mode]
        return _resolve(schema, self.definitions) if inline else schema
