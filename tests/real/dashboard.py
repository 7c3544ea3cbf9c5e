"""ESPHome's dashboard over a folder of YAML files, on 127.0.0.1, without a password."""

import asyncio
from pathlib import Path

from aiohttp import ClientSession

from tests.real.parts import inside
from tests.real.programs import Program, answers, free_port


class Dashboard:
    """The device builder with its legacy endpoints, which Home Assistant uses."""

    def __init__(self, folder: Path, log: Path) -> None:
        command = inside("esphome", "bin/esphome-device-builder")
        self.folder, self.host, self.port = folder, "127.0.0.1", free_port()
        self.url = f"http://{self.host}:{self.port}"
        folder.mkdir(exist_ok=True)
        self._program = Program(
            [command, "--host", self.host, "--port", str(self.port), folder], log,
            env={"PATH": f"{command.parent}:/usr/bin:/bin", "HOME": str(log.parent)},
        )  # fmt: skip

    def start(self) -> None:
        self._program.start(lambda: answers(self.port), limit=60)

    def stop(self) -> None:
        self._program.end()

    async def spawn(self, kind: str, configuration: str, port: str = "OTA", limit: float = 120) -> tuple[int, str]:
        """Have it `compile` or `upload` a file of its folder; return the exit code and the output."""
        lines: list[str] = []
        async with (
            ClientSession(self.url) as browser,
            asyncio.timeout(limit),
            browser.ws_connect(f"/{kind}") as socket,
        ):
            await socket.send_json({"type": "spawn", "configuration": configuration, "port": port})
            async for message in socket:
                data = message.json()
                if data["event"] == "exit":
                    return int(data["code"]), "".join(lines)
                lines.append(data["data"])
        raise AssertionError(f"no exit: {lines}")

    def said(self) -> str:
        return self._program.said()
