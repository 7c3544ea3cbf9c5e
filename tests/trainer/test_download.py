"""Downloads against a server that stalls, truncates and lies."""

import fcntl
import functools
import hashlib
import random
from collections.abc import Callable, Iterator
from http.client import HTTPMessage
from io import BytesIO
from pathlib import Path
from urllib.request import Request

import pytest
from lying_server import Answer, LyingServer, corrupt, promise, serve, stall, status, trickle, truncate

from trainer.core.download import download
from trainer.core.transfer import _Redirects
from trainer.errors import DownloadError, ResourceError
from trainer.events import Event, Progress

CONTENT = random.Random(7).randbytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT).hexdigest()
get = functools.partial(download, attempts=3, timeout_s=0.4, pause_s=0.01)


@pytest.fixture
def server() -> Iterator[LyingServer]:
    with serve(CONTENT) as lying:
        yield lying


def leftovers(path: Path) -> list[str]:
    return sorted(p.name for p in path.parent.iterdir() if p != path)


def test_fetches_checks_and_reports(server: LyingServer, tmp_path: Path) -> None:
    events: list[Event] = []
    path = tmp_path / "new" / "file.bin"
    assert get(server.url, path, sha256=SHA256.upper(), md5=MD5, size=len(CONTENT), report=events.append) == SHA256
    assert path.read_bytes() == CONTENT
    assert leftovers(path) == []
    assert isinstance(events[-1], Progress)
    assert (events[-1].done, events[-1].total, events[-1].unit) == (len(CONTENT), len(CONTENT), "bytes")


