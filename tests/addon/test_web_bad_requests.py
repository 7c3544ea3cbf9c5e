"""Requests that are good, nearly good and nonsense: none makes the app fail, hang, or write where it should not."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from aiohttp import ClientConnectionError, FormData
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from yarl import URL

from addon.records import SampleLabel
from addon.web.openapi import ROOT, make_document
from addon.web.routes import ROUTES

FEW, MANY = 150, 2000
ROUND_S = 20.0
ALWAYS = {400, 403, 404, 405, 413, 415, 422}  # of any request, however odd
DOCUMENT = make_document(ROUTES, "0")
Request = tuple[str, str, dict[str, Any], str]
NASTY = [
    "..",
    "../../etc/passwd",
    "hey_jarvis_v1",
    "job_1",
    "hiss",
    "0",
    "-1",
    "a\0b",
    "a" * 3000,  # two of them still fit in a request line, which the HTTP parser itself bounds
    "\u202e",
    "é",
    ".",
]
HEAD = b"--x\r\nContent-Disposition: form-data; name=file; filename=../../a\r\n\r\n"


def described(count: int) -> Iterator[Request]:
    """Requests that schemathesis makes of the document: half keep to it, half break it."""
    operations = [found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()]
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            for case in drawn(operation.as_strategy(generation_mode=mode), max(1, count // (2 * len(operations)))):
                yield case.method, with_query(case.formatted_path, case.query or {}), body_of(case), operation.path


@st.composite
def odd(draw: st.DrawFn) -> Request:
    """Requests whose parts have nothing to do with the document."""
    template, methods = draw(st.sampled_from(sorted(DOCUMENT["paths"].items())))
    path = template
    while "{" in path:
        part = draw(st.sampled_from(NASTY) | st.text(min_size=1, max_size=30))
        path = path[: path.index("{")] + quote(part, safe="") + path[path.index("}") + 1 :]
    kind = st.sampled_from(["application/json", "multipart/form-data; boundary=x", "audio/wav", "x", ""])
    raw = draw(st.binary(max_size=300) | st.binary(max_size=200).map(lambda b: HEAD + b + b"\r\n--x--\r\n"))
    method = draw(st.sampled_from([*methods] * 20 + ["put", "delete", "patch", "options", "get", "post"])).upper()
    query = draw(st.dictionaries(st.sampled_from(["lines", "state", "model"]), st.text(max_size=20), max_size=2))
    return method, with_query(path, query), {"data": raw, "headers": {"Content-Type": draw(kind)}}, ""


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    found: list[Any] = []

    @settings(
        max_examples=count, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    try:
        collect()
    except Unsatisfiable:
        return []  # nothing about this operation can be wrong
    return found


def with_query(path: str, query: dict[str, Any]) -> str:
    parts = "&".join(f"{quote(str(key), safe='')}={quote(str(value), safe='')}" for key, value in query.items())
    return f"{path}?{parts}" if parts else path


def body_of(case: Any) -> dict[str, Any]:
    if case.media_type is None:
        return {}
    if case.media_type == "multipart/form-data" and isinstance(case.body, dict):
        form = FormData(default_to_multipart=True)
        for key, value in case.body.items():
            if not key.isprintable():
                continue  # aiohttp's client would not send it
            data = getattr(value, "data", value)
            if key == "file" or isinstance(data, bytes):
                content = data if isinstance(data, bytes) else str(data).encode()
                form.add_field(key, content, filename="../a.wav")
            else:
                form.add_field(key, str(data))
        return {"data": form}
    raw = getattr(case.body, "data", case.body)
    data = raw if isinstance(raw, bytes) else json.dumps(raw, default=str).encode()
    return {"data": data, "headers": {"Content-Type": case.media_type.replace("*", "wav")}}


def draw_requests(count: int) -> list[Request]:
    found = [*described(count + 100), *drawn(odd(), count // 2)]
    random.Random(1).shuffle(found)
    return found[:count]


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def files_outside(data: Path) -> set[Path]:
    return {path for path in data.parent.rglob("*") if data not in path.parents and path != data}


@pytest.mark.asyncio
@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
async def test_bad_requests_do_no_harm(
    open_house: Any, make_result: Any, make_job: Any, sound: bytes, count: int
) -> None:
    wanted = await asyncio.to_thread(draw_requests, count)
    assert len(wanted) == count
    seen: Counter[int] = Counter()
    async with open_house() as house:
        await house.app.parts.models.adopt(make_job(), make_result(house.data.parent / "result"))
        sample = await house.app.parts.samples.add(
            write(house.data.parent / "a.wav", sound),
            "a",
            phrase="a",
            speaker="",
            label=SampleLabel.OTHER,
            source="panel",
        )
        there = {"models": "hey_jarvis_v1", "samples": sample.id}
        outside = files_outside(house.data)
        for number, (method, path, body, operation) in enumerate(wanted):
            kind = operation.removeprefix(ROOT).partition("/")[0]
            if number % 2 and kind in there:  # about something that there is
                path = operation.replace("{id}", there[kind])
            url = URL(house.url(path.lstrip("/")), encoded=True)
            try:
                async with asyncio.timeout(ROUND_S), house.browser.request(method, url, **body) as response:
                    text = await response.text(errors="replace")
            except (ValueError, TypeError, ClientConnectionError):
                seen[0] += 1  # the client itself refuses to send it
                continue
            seen[response.status] += 1
            known = {
                int(s) for s in DOCUMENT["paths"].get(operation, {}).get(method.lower(), {}).get("responses", {})
            }
            allowed = response.status in known | ALWAYS if known else response.status < 500
            assert allowed or response.status in (200, 304, 503), (method, path, body, response.status, text)
            if response.status >= 400 and method != "HEAD":
                assert set(json.loads(text)["error"]) == {"code", "message", "hint", "values"}
        assert seen[0] < 0.1 * count
        assert sum(number for status, number in seen.items() if status >= 400) > 0.3 * count
        assert files_outside(house.data) == outside
        assert not list((house.data / "arriving").iterdir())
        async with house.browser.get(house.url("api/health")) as response:
            assert response.status == 200
    print(sorted(seen.items()))  # noqa: T201
