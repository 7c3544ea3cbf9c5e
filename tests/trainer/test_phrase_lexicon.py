"""Spoken words are kept between processes; a file that is damaged is made anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.phrase import lexicon


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of spoken words, empty, and a lexicon of few words."""
    caches = (lexicon.read_lexicon, lexicon.speak_lexicon)
    monkeypatch.setattr(lexicon, "LARGEST", 80)
    monkeypatch.setattr(lexicon.platformdirs, "user_cache_path", lambda name: tmp_path / name)
    for cache in caches:
        cache.cache_clear()
    yield tmp_path / "wakesmith" / "lexicons"
    for cache in caches:
        cache.cache_clear()


def speak() -> tuple[tuple[str, ...], tuple[str, ...], list[list[int]]]:
    lexicon.speak_lexicon.cache_clear()
    spoken = lexicon.speak_lexicon("de", "de")
    return spoken.words, spoken.ipa, spoken.sounds.rows.tolist()


def test_words_are_spoken_once(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = speak()
    assert len(first[0]) > 60
    assert "und" in first[0]
    assert [path.suffix for path in kept.iterdir()] == [".tsv"]
    monkeypatch.setattr(lexicon, "speak_words", None)
    assert speak() == first


@pytest.mark.parametrize("damage", [b"", b"und\tx", b"\xff\xfe", None])
def test_what_is_damaged_is_made_anew(kept: Path, damage: bytes | None) -> None:
    first = speak()
    (path,) = kept.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert speak() == first
    assert path.read_bytes() == whole


def test_it_works_without_a_cache(kept: Path) -> None:
    first = speak()
    for path in kept.iterdir():
        path.unlink()
    kept.rmdir()
    kept.write_text("no folder")
    assert speak() == first