def test_a_whole_file_is_not_fetched_again(server: LyingServer, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(CONTENT)
    assert get(server.url, path, sha256=SHA256) == SHA256
    assert server.requests == []
    path.write_bytes(b"something else")
    assert get(server.url, path, sha256=SHA256) == SHA256
    assert path.read_bytes() == CONTENT


def test_a_cut_download_continues_where_it_ended(server: LyingServer, tmp_path: Path) -> None:
    server.lies = [truncate(100_000), truncate(70_000)]
    get(server.url, tmp_path / "file.bin", sha256=SHA256)
    assert [r.get("range") for r in server.requests] == [None, "bytes=100000-", "bytes=170000-"]
    assert server.requests[1]["if-range"] == server.etag


def test_a_later_call_continues(server: LyingServer, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    server.lies = [truncate(200_000), *[status(503)] * 3]
    with pytest.raises(DownloadError, match="503") as caught:
        get(server.url, path)
    assert caught.value.code == "unreachable"
    assert "200,000 bytes are kept" in caught.value.hint
    assert get(server.url, path) == SHA256
    assert server.requests[-1]["range"] == "bytes=200000-"
    assert leftovers(path) == []


def test_a_changed_file_is_never_joined_to_the_old(server: LyingServer, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    server.lies = [truncate(200_000), *[status(503)] * 3]
    with pytest.raises(DownloadError):
        get(server.url, path)
    server.content, server.etag = CONTENT[::-1], '"another"'
    get(server.url, path)
    assert path.read_bytes() == CONTENT[::-1]


def test_a_stall_ends_and_is_tried_again(server: LyingServer, tmp_path: Path) -> None:
    server.lies = [stall(1000), stall(0)]
    assert get(server.url, tmp_path / "file.bin") == SHA256
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        (stall(1000), "no data in time"),
        (trickle, "stalled"),
        (truncate(1000), "300,000 bytes were promised and 1,000 came"),
        (status(500), "status 500"),
        (status(429, Retry_After="0"), "status 429"),
        (promise(400_000), "400,000 bytes were promised and 300,000 came"),
    ],
)
def test_endless_trouble_ends_in_an_error(
    server: LyingServer, tmp_path: Path, lie: Callable[[Answer], None], told: str
) -> None:
    def every_time(answer: Answer) -> None:
        answer.headers.replace_header("Range", "bytes=0-") if "Range" in answer.headers else None
        lie(answer)

    server.lies = [every_time] * 20
    path = tmp_path / "file.bin"
    with pytest.raises(DownloadError, match=told) as caught:
        get(server.url, path)
    assert caught.value.code == "unreachable"
    assert not path.exists()
    assert len(server.requests) <= 5


@pytest.mark.parametrize(
    ("lie", "promises", "code", "told"),
    [
        (Answer.page, {}, "wrong_file", "Please sign in"),
        (corrupt, {"sha256": SHA256}, "wrong_checksum", f"{SHA256} was promised"),
        (corrupt, {"md5": MD5}, "wrong_checksum", "MD5"),
        (Answer.honest, {"size": 5}, "wrong_size", "5 bytes were promised; the server offers 300,000"),
        (promise(100), {"size": len(CONTENT)}, "wrong_size", "the server offers 100"),
        (promise(100), {"sha256": SHA256}, "wrong_checksum", "100 bytes came"),
        (Answer.without_length, {}, "wrong_file", "a cut could not be seen"),
    ],
)
def test_poison_is_named_and_removed(
    server: LyingServer,
    tmp_path: Path,
    lie: Callable[[Answer], None],
    promises: dict[str, object],
    code: str,
    told: str,
) -> None:
    server.lies = [lie] * 20
    path = tmp_path / "file.bin"
    with pytest.raises(DownloadError, match=told) as caught:
        get(server.url, path, **promises)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_one_corrupt_answer_is_repaired(server: LyingServer, tmp_path: Path) -> None:
    server.lies = [corrupt]
    assert get(server.url, tmp_path / "file.bin", sha256=SHA256) == SHA256


def test_a_length_is_not_needed_where_a_checksum_is_known(server: LyingServer, tmp_path: Path) -> None:
    server.lies = [Answer.without_length]
    assert get(server.url, tmp_path / "file.bin", sha256=SHA256) == SHA256


@pytest.mark.parametrize("lie", [Answer.whole, Answer.misplaced])
def test_a_server_that_ignores_or_shifts_ranges(
    server: LyingServer, tmp_path: Path, lie: Callable[[Answer], None]
) -> None:
    server.lies = [truncate(100_000), lie]
    path = tmp_path / "file.bin"
    assert get(server.url, path) == SHA256
    assert path.read_bytes() == CONTENT


def test_a_part_longer_than_the_file_is_thrown_away(server: LyingServer, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT + b"more")
    assert get(server.url, tmp_path / "file.bin", sha256=SHA256) == SHA256


def test_what_no_attempt_would_change_is_not_repeated(server: LyingServer, tmp_path: Path) -> None:
    server.lies = [status(404)] * 5
    with pytest.raises(DownloadError, match="404") as caught:
        get(server.url, tmp_path / "file.bin")
    assert caught.value.code == "http_status"
    assert len(server.requests) == 1
    assert list(tmp_path.iterdir()) == []


def test_redirects_stay_in_the_web(server: LyingServer, tmp_path: Path) -> None:
    server.lies = [status(302, Location="/elsewhere.bin")]
    assert get(server.url, tmp_path / "file.bin") == SHA256
    secret = tmp_path / "secret"
    secret.write_text("x")
    server.requests, server.lies = [], [status(302, Location=secret.as_uri())]
    with pytest.raises(DownloadError, match="not allowed") as caught:
        get(server.url, tmp_path / "other.bin")
    assert caught.value.code == "refused_url"


@pytest.mark.parametrize("url", ["file:///etc/hosts", "ftp://host/x", "http:///x", "x", "http://[bad"])
def test_other_addresses_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(DownloadError) as caught:
        get(url, tmp_path / "x")
    assert caught.value.code == "refused_url"


def test_nobody_answers(tmp_path: Path) -> None:
    with serve(b"") as gone:
        url = gone.url
    with pytest.raises(DownloadError, match="no connection"):
        get(url, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_two_writers_do_not_mix(server: LyingServer, tmp_path: Path) -> None:
    with (tmp_path / "file.bin.part").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(DownloadError, match="another process"):
            get(server.url, tmp_path / "file.bin")


def test_a_full_disk_is_told_before_it_is_full(
    server: LyingServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 1000

    monkeypatch.setattr("trainer.core.transfer.shutil.disk_usage", lambda _: Usage)
    with pytest.raises(ResourceError, match="300,000 bytes"):
        get(server.url, tmp_path / "file.bin")


def test_a_redirect_may_not_leave_https(tmp_path: Path) -> None:
    request = Request("https://example.org/file")
    with pytest.raises(DownloadError, match="refused"):
        _Redirects().redirect_request(request, BytesIO(), 302, "", HTTPMessage(), "http://example.org/file")
    allowed = _Redirects().redirect_request(request, BytesIO(), 302, "", HTTPMessage(), "https://example.org/other")
    assert allowed is not None
    assert allowed.full_url == "https://example.org/other"
