"""A folder as ESPHome keeps it: the corpus, models of ours, stock packages from repositories on this disk."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pymicro_wakeword

from tests.real.parts import inside

CORPUS = Path(__file__).parent / "esphome_yaml"
DEVICES = sorted(path.name for path in CORPUS.glob("*.yaml") if path.name != "secrets.yaml")
OFFICIAL = "https://github.com/esphome/micro-wake-word-models/raw/main/models/v2/"
_MODELS = Path(pymicro_wakeword.__file__).parent / "models"


def find_esphome() -> Path:
    """Return the esphome to ask: what `WAKESMITH_ESPHOME` names, else the one of `script/parts esphome`; or skip."""
    named = os.environ.get("WAKESMITH_ESPHOME")
    return Path(named) if named else inside("esphome", "bin/esphome")


class Home:
    """ESPHome's folder, and the tool beside it, which finds all that it would fetch on this disk."""

    def __init__(self, base: Path, esphome: Path | None = None) -> None:
        self.folder, self.data, self.esphome = base / "esphome", base / "data", esphome
        shutil.copytree(CORPUS, self.folder, ignore=shutil.ignore_patterns("stock"))
        for id in ("hey_jarvis_v1", "hey_jarvis_v2", "hey_jarvis_v3", "good_morning_v3"):
            self.add_model(self.folder / "wakesmith", id)
        self.variables = self._host_repositories(base / "repositories")
        for word in ("okay_nabu", "hey_jarvis", "vad"):
            key = hashlib.sha256(f"{OFFICIAL}{word}.json".encode()).hexdigest()[:8]
            self.add_model(self.data / "micro_wake_word" / key, word, "manifest")

    def files(self, name: str) -> bytes | None:
        """Read a file of the folder, as the editor asks for it."""
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    def check(self, device: str) -> str:
        """Return what `esphome config` makes of a device; fail with its words where it refuses."""
        done = self.ask(device, "config", "--show-secrets")
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def ask(self, device: str, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of esphome on a device."""
        assert self.esphome is not None
        command = (str(self.esphome), *command, device)
        return subprocess.run(
            command, cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=120, check=False
        )

    def add_model(self, folder: Path, id: str, stem: str = "") -> None:
        """Put a manifest and a model into a folder; `esphome config` looks at the manifest alone."""
        folder.mkdir(parents=True, exist_ok=True)
        manifest = json.loads((_MODELS / "hey_jarvis.json").read_text())
        manifest |= {"model": f"{id}.tflite", "wake_word": id.rpartition("_v")[0] or id}
        (folder / f"{stem or id}.json").write_text(json.dumps(manifest))
        shutil.copy(_MODELS / "hey_jarvis.tflite", folder / f"{id}.tflite")

    def _host_repositories(self, base: Path) -> dict[str, str]:
        """Return the environment in which GitHub's repositories are these, and nothing else can be reached."""
        shutil.copytree(CORPUS / "stock", base)
        self.add_model(base / "esphome+micro-wake-word-models" / "models" / "v2", "hey_jarvis")
        nowhere = "http://nowhere.invalid:9"
        found = {"HOME": str(base), "ESPHOME_DATA_DIR": str(self.data), "https_proxy": nowhere, "http_proxy": nowhere}
        author = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.invalid"]
        for place, folder in enumerate(sorted(base.iterdir())):
            for command in (["init", "-q", "-b", "main"], ["add", "."], [*author, "commit", "-qm", "stock"]):
                subprocess.run(["git", *command], cwd=folder, check=True, env=os.environ | found)
            folder.rename(f"{folder}.git")  # found by git with and without the ending
            found[f"GIT_CONFIG_KEY_{place}"] = f"url.file://{folder}.insteadOf"
            found[f"GIT_CONFIG_VALUE_{place}"] = f"https://github.com/{folder.name.replace('+', '/')}"
            found["GIT_CONFIG_COUNT"] = str(place + 1)
        return os.environ | found
