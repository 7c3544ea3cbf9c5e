"""linux-voice-assistant as a satellite: its microphone hears what is played into PulseAudio's null sink, its room."""

import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.real.network import SEEING, Network
from tests.real.parts import inside, program
from tests.real.programs import Program, answers, wait_until

PORT = 6053
ROOM = """\
load-module module-native-protocol-unix auth-anonymous=1 socket={folder}/sound
load-module module-null-sink sink_name=room rate=16000 channels=1 format=s16le
load-module module-remap-source master=room.monitor source_name=microphone
set-default-sink room
set-default-source microphone
"""


class Satellite:
    """A satellite on a host of its own; `folder` keeps what it downloads and prefers."""

    def __init__(self, folder: Path, network: Network, name: str = "Kitchen") -> None:
        python, here = inside("satellite", "bin/python"), inside("satellite", "program")
        folder.mkdir(exist_ok=True)
        self.host, self.port, self.name, self.folder = network.add_host(), PORT, name, folder
        self.id = f"lva-{self.host.mac.replace(':', '')}"
        # The socket's path must be short, which a test's folder is not.
        self._sound = Path(tempfile.mkdtemp(prefix="room"))
        self._env = {
            "HOME": str(folder), "XDG_RUNTIME_DIR": str(self._sound), "PULSE_RUNTIME_PATH": str(self._sound),
            "PULSE_SERVER": f"unix:{self._sound}/sound",
        }  # fmt: skip
        rooms = folder / "room.pa"
        rooms.write_text(ROOM.format(folder=self._sound))
        quiet = ("-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes", "--use-pid-file=no")
        pulseaudio = [program("pulseaudio", "satellite"), *quiet, "-F", str(rooms)]
        self._room = Program(pulseaudio, folder / "pulseaudio.log", env=self._env)
        self._assistant = Program(
            [*SEEING, python, "-m", "linux_voice_assistant", "--name", name, "--audio-input-device", "microphone",
             "--network-interface", self.host.interface, "--host", self.host.address, "--download-dir", folder,
             "--preferences-file", folder / "preferences.json", "--disable-peripheral-api", "--debug"],
            folder / "assistant.log", env=self._env, cwd=here,
        )  # fmt: skip

    @property
    def external(self) -> Path:
        """The folder of the words that it has downloaded."""
        return self.folder / "external_wake_words"

    def start(self) -> None:
        if not self._room.runs:
            self._room.start((self._sound / "sound").exists, limit=10)
        self._assistant.start(lambda: answers(self.port, self.host.address))

    def stop(self) -> None:
        self._assistant.end()

    def kill(self) -> None:
        """Cut its power: nobody is told."""
        self._assistant.end(signal.SIGKILL)

    def close(self) -> None:
        self.stop()
        self._room.end()
        shutil.rmtree(self._sound)

    def play(self, sound: Path) -> None:
        """Play a WAV file in the room, to its end."""
        subprocess.run(
            [program("paplay", "satellite"), "--device=room", sound], env=self._env, check=True, timeout=120,
        )  # fmt: skip

    def woken(self) -> list[str]:
        """Return the phrases that it woke by, in order."""
        return re.findall(r"Detected wake word: (.*)", self.said())

    def hears(self, sound: Path, limit: float = 3) -> bool:
        """Play it, and tell whether the satellite woke within `limit` seconds of its end."""
        before = len(self.woken())
        self.play(sound)
        try:
            wait_until(lambda: len(self.woken()) > before, limit, "it wakes")
        except AssertionError:
            return False
        return True

    def said(self) -> str:
        return self._assistant.said()
