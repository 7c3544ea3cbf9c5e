"""Public packs: fetched from a server of our own, true and lying, and unpacked with suspicion."""

import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from lying_server import Answer, LyingServer, serve, truncate

from trainer.core.audio import SAMPLE_RATE, write_wav
from trainer.core.clips import ClipKind
from trainer.data import packs as packs_module
from trainer.data.listing import list_recordings
from trainer.data.packs import LOCK, Pack, add_packs, fetch_pack, find_pack, is_fetched, list_packs
from trainer.data.unpacking import unpack
from trainer.errors import DataError, DownloadError
from trainer.events import discard
from trainer.recipe import DataRecipe

QUICK = {"attempts": 2, "timeout_s": 0.5, "pause_s": 0.01}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return buffer.getvalue()


def sound(tmp_path: Path, seed: int) -> bytes:
    path = tmp_path / "source.wav"
    write_wav(path, np.random.default_rng(seed).normal(scale=0.1, size=SAMPLE_RATE).astype(np.float32))
    return path.read_bytes()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LyingServer]:
    with serve(zipped({"noise/a.wav": sound(tmp_path, 1), "noise/b.wav": sound(tmp_path, 2)})) as lying:
        yield lying


@pytest.fixture
def pack(server: LyingServer) -> Pack:
    return Pack("hiss", "Hiss", ClipKind.NOISE, server.url, "zip", "CC0-1.0")


def test_the_declared_packs_are_complete() -> None:
    packs = list_packs()
    names = [p.name for p in packs]
    assert len(set(names)) == len(names)
    assert {"mww_speech", "mww_dinner_party", "mww_dinner_party_eval", "mww_no_speech", "mit_rooms"} <= set(names)
    for pack in packs:
        assert pack.url.startswith("https://"), pack.name
        assert pack.licence, pack.name
        assert pack.title, pack.name
        assert pack.sha256 is None or len(pack.sha256) == 64, pack.name
        assert pack.size is not None or "About" in pack.note or pack.name == "fma_xsmall", pack.name


def test_an_unknown_pack_is_named_with_those_that_exist() -> None:
    with pytest.raises(DataError, match="mit_rooms"):
        find_pack("mit_roms", list_packs())


