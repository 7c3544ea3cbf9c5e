"""Public data sets that a machine with internet can fetch: declared, checked, kept in a cache for all runs."""

import csv
import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import platformdirs

from trainer.core.clips import ClipKind
from trainer.core.download import download
from trainer.core.fingerprint import fingerprint
from trainer.core.folders import is_whole, whole_folder, write_whole
from trainer.data.unpacking import unpack
from trainer.errors import DataError, DownloadError
from trainer.events import Report
from trainer.recipe import DataRecipe

LOCK = "checksums.json"  # of files whose makers publish none: what came first is what must come again
_MOST_GROWTH = 20  # unpacked size over archive size where it is not declared: audio and features grow less


@dataclass(frozen=True)
class Pack:
    """A data set somewhere in the web.

    Attributes:
        name: how a recipe names it.
        title: what it is, for people.
        kind: a kind of clip, or "features": microWakeWord's stores (`data.mww`).
        url: of the archive. archive: its form.
        licence: as its makers state it. note: what else to know before fetching.
        size, unpacked: bytes of archive and content, where known.
        sha256: where published, hex.
    """

    name: str
    title: str
    kind: ClipKind | Literal["features"]
    url: str
    archive: Literal["zip", "tar"]
    licence: str
    note: str = ""
    size: int | None = None
    unpacked: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class PackFacts:
    """Where a fetched pack comes from: its name, its licence, and the SHA-256 of its archive, empty if unrecorded."""

    name: str
    licence: str
    sha256: str


def packs_folder() -> Path:
    """Return the folder in which fetched packs lie, for all runs: `WAKESMITH_PACKS`, or one in the user's cache."""
    if chosen := os.environ.get("WAKESMITH_PACKS"):
        return Path(chosen)
    return platformdirs.user_cache_path("wakesmith") / "packs"


def list_packs(file: Path | None = None) -> tuple[Pack, ...]:
    """Return the declared packs: those of the product, or of a JSON file of the same form."""
    text = (
        file.read_text(encoding="utf-8")
        if file is not None
        else (resources.files("trainer.data") / "packs.json").read_text(encoding="utf-8")
    )
    try:
        return tuple(_pack(row) for row in json.loads(text))
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{file} does not declare packs: {error}") from error


def find_pack(name: str, packs: Sequence[Pack]) -> Pack:
    """Return the pack of that name.

    Raises:
        DataError: there is none; says which there are.
    """
    for pack in packs:
        if pack.name == name:
            return pack
    names = ", ".join(pack.name for pack in packs)
    raise DataError(f"no pack is called {name!r}; there are: {names}", code="no_pack")


def is_fetched(pack: Pack, cache: Path) -> bool:
    """Say whether the pack lies complete in the cache."""
    return is_whole(cache / pack.name, _fingerprint(pack))


def fetch_pack(
    name: str,
    cache: Path,
    report: Report,
    *,
    packs: Sequence[Pack] | None = None,
    attempts: int = 5,
    timeout_s: float = 30.0,
    pause_s: float = 1.0,
) -> Path:
    """Fetch a pack where it is missing and return its folder, `cache/<name>`: whole or absent.

    The archive is removed when unpacked. Its SHA-256 is compared with the published one, else with that of the first
    download (`checksums.json` in the cache). Licence and source are written beside the files, where the import
    finds them.

    Raises:
        DataError: no such pack, or an archive that is refused.
        DownloadError: see `core.download`.
        ResourceError: the disk is full.
    """
    pack = find_pack(name, packs if packs is not None else list_packs())
    folder = cache / pack.name
    if is_fetched(pack, cache):
        return folder
    archive = cache / f"{pack.name}.{pack.archive}"
    recorded = _read_lock(cache).get(pack.url, {}).get("sha256")
    try:
        digest = download(
            pack.url,
            archive,
            sha256=pack.sha256 or recorded,
            size=pack.size,
            report=report,
            attempts=attempts,
            timeout_s=timeout_s,
            pause_s=pause_s,
        )
    except DownloadError as error:
        if error.code == "wrong_checksum" and recorded and not pack.sha256:
            hint = f"It has changed since it was first fetched. To accept that, take its entry out of {cache / LOCK}."
            raise DownloadError(error.message, hint=hint, code=error.code) from error
        raise
    size = archive.stat().st_size
    try:
        with whole_folder(folder, _fingerprint(pack)) as partial:
            most = pack.unpacked + (1 << 20) if pack.unpacked else size * _MOST_GROWTH + (1 << 20)
            unpack(archive, partial, pack.archive, most)
            _write_index(partial, pack)
    finally:
        archive.unlink(missing_ok=True)  # good: unpacked; refused: of no use
        shutil.rmtree(folder.with_name(folder.name + ".partial"), ignore_errors=True)
    _record(cache, pack, digest, size)
    return folder


def add_packs(recipe: DataRecipe, cache: Path, report: Report) -> tuple[DataRecipe, tuple[Path, ...]]:
    """Fetch the recipe's packs; return the recipe with their folders of recordings, and the feature folders."""
    added: dict[str, tuple[Path, ...]] = {"negatives": (), "noise": (), "music": (), "rooms": (), "features": ()}
    fields = {ClipKind.SPEECH: "negatives", ClipKind.NOISE: "noise", ClipKind.MUSIC: "music", ClipKind.ROOM: "rooms"}
    packs = list_packs()
    for name in recipe.packs:
        pack = find_pack(name, packs)
        folder = fetch_pack(name, cache, report, packs=packs)
        added["features" if pack.kind == "features" else fields[pack.kind]] += (folder,)
    features = added.pop("features")
    return replace(recipe, **{key: getattr(recipe, key) + folders for key, folders in added.items()}), features


def describe_pack(folder: Path) -> PackFacts:
    """Say where a fetched pack comes from, by what was written beside its files when it came.

    Raises:
        DataError: nothing says under which licence it is.
    """
    index = folder / "index.tsv"
    try:
        with index.open(encoding="utf-8", newline="") as file:
            row = next(csv.DictReader(file, delimiter="\t"))
        licence, url = row["licence"], row["source"]
    except (OSError, StopIteration, KeyError) as error:
        raise DataError(f"{index} does not name the pack's licence", hint="Fetch the pack again.") from error
    return PackFacts(folder.name, licence, str(_read_lock(folder.parent).get(url, {}).get("sha256", "")))


def _pack(row: dict[str, Any]) -> Pack:
    return Pack(**(row | {"kind": "features" if row["kind"] == "features" else ClipKind(row["kind"])}))


def _fingerprint(pack: Pack) -> str:
    return fingerprint("pack", pack.name, pack.url, pack.sha256)


def _write_index(folder: Path, pack: Pack) -> None:
    with (folder / "index.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(("folder", "licence", "source"))
        writer.writerow((".", pack.licence, pack.url))


def _read_lock(cache: Path) -> dict[str, dict[str, Any]]:
    path = cache / LOCK
    if not path.is_file():
        return {}
    try:
        lock: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is not JSON: {error}", hint="Mend or remove it.") from error
    return lock


def _record(cache: Path, pack: Pack, digest: str, size: int) -> None:
    lock = _read_lock(cache)
    day = time.strftime("%Y-%m-%d", time.gmtime())
    lock.setdefault(pack.url, {"sha256": digest, "size": size, "first": day, "licence": pack.licence})
    write_whole(cache / LOCK, json.dumps(lock, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
