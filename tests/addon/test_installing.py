"""The integration comes into Home Assistant's folder whole, and nothing else is touched."""

import json
import shutil
from pathlib import Path

import pytest

from addon.errors import AppError, Conflict, NotFound, Unavailable
from addon.homeassistant.installing import BUNDLED, Installed, Installer


def integration(folder: Path, version: str = "1.0.0", domain: str = "wakesmith") -> Path:
    (folder / "translations").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"domain": domain, "version": version}))
    (folder / "__init__.py").write_text(f'"""{version}"""')
    (folder / "translations" / "en.json").write_text("{}")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def installer(tmp_path: Path, home: Path) -> Installer:
    source = integration(tmp_path / "source")
    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "x.pyc").write_bytes(b"x")
    return Installer(home, source)


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


def test_it_comes_whole_and_leaves_nothing_beside(installer: Installer, home: Path) -> None:
    assert installer.find() == Installed()
    assert installer.install() == Installed("1.0.0")
    assert names(home / "custom_components") == {
        "wakesmith", "wakesmith/manifest.json", "wakesmith/__init__.py", "wakesmith/translations",
        "wakesmith/translations/en.json",
    }  # fmt: skip


def test_an_update_replaces_all_of_it(installer: Installer, home: Path, tmp_path: Path) -> None:
    installer.install()
    (home / "custom_components/wakesmith/old.py").write_text("")
    other = integration(home / "custom_components/other", domain="other")
    newer = Installer(home, integration(tmp_path / "newer", "1.1.0"))
    assert (newer.find().version, newer.offered()) == ("1.0.0", "1.1.0")
    assert newer.install() == Installed("1.1.0")
    assert not (home / "custom_components/wakesmith/old.py").exists()
    assert json.loads((other / "manifest.json").read_text())["domain"] == "other"


def test_home_assistants_loading_is_seen(installer: Installer, home: Path) -> None:
    installer.install()
    (home / "custom_components/wakesmith/__pycache__").mkdir()
    assert installer.find() == Installed("1.0.0", loaded=True)
    assert installer.install() == Installed("1.0.0"), "what was loaded before is not this"


def test_it_goes(installer: Installer, home: Path) -> None:
    with pytest.raises(NotFound):
        installer.remove()
    installer.install()
    installer.remove()
    assert names(home / "custom_components") == set()


@pytest.mark.parametrize(
    "manifest", [None, "{", "[]", '{"domain": "other", "version": "1"}', '{"domain": "wakesmith"}']
)
def test_what_is_not_ours_stays(installer: Installer, home: Path, manifest: str | None) -> None:
    place = home / "custom_components/wakesmith"
    place.mkdir(parents=True)
    (place / "mine.py").write_text("mine")
    if manifest is not None:
        (place / "manifest.json").write_text(manifest)
    before = names(home)
    assert installer.find().foreign
    for act in (installer.install, installer.remove):
        with pytest.raises(Conflict) as caught:
            act()
        assert caught.value.code == "not_ours"
    assert names(home) == before


@pytest.mark.parametrize("link", ["custom_components", "custom_components/wakesmith"])
def test_links_are_not_followed(installer: Installer, home: Path, tmp_path: Path, link: str) -> None:
    elsewhere = integration(tmp_path / "elsewhere")
    (home / link).parent.mkdir(exist_ok=True)
    (home / link).symlink_to(elsewhere)
    before = names(elsewhere)
    for act in (installer.install, installer.remove):
        with pytest.raises(Conflict):
            act()
    installer.tidy()
    assert names(elsewhere) == before


def test_a_failure_keeps_what_was_there(
    installer: Installer, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installer.install()
    newer = Installer(home, integration(tmp_path / "newer", "1.1.0"))
    rename = Path.rename

    def full(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(Unavailable, match="No space left") as caught:
        newer.install()
    assert caught.value.code == "home_read_only"
    assert newer.find().version == "1.0.0"
    assert {p.name for p in (home / "custom_components").iterdir()} == {"wakesmith"}


def test_a_kill_in_the_middle_is_mended(installer: Installer, home: Path) -> None:
    installer.install()
    custom = home / "custom_components"
    aside = custom / ".wakesmith-0123abcd"
    aside.mkdir()
    (custom / "wakesmith").rename(aside / "old")
    integration(aside / "new", "1.1.0")
    installer.tidy()
    assert {p.name for p in custom.iterdir()} == {"wakesmith"}
    assert installer.find().version == "1.0.0"
    (custom / ".wakesmith-77").mkdir()
    shutil.copytree(custom / "wakesmith", custom / ".wakesmith-77/new")
    installer.tidy()
    assert {p.name for p in custom.iterdir()} == {"wakesmith"}


@pytest.mark.parametrize(
    ("home_there", "source", "code"), [(False, "source", "no_home"), (True, "none", "not_bundled")]
)
def test_what_is_missing_is_said(
    installer: Installer, home: Path, tmp_path: Path, home_there: bool, source: str, code: str
) -> None:
    for folder in {home if home_there else None, None if not home_there else home}:
        with pytest.raises(AppError) as caught:
            Installer(folder, tmp_path / source).install()
        assert caught.value.code == code
    if not home_there:
        with pytest.raises(AppError) as caught:
            Installer(tmp_path / "absent", installer.source).install()
        assert caught.value.code == code


def test_the_app_brings_its_own() -> None:
    assert json.loads((BUNDLED / "manifest.json").read_text())["domain"] == "wakesmith"
    assert Installer(None).offered()
