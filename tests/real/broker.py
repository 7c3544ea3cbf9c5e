"""mosquitto with a password, on a port of 127.0.0.1 that stays the same when it is started again."""

import signal
import subprocess
from pathlib import Path

from tests.real.parts import program
from tests.real.programs import Program, answers, free_port

USER, PASSWORD = "wakesmith", "a-password-of-the-tests"


class Broker:
    """`user` and `password` are the only ones that it lets in."""

    def __init__(self, folder: Path, *extra: str) -> None:
        """`extra`: more lines of its configuration."""
        command = program("mosquitto", "broker")
        self.host, self.port, self.user, self.password = "127.0.0.1", free_port(), USER, PASSWORD
        passwords, settings = folder / "passwords", folder / "mosquitto.conf"
        subprocess.run([program("mosquitto_passwd", "broker"), "-b", "-c", passwords, USER, PASSWORD], check=True)
        lines = (
            f"listener {self.port} {self.host}", "allow_anonymous false", f"password_file {passwords}",
            # As root it would become another user, who may not read what is here.
            "user root", "set_tcp_nodelay true", "log_type all", *extra,
        )  # fmt: skip
        settings.write_text("\n".join(lines) + "\n")
        self._program = Program([command, "-c", settings], folder / "mosquitto.log")

    def start(self) -> None:
        self._program.start(lambda: answers(self.port), limit=10)

    def stop(self) -> None:
        """End it in good order: it says goodbye to its clients, and forgets what it kept."""
        self._program.end()

    def kill(self) -> None:
        self._program.end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    @property
    def runs(self) -> bool:
        return self._program.runs

    def said(self) -> str:
        return self._program.said()
