"""The graphics card's packages: real wheels made here, installed by the real child from a folder or a server."""

import asyncio
import base64
import hashlib
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from addon import acceleration
from addon.library import accelerating
from addon.library.downloads import DataState
from addon.programs import child_environment
from trainer.events import Event, Failed, Finished, Progress, decode

BEYOND = ("common-cuda", "nvidia-first", "nvidia-second", "tensorflow", "cupy-cuda12x")
MODULES = {"nvidia-first": "nvidia/first", "nvidia-second": "nvidia/second", "cupy-cuda12x": "cupy"}


def make_wheel(folder: Path, name: str, code: str = "") -> str:
    """Write a wheel of one module and return its requirement with its hash."""
    folder.mkdir(exist_ok=True)
    plain = name.replace("-", "_")
    info = f"{plain}-1.0.dist-info"
    module = f"{MODULES.get(name, plain)}/__init__.py"
    files = {
        module: code or f"NAME = {name!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {
        n: base64.urlsafe_b64encode(hashlib.sha256(t.encode()).digest()).rstrip(b"=") for n, t in files.items()
    }
    record = "".join(f"{n},sha256={digests[n].decode()},{len(t)}\n" for n, t in files.items())
    wheel = folder / f"{plain}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    return tmp_path / "wheels"


@pytest.fixture
def locks(tmp_path: Path, wheels: Path) -> Path:
    """Two locks that share a package; the GPU's names five more."""
    folder = tmp_path / "locks"
    folder.mkdir()
    shared = make_wheel(wheels, "shared")
    (folder / "cpu.lock").write_text(f"# a lock\n{shared}")
    (folder / "gpu.lock").write_text(f"# a lock\n{shared}" + "".join(make_wheel(wheels, name) for name in BEYOND))
    return folder


def command(data: Path, locks: Path) -> list[str]:
    return [sys.executable, "-m", "addon.library.accelerating", str(data), "--locks", str(locks)]


def environment(source: str | Path) -> dict[str, str]:
    return os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(source), "PYTHONPATH": str(Path.cwd())}


def run(data: Path, locks: Path, source: str | Path) -> list[Event]:
    found = subprocess.run(command(data, locks), env=environment(source), capture_output=True, text=True, check=False)
    assert "Traceback" not in found.stderr
    return [decode(line) for line in found.stdout.splitlines()]


def test_what_only_the_gpu_needs_is_wanted(locks: Path) -> None:
    assert [entry.split("==")[0] for entry in acceleration.wanted(locks)] == list(BEYOND)
    assert all(" --hash=sha256:" in entry and "\\" not in entry for entry in acceleration.wanted(locks))
    real = [entry.split("==")[0] for entry in acceleration.wanted()]
    assert {"tensorflow", "cupy-cuda12x", "nvidia-cudnn-cu12"} <= set(real)
    assert "numpy" not in real


def test_packages_are_installed_stand_before_the_images_and_outlive_the_update(
    tmp_path: Path, locks: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    *progress, last = run(data, locks, wheels)
    home = acceleration.home(data, locks)
    assert last == Finished(str(home))
    assert progress
    assert all(isinstance(event, Progress) and 0 < event.done <= event.total for event in progress)
    assert not home.with_name(f"{home.name}.partial").exists()
    assert not (home / "arriving").exists()
    monkeypatch.setattr(acceleration, "LOCKS", locks)
    monkeypatch.setattr(acceleration, "can_accelerate", lambda: True)
    code = "import cupy, nvidia.first, nvidia.second, tensorflow, trainer; print(tensorflow.__file__)"
    seen = subprocess.run(
        [sys.executable, "-c", code], env=child_environment(data), capture_output=True, text=True, check=True
    )
    assert seen.stdout.startswith(str(home))
    assert "shared-1.0" not in {path.name for path in acceleration.packages(home).iterdir()}

    (data / "gpu" / "of_before.partial").mkdir()
    acceleration.remove_outdated(data)
    assert [path.name for path in (data / "gpu").iterdir()] == [home.name]  # the same locks: nothing to do again
    assert run(data, locks, wheels) == [last]
    (locks / "gpu.lock").write_text((locks / "gpu.lock").read_text() + make_wheel(wheels, "one-more"))
    assert acceleration.home(data) != home
    assert not acceleration.describe(data)["here"]
    acceleration.remove_outdated(data)
    assert list((data / "gpu").iterdir()) == []


def test_a_failure_leaves_the_processor_and_goes_on_later(tmp_path: Path, locks: Path, wheels: Path) -> None:
    data, late = tmp_path / "data", wheels / "tensorflow-1.0-py3-none-any.whl"
    late.rename(tmp_path / late.name)
    failed = run(data, locks, wheels)[-1]
    assert isinstance(failed, Failed)
    assert failed.code == "packages"
    assert "tensorflow==1.0" in failed.message
    assert "processor" in failed.hint
    assert not acceleration.home(data, locks).exists()

    for name in ("nvidia_first", "nvidia_second"):
        (wheels / f"{name}-1.0-py3-none-any.whl").unlink()  # not asked for again: they are installed
    (tmp_path / late.name).rename(late)
    assert run(data, locks, wheels)[-1] == Finished(str(acceleration.home(data, locks)))


def test_a_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path, locks: Path, wheels: Path) -> None:
    make_wheel(wheels, "cupy-cuda12x", "import os  # not what was pinned\n")
    failed = run(tmp_path / "data", locks, wheels)[-1]
    assert isinstance(failed, Failed)
    assert "cupy-cuda12x==1.0" in failed.message
    assert not acceleration.home(tmp_path / "data", locks).exists()


