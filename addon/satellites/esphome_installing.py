"""A child of the app that installs ESPHome for us: `python -m addon.satellites.esphome_installing FOLDER LOCKS`.

It makes an environment of its own, installs what `builders.lock` and `esphome.lock` pin, each package against its
hash, and marks the folder as whole when ESPHome answers. It writes the trainer's events.
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from trainer.events import Event, Failed, Finished, Progress, encode

LEAST_PYTHON = (3, 12)  # of ESPHome
DISK_MB = 1500  # 350 measured, and room for the first compilation, which fetches compilers
WHOLE = "whole"  # the file that marks a folder; programs within name its path, so that it is not renamed
_BUILDERS, _ESPHOME = "builders.lock", "esphome.lock"
_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")
_INSTALL = ("install", "--require-hashes", "--no-deps", "--no-cache-dir", "--no-build-isolation")
_TAIL = 300  # characters


class Broken(Exception):
    """It cannot go on; the second argument is what to do."""


def install(folder: Path, locks: Path) -> Iterator[Progress]:
    """Make the environment, yielding how many packages are there.

    Raises:
        Broken: Python is too old, the disk is full, or a package cannot be had.
    """
    if sys.version_info < LEAST_PYTHON:
        raise Broken("ESPHome needs Python 3.12 or later", "Use ESPHome's own app in Home Assistant.")
    if shutil.disk_usage(folder.parent).free < DISK_MB * 1_000_000:
        raise Broken(f"{DISK_MB} MB of free disk are needed", "Clean up under Storage.")
    shutil.rmtree(folder, ignore_errors=True)
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    python = str(folder / "bin" / "python")
    total = sum(_count(locks / name) for name in (_BUILDERS, _ESPHOME))
    done = 0
    for name in (_BUILDERS, _ESPHOME):
        command = (sys.executable, *_PIP, "--python", python, *_INSTALL, "-r", str(locks / name))
        for line in _say_lines(*command):
            if line.startswith("Collecting "):
                done = min(done + 1, total)
                yield Progress(done, total, "packages")
    _run(python, "-m", "esphome", "version")
    (folder / WHOLE).touch()


def main(argv: Sequence[str] | None = None) -> int:
    """Install it; return the exit code."""
    parser = argparse.ArgumentParser(prog="esphome_installing", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("locks", type=Path)
    asked = parser.parse_args(argv)
    try:
        asked.folder.parent.mkdir(parents=True, exist_ok=True)
        if not (asked.folder / WHOLE).is_file():
            for progress in install(asked.folder, asked.locks):
                _say(progress)
    except KeyboardInterrupt:
        return 130
    except Broken as error:
        _say(Failed("esphome_install", *error.args))
        return 8
    except OSError as error:
        _say(Failed("system", f"the system refuses: {error}", "Check the disk."))
        return 9
    _say(Finished(str(asked.folder)))
    return 0


def _count(lock: Path) -> int:
    """Return how many packages a lock names for every machine; those for some machines alone come on top."""
    return len(
        re.findall(r"^[a-z0-9][^;\n]*==[^;\n]*$", lock.read_text(encoding="utf-8"), re.MULTILINE | re.IGNORECASE)
    )


def _run(*command: str) -> None:
    for _ in _say_lines(*command):
        continue


def _say_lines(*command: str) -> Iterator[str]:
    """Yield the lines of a program; Broken where it ends badly."""
    last = ""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT, text=True
    ) as child:
        assert child.stdout
        for line in child.stdout:
            text = line.strip()
            last = text if text and (not last.startswith("ERROR") or text.startswith("ERROR")) else last
            yield text
    if child.returncode:
        raise Broken(f"ESPHome cannot be installed: {last.removeprefix('ERROR: ')[:_TAIL]}", "Check the network.")


def _say(event: Event) -> None:
    sys.stdout.write(encode(event).rstrip("\n") + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
