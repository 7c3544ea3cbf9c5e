"""The OpenAPI document against the code, both ways."""

from pathlib import Path
from typing import Any

import pytest

from addon.web.app import build_panel
from addon.web.openapi import ROOT, make_document
from addon.web.panel import Panel
from addon.web.routes import ROUTES

DOCUMENT = make_document(ROUTES, "0")


@pytest.mark.asyncio
async def test_the_document_and_the_server_agree(open_house: Any, tmp_path: Path) -> None:
    async with open_house() as house:
        app = build_panel(house.app.parts, Panel(tmp_path / "static"))
        served = {
            (route.method, route.resource.canonical)
            for route in app.router.routes()
            if route.resource is not None and route.resource.canonical.startswith(ROOT) and route.method != "HEAD"
        }
        async with house.browser.get(house.url("api/openapi.json")) as response:
            told = await response.json()
    described = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert served == described
    assert len(served) >= 45


def test_the_document_says_all_that_a_handler_takes() -> None:
    names = set()
    for route in ROUTES:
        operation = DOCUMENT["paths"][ROOT + route.path][route.method.lower()]
        names.add(operation["operationId"])
        told = {(p["in"], p["name"]) for p in operation.get("parameters", [])}
        query = set(route.shape.query.model_fields) if route.shape.query else set()
        assert told == {("path", n) for n in route.shape.path} | {("query", n) for n in query}
        assert ("requestBody" in operation) == (route.shape.body is not None)
        assert str(route.status) in operation["responses"]
        assert set(route.shape.path) == {p[1:-1] for p in route.path.split("/") if p.startswith("{")}
    assert len(names) == len(ROUTES)


def test_the_readme_of_the_api_names_every_route() -> None:
    docs = Path(__file__).parents[2] / "docs"
    text = "".join((docs / name).read_text(encoding="utf-8") for name in ("app.md", "satellites.md"))
    for route in ROUTES:
        assert route.path.split("/")[0] in text, route.path
        last = route.path.rsplit("/", 1)[-1]
        assert last.startswith("{") or last in text, route.path


def test_references_lead_somewhere() -> None:
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                prefix, _, name = value["$ref"].rpartition("/")
                assert prefix == "#/components/schemas"
                assert name in DOCUMENT["components"]["schemas"]
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(DOCUMENT)