def test_packages_that_do_not_load_are_not_used(tmp_path: Path, locks: Path, wheels: Path) -> None:
    broken = make_wheel(wheels, "cupy-cuda12x", "raise ImportError('libcuda.so.1 is too old')\n")
    text = (locks / "gpu.lock").read_text()
    (locks / "gpu.lock").write_text(text[: text.index("cupy-cuda12x")] + broken)
    failed = run(tmp_path / "data", locks, wheels)[-1]
    assert isinstance(failed, Failed)
    assert "libcuda.so.1 is too old" in failed.message


def test_a_full_disk_is_told_before_anything_is_fetched(
    tmp_path: Path, locks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceleration, "DISK_MB", 10**9)
    installation = accelerating.Installation(tmp_path / "data/gpu/x", acceleration.wanted(locks))
    with pytest.raises(accelerating.Broken, match="GB are needed"):
        next(installation.run())


class Stalling(SimpleHTTPRequestHandler):
    """Serves a folder; waits before the file whose name holds `slow` until `go` is set."""

    go = threading.Event()
    reached = threading.Event()
    slow = "nvidia_second"

    def do_GET(self) -> None:
        if self.slow in self.path:
            self.reached.set()
            self.go.wait(30)
        super().do_GET()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def index(wheels: Path) -> Iterator[str]:
    Stalling.go.clear()
    Stalling.reached.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Stalling, directory=str(wheels)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    Stalling.go.set()
    server.shutdown()
    server.server_close()


async def until(data: Any, *states: DataState) -> Any:
    async with asyncio.timeout(90):
        while (row := await data.get("gpu")).state not in states:
            await asyncio.sleep(0.05)
    return row


async def test_the_panel_offers_cancels_resumes_and_removes_it(
    open_house: Any, locks: Path, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceleration, "LOCKS", locks)
    monkeypatch.setattr(acceleration, "can_accelerate", lambda: True)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", index)
    async with open_house() as house:
        data = house.app.parts.datasets
        async with house.browser.get(house.api("data")) as answer:
            row = (await answer.json())[0]
        assert (row["name"], row["state"]) == ("gpu", "absent")
        assert row["size_mb"] == acceleration.DOWNLOAD_MB
        assert "GB on disk" in row["note"]
        assert "NVIDIA" in row["licence"]

        async with house.browser.post(house.api("data/gpu/download")) as answer:
            assert answer.status == 202
        assert await asyncio.to_thread(Stalling.reached.wait, 60)
        async with house.browser.post(house.api("data/gpu/cancel")) as answer:
            assert (await answer.json())["state"] == "absent"
        partial_folder = next((house.data / "gpu").glob("*.partial"))
        assert "nvidia-first==1.0" in (partial_folder / "installed.txt").read_text()

        Stalling.go.set()
        async with asyncio.timeout(30):
            while "gpu" in data._fetches:
                await asyncio.sleep(0.05)
        await data.download("gpu")
        assert (await until(data, DataState.HERE, DataState.FAILED)).message == ""
        home = acceleration.home(house.data)
        assert json.dumps(str(acceleration.packages(home)))[1:-1] in child_environment(house.data)["PYTHONPATH"]

        async with house.browser.delete(house.api("data/gpu")) as answer:
            assert answer.status == 204
        assert not (house.data / "gpu").exists()


async def test_it_is_not_offered_where_no_gpu_is_seen(open_house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceleration, "has_gpu", lambda: False)
    async with open_house() as house:
        assert "gpu" not in {row.name for row in await house.app.parts.datasets.all()}


def test_a_host_may_hide_its_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "nvidia0").touch()
    monkeypatch.setattr(acceleration, "_NODES", (str(tmp_path / "nvidia0"),))
    assert acceleration.has_gpu({})
    assert not acceleration.has_gpu({"NVIDIA_VISIBLE_DEVICES": "void"})
