"""Home Assistant core without its face: started in a network of its own, onboarded, restarted."""

import json
import signal
from pathlib import Path

from tests.real.dashboard import Dashboard
from tests.real.home import Home, onboard
from tests.real.network import Network
from tests.real.parts import inside
from tests.real.programs import Program, answers

PORT = 8123
SETTINGS = """\
homeassistant:
  name: Test house
  internal_url: http://{address}:8123
api:
assist_pipeline:
http:
onboarding:
zeroconf:
logger:
  default: info
"""


class Core:
    """A configuration folder and the core that works on it."""

    def __init__(self, folder: Path, network: Network) -> None:
        """Read `folder/configuration.yaml`, written here where it is not there yet."""
        python = inside("home-assistant", "bin/python")
        self.folder, self.address = folder, network.home.address
        self.url = f"http://{self.address}:{PORT}"
        folder.mkdir(exist_ok=True)
        settings = folder / "configuration.yaml"
        if not settings.exists():
            settings.write_text(SETTINGS.format(address=network.home.address))
        # The compiled modules are kept: the first start takes longer, once.
        self._program = Program(
            [python, "-m", "homeassistant", "--config", folder, "--skip-pip"], folder / "output.log",
            env={"PYTHONDONTWRITEBYTECODE": ""},
        )  # fmt: skip
        self._token = ""

    def use_dashboard(self, dashboard: Dashboard) -> None:
        """Have the ESPHome integration know a dashboard from its start on, as if Supervisor had told it."""
        info = {"addon_slug": "test_esphome", "host": dashboard.host, "port": dashboard.port}
        kept = {"version": 1, "minor_version": 1, "key": "esphome.dashboard", "data": {"info": info}}
        (self.folder / ".storage").mkdir(exist_ok=True)
        (self.folder / ".storage" / "esphome.dashboard").write_text(json.dumps(kept))

    def start(self) -> None:
        self._program.start(lambda: answers(PORT, self.address), limit=120)

    def stop(self) -> None:
        self._program.end(signal.SIGTERM, limit=60)

    def kill(self) -> None:
        self._program.end(signal.SIGKILL)

    async def home(self) -> Home:
        """Return an administrator's client: `async with await core.home() as home`; the first makes the user."""
        if not self._token:
            self._token = await onboard(self.url)
        return Home(self.url, self._token)

    def restart(self) -> None:
        self.stop()
        self.start()

    def said(self) -> str:
        return self._program.said()
