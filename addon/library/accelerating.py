"""A child of the app that installs the graphics card's packages: `python -m addon.library.accelerating DATA`.

It writes the trainer's events, as `wakesmith data fetch` does. Each package is downloaded, checked against its hash
and installed by itself, so that what was finished stays when it is stopped; the folder gets its name when all load.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from addon import acceleration
from addon.library.sizes import measure_folder
from trainer.events import Event, Failed, Finished, Progress, encode

PROBE = "import tensorflow, cupy"
_EVERY_S = 1.0
_MEGA = 1_000_000
_RESERVE_MB = 1000  # of free room beside what is installed: the largest package, before it is unpacked
_MEANWHILE = "What was finished is kept; the processor does the work meanwhile."


class Broken(Exception):
    """It cannot go on; the second argument is what to do."""


@dataclass(frozen=True)
class Installation:
    """A folder that is being filled.

    Attributes:
        folder: its name when it is whole.
        requirements: what goes into it, with hashes.
    """

    folder: Path
    requirements: tuple[str, ...]

    @property
    def partial(self) -> Path:
        """The folder until it is whole."""
        return self.folder.with_name(f"{self.folder.name}.partial")

    def run(self) -> Iterator[Progress]:
        """Install what is not there yet, yielding how far it is.

        Raises:
            Broken: a package cannot be had or does not load.
        """
        self._make_room()
        done = self.partial / "installed.txt"
        finished = set(done.read_text(encoding="utf-8").splitlines()) if done.is_file() else set()
        most = 0
        for requirement in self.requirements:
            name = requirement.split()[0]
            if name in finished:
                continue
            for size in self._install(requirement):
                most = min(max(most, size), acceleration.DISK_MB * _MEGA)  # it shrinks when a package was unpacked
                yield Progress(most, acceleration.DISK_MB * _MEGA, "B")
            with done.open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")
        self._probe()
        self.partial.rename(self.folder)

    def _make_room(self) -> None:
        shutil.rmtree(self.partial / "arriving", ignore_errors=True)
        (self.partial / "arriving").mkdir(parents=True)
        need = acceleration.DISK_MB - measure_folder(self.partial) / _MEGA + _RESERVE_MB
        free = shutil.disk_usage(self.partial).free / _MEGA
        if free < need:
            raise Broken(f"{free / 1000:.1f} GB are free; {need / 1000:.1f} GB are needed", "Clean up under Storage.")

    def _install(self, requirement: str) -> Iterator[int]:
        """Install one; yield the bytes of the folder now and then."""
        asked = self.partial / "requirement.txt"
        asked.write_text(f"{requirement}\n", encoding="utf-8")
        command = [
            sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet",
            "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--ignore-installed",
            "--no-warn-script-location", "--prefix", str(self.partial), "-r", str(asked),
        ]  # fmt: skip
        env = os.environ | {"TMPDIR": str(self.partial / "arriving")}
        with (self.partial / "pip.log").open("w+b") as log:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
            while child.returncode is None:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(_EVERY_S)
                yield measure_folder(self.partial)
            if child.returncode:
                log.seek(0)
                raise Broken(f"{requirement.split()[0]} cannot be installed: {_last_error(log.read())}", _MEANWHILE)

    def _probe(self) -> None:
        path = os.pathsep.join((str(acceleration.packages(self.partial)), os.environ.get("PYTHONPATH", "")))
        env = os.environ | {"PYTHONPATH": path}
        found = subprocess.run(
            [sys.executable, "-c", PROBE], stdin=subprocess.DEVNULL, capture_output=True, env=env, check=False
        )
        if found.returncode:
            raise Broken(f"the packages do not load: {_last_error(found.stderr)}", _MEANWHILE)
        shutil.rmtree(self.partial / "arriving", ignore_errors=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Install them; return the exit code."""
    parser = argparse.ArgumentParser(prog="accelerating", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--locks", type=Path, default=acceleration.LOCKS)
    asked = parser.parse_args(argv)
    folder = acceleration.home(asked.data, asked.locks)
    try:
        if not folder.is_dir():
            for progress in Installation(folder, acceleration.wanted(asked.locks)).run():
                _say(progress)
    except KeyboardInterrupt:
        return 130
    except Broken as error:
        _say(Failed("packages", *error.args))
        return 8
    except OSError as error:
        _say(Failed("system", f"the system refuses: {error}", _MEANWHILE))
        return 9
    _say(Finished(str(folder)))
    return 0


def _say(event: Event) -> None:
    sys.stdout.write(encode(event).rstrip("\n") + "\n")
    sys.stdout.flush()


def _last_error(text: bytes) -> str:
    lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["no reason was given"])[-1][:300]


if __name__ == "__main__":
    sys.exit(main())
