"""A device without a board: ESPHome's `host` platform, compiled here, takes uploads over the air like an ESP32."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.real.parts import inside, program
from tests.real.programs import Program, answers, free_port

PASSWORD = "a-password-of-the-tests"
COMPONENTS = Path(__file__).with_name("components")
YAML = """\
esphome:
  name: {name}
host:
  mac_address: "02:77:00:00:01:01"
external_components:
  - source: {components}
    components: [ethernet, micro_wake_word]
ethernet:
  use_address: {host}
logger:
api:
  port: {api}
ota:
  platform: esphome
  password: "{password}"
  port: {port}
"""


def esphome(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ESPHome's own command."""
    command = inside("esphome", "bin/esphome")
    env = {**os.environ, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run([command, *words], capture_output=True, text=True, check=False, env=env, timeout=600)


class Receiver:
    """A running device of its own; `yaml` is its configuration, `build` what was compiled of it."""

    def __init__(self, folder: Path, name: str = "receiver", more: str = "") -> None:
        """`more`: lines of its configuration."""
        program("g++", "esphome")
        self.host, self.port, self.api, self.name, self.password = (
            "127.0.0.1",
            free_port(),
            free_port(),
            name,
            PASSWORD,
        )
        folder.mkdir(exist_ok=True)
        self.yaml = folder / f"{name}.yaml"
        places = {"components": COMPONENTS, "host": self.host, "api": self.api, "port": self.port}
        self.yaml.write_text(YAML.format(name=name, password=PASSWORD, **places) + more)
        self.build = folder / ".esphome" / "build" / name / ".pioenvs" / name / "program"
        # It replaces its own file when something is uploaded, so it is run from a copy.
        self.flash = folder / "flash" / name
        self._program = Program([self.flash], folder / f"{name}.log", cwd=folder)

    def compile(self) -> None:
        """Compile it: about 10 s on two cores, less when little has changed."""
        done = esphome("compile", self.yaml)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        if not self.flash.exists():
            if not self.build.exists():
                self.compile()
            self.flash.parent.mkdir(exist_ok=True)
            shutil.copy2(self.build, self.flash)
        self._program.start(lambda: answers(self.port), limit=10)

    def stop(self) -> None:
        self._program.end()

    def kill(self) -> None:
        """Cut its power."""
        self._program.end(signal.SIGKILL)

    @property
    def runs(self) -> bool:
        return self._program.runs

    def said(self) -> str:
        return self._program.said()