def test_fetches_once_and_brings_its_licence(server: LyingServer, pack: Pack, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert not is_fetched(pack, cache)
    folder = fetch_pack("hiss", cache, discard, packs=[pack], **QUICK)
    assert fetch_pack("hiss", cache, discard, packs=[pack], **QUICK) == folder
    assert len(server.requests) == 1
    assert is_fetched(pack, cache)
    assert sorted(p.name for p in cache.iterdir()) == [LOCK, "hiss"]
    recordings = list_recordings(DataRecipe(noise=(folder,))).recordings
    assert [(r.path.name, r.licence) for r in recordings] == [("a.wav", "CC0-1.0"), ("b.wav", "CC0-1.0")]


def test_a_cut_archive_continues(server: LyingServer, pack: Pack, tmp_path: Path) -> None:
    server.lies = [truncate(20_000)]
    fetch_pack("hiss", tmp_path / "cache", discard, packs=[pack], **QUICK)
    assert server.requests[1]["range"] == "bytes=20000-"


def test_the_first_checksum_is_remembered(server: LyingServer, pack: Pack, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    fetch_pack("hiss", cache, discard, packs=[pack], **QUICK)
    (cache / "hiss" / "fingerprint").unlink()
    server.content = zipped({"noise/a.wav": sound(tmp_path, 3)})
    with pytest.raises(DownloadError) as caught:
        fetch_pack("hiss", cache, discard, packs=[pack], **QUICK)
    assert caught.value.code == "wrong_checksum"
    assert LOCK in caught.value.hint
    lock = json.loads((cache / LOCK).read_text())
    del lock[server.url]
    (cache / LOCK).write_text(json.dumps(lock))
    fetch_pack("hiss", cache, discard, packs=[pack], **QUICK)


def test_a_published_checksum_is_held(pack: Pack, tmp_path: Path) -> None:
    promised = Pack(**(vars(pack) | {"sha256": "0" * 64}))
    with pytest.raises(DownloadError) as caught:
        fetch_pack("hiss", tmp_path / "cache", discard, packs=[promised], **QUICK)
    assert caught.value.code == "wrong_checksum"
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_page_instead_of_an_archive(server: LyingServer, pack: Pack, tmp_path: Path) -> None:
    server.lies = [Answer.page] * 5
    with pytest.raises(DownloadError, match="sign in"):
        fetch_pack("hiss", tmp_path / "cache", discard, packs=[pack], **QUICK)


def test_what_is_no_archive_leaves_nothing(server: LyingServer, pack: Pack, tmp_path: Path) -> None:
    server.content = b"just some bytes" * 1000
    with pytest.raises(DataError, match="not a whole zip") as caught:
        fetch_pack("hiss", tmp_path / "cache", discard, packs=[pack], **QUICK)
    assert caught.value.code == "not_an_archive"
    assert list((tmp_path / "cache").iterdir()) == []


def test_packs_join_the_recipe_by_kind(pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features = Pack(**(vars(pack) | {"name": "frames", "kind": "features"}))
    monkeypatch.setattr(packs_module, "list_packs", lambda: (pack, features))
    mine = DataRecipe(noise=(tmp_path / "mine",), packs=("hiss", "frames"))
    recipe, folders = add_packs(mine, tmp_path / "cache", discard)
    assert recipe.noise == (tmp_path / "mine", tmp_path / "cache" / "hiss")
    assert folders == (tmp_path / "cache" / "frames",)


def link_in_zip(name: str = "a", target: str = "/etc/passwd") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, 0o120777 << 16
        file.writestr(info, target)
    return buffer.getvalue()


def tarred(change: Callable[[tarfile.TarInfo], None]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as file:
        info = tarfile.TarInfo("audio/a.flac")
        info.size = 4
        change(info)
        file.addfile(info, io.BytesIO(b"abcd") if info.isreg() else None)
    return buffer.getvalue()


def linked(kind: bytes) -> Callable[[tarfile.TarInfo], None]:
    def change(info: tarfile.TarInfo) -> None:
        info.type, info.linkname, info.size = kind, "/etc/passwd", 0

    return change


def named(name: str) -> Callable[[tarfile.TarInfo], None]:
    def change(info: tarfile.TarInfo) -> None:
        info.name = name

    return change


@pytest.mark.parametrize(
    ("form", "data", "told"),
    [
        ("zip", zipped({"../escaped": b"x"}), "leads outside"),
        ("zip", zipped({"a/../../escaped": b"x"}), "leads outside"),
        ("zip", zipped({"/escaped": b"x"}), "leads outside"),
        ("zip", zipped({"..\\escaped": b"x"}), "leads outside"),
        ("zip", zipped({"C:/escaped": b"x"}), "leads outside"),
        ("zip", link_in_zip(), "link or a device"),
        ("tar", tarred(named("../escaped")), "leads outside"),
        ("tar", tarred(named("/escaped")), "leads outside"),
        ("tar", tarred(linked(tarfile.SYMTYPE)), "link or a device"),
        ("tar", tarred(linked(tarfile.LNKTYPE)), "link or a device"),
        ("tar", tarred(linked(tarfile.CHRTYPE)), "link or a device"),
        ("zip", zipped({"bomb": b"\0" * 5_000_000}), "unpacks to more than"),
        ("tar", tarred(lambda info: None)[:-40], "not a whole tar"),
        ("tar", b"nothing of the kind", "not a whole tar"),
        ("zip", zipped({"a": b"x" * 1000})[:-30], "not a whole zip"),
    ],
)
def test_dishonest_archives_are_refused(form: str, data: bytes, told: str, tmp_path: Path) -> None:
    archive, folder = tmp_path / "archive", tmp_path / "in" / "folder"
    archive.write_bytes(data)
    folder.mkdir(parents=True)
    with pytest.raises(DataError, match=told):
        unpack(archive, folder, form, 1_000_000)  # type: ignore[arg-type]
    assert not list(tmp_path.rglob("*escaped*"))
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) <= 1_000_000


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "twice.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            file.writestr("a", b"2")
    (tmp_path / "out").mkdir()
    with pytest.raises(DataError, match="occurs twice"):
        unpack(archive, tmp_path / "out", "zip", 1000)


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_honest_archives_are_unpacked(form: str, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(zipped({"audio/a.flac": b"abcd"}) if form == "zip" else tarred(lambda info: None))
    assert unpack(archive, tmp_path / "out", form, 1000) == 1  # type: ignore[arg-type]
    assert (tmp_path / "out" / "audio" / "a.flac").read_bytes() == b"abcd"
