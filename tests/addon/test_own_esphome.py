"""ESPHome of our own: exit codes judged, lines relayed without secrets, nothing left running."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import psutil
import pytest

from addon.errors import AppError, NotFound, Unavailable
from addon.satellites import esphome_home
from addon.satellites.esphome_home import EsphomeHome
from addon.satellites.esphome_installing import WHOLE, _count
from addon.satellites.own_esphome import OwnFlasher, clean_lines, read_percent
from addon.store import NAME, Store
from tests.real.parts import inside
from tests.real.receiver import Receiver

pytestmark = pytest.mark.asyncio
FAKE = (sys.executable, str(Path(__file__).with_name("fake_esphome.py")))


def flasher(folder: Path, script: str, command: tuple[str, ...] = FAKE) -> OwnFlasher:
    (folder / "hall.yaml").write_text(script, encoding="utf-8")
    return OwnFlasher(command, dict(os.environ), folder, folder / "work", lambda _: "10.0.0.9")


async def test_lines_and_percent_are_relayed(tmp_path: Path) -> None:
    said: list[tuple[str, int | None]] = []
    own = flasher(tmp_path, "good")
    await own.check("hall.yaml", lambda *told: said.append(told))
    assert said == [], "the answer holds the whole configuration"
    await own.compile("hall.yaml", lambda *told: said.append(told))
    await own.upload("hall.yaml", lambda *told: said.append(told))
    assert [percent for _, percent in said if percent is not None] == [25, 50, 75, 100, 10, 55, 100]
    assert ("to 10.0.0.9", None) in said
    assert ("INFO ESPHome 2026.10.0", None) in said


@pytest.mark.parametrize(
    ("script", "step", "code", "words"),
    [
        ("wrong", "check", "config", "does not accept hall.yaml"),
        ("broken", "compile", "compile", "error: expected ';'"),
        ("password", "upload", "upload", "Is the password correct?"),
    ],
)
async def test_what_fails_is_said_in_words(tmp_path: Path, script: str, step: str, code: str, words: str) -> None:
    own = flasher(tmp_path, script)
    with pytest.raises(AppError, match=r"hall\.yaml") as caught:
        await getattr(own, step)("hall.yaml", lambda *_: None)
    assert caught.value.code == code
    assert words in caught.value.message
    assert "secret" not in str(caught.value.told())
    assert caught.value.values["lines"]


async def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        await flasher(tmp_path, "good", (str(tmp_path / "nothing"),)).compile("hall.yaml", lambda *_: None)
    assert caught.value.code == "no_esphome"


async def test_cancelling_ends_the_whole_tree(tmp_path: Path) -> None:
    own, hanging = flasher(tmp_path, "hangs"), asyncio.Event()
    task = asyncio.create_task(own.compile("hall.yaml", lambda line, _: hanging.set() if line == "hanging" else None))
    await asyncio.wait_for(hanging.wait(), 20)
    pids = [int(pid) for pid in (tmp_path / "work" / "pids").read_text().split()]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5):
        while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids):
            await asyncio.sleep(0.05)


async def test_secrets_and_colours_are_taken_out() -> None:
    assert clean_lines(b"\x1b[31mred\x1b[0m\rover  \x00") == ["red", "over"]
    assert clean_lines(b"password: \\033[8mtop\\033[28m.") == ["password: ***."]
    assert read_percent("[12/300] x") == 4
    assert read_percent("[ 12%] x") == 12
    assert read_percent("100% of people") is None


async def test_it_is_installed_only_when_allowed_and_removed_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes: list[str] = []
    (tmp_path / "esphome" / "older").mkdir(parents=True)
    async with await Store.open(tmp_path / NAME) as store:
        own = EsphomeHome(store, tmp_path, dict(os.environ), lambda: changes.append(own.show()["state"]))
        await own.start()
        assert own.show() == {"state": "absent", "version": "", "allowed": False, "percent": None, "message": ""}
        assert not (tmp_path / "esphome" / "older").exists(), "what another version of the app had made"
        monkeypatch.setattr(esphome_home, "LEAST_PYTHON", (9, 9))
        with pytest.raises(Unavailable):
            await own.allow()
        monkeypatch.setattr(esphome_home, "LEAST_PYTHON", (3, 0))
        installing = EsphomeHome(store, tmp_path, dict(os.environ), lambda: None, locks=tmp_path)
        (tmp_path / "esphome.lock").write_text("nothing==1.0 --hash=sha256:00\n")
        (tmp_path / "builders.lock").write_text("")
        await installing.allow()
        assert installing.show()["state"] == "installing"
        async with asyncio.timeout(60):
            while installing.show()["state"] == "installing":
                await asyncio.sleep(0.05)
        assert installing.show()["message"], "why it could not be installed is kept"
        installing.folder.mkdir(parents=True, exist_ok=True)
        (installing.folder / WHOLE).touch()
        assert installing.is_ready
        await installing.forbid()
        assert (installing.show()["state"], installing.is_ready) == ("absent", False)
        assert not (tmp_path / "esphome").exists()
        with pytest.raises(NotFound):
            await installing.forbid()


async def test_the_locks_are_read_as_they_are(tmp_path: Path) -> None:
    locks = Path(__file__).parents[2] / "requirements"
    assert _count(locks / "esphome.lock") > 30
    assert _count(locks / "builders.lock") >= 1


@pytest.mark.parts
async def test_the_real_esphome_reads_a_configuration(tmp_path: Path) -> None:
    python = inside("esphome", "bin/python")
    own = flasher(tmp_path, "esphome:\n  name: hall\nhost:\nlogger:\n", (str(python), "-m", "esphome"))
    await own.check("hall.yaml", lambda *_: None)
    (tmp_path / "hall.yaml").write_text("esphome:\n  name: hall\nhost:\nnothing_like_that:\n")
    with pytest.raises(AppError) as caught:
        await own.check("hall.yaml", lambda *_: None)
    assert caught.value.code == "config"
    assert "nothing_like_that" in str(caught.value.values["lines"])
    (tmp_path / "hall.yaml").write_text("esphome:\n  name: hall\nhost:\nlogger:\n  baud_rate: treacle\n")
    with pytest.raises(AppError) as caught:
        await own.check("hall.yaml", lambda *_: None)
    assert str(caught.value.values["why"]).endswith("(hall.yaml:5)")
    assert "integer" in str(caught.value.values["why"]), "what is wrong, in ESPHome's words"
    assert "baud_rate: ***" in str(caught.value.values["lines"]), "a value may be a secret"


@pytest.mark.parts
@pytest.mark.slow
async def test_the_real_esphome_compiles_and_flashes_a_device(tmp_path: Path) -> None:
    device = await asyncio.to_thread(Receiver, tmp_path / "esphome")
    python = inside("esphome", "bin/python")
    env = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    own = OwnFlasher(
        (str(python), "-m", "esphome"), env, device.yaml.parent, tmp_path / "work", lambda _: device.host
    )
    percents: list[int] = []
    await own.compile(device.yaml.name, lambda _line, percent: percents.append(percent) if percent else None)
    (built,) = (tmp_path / "work" / "build").glob(f"{device.name}/.pioenvs/*/program")
    device.flash.parent.mkdir(exist_ok=True)
    shutil.copy2(built, device.flash)
    await asyncio.to_thread(device.start)
    try:
        await own.upload(device.yaml.name, lambda _line, percent: percents.append(percent) if percent else None)
        device.yaml.write_text(device.yaml.read_text().replace(device.password, "another one"))
        with pytest.raises(AppError) as caught:
            await own.upload(device.yaml.name, lambda *_: None)
        assert caught.value.code == "upload"
    finally:
        await asyncio.to_thread(device.stop)
    assert 100 in percents
