"""ESPHome's command as far as exit codes and output go: fake_esphome.py COMMAND [--device D] FILE."""

import os
import subprocess
import sys
import time
from pathlib import Path


def say(text: str = "", end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


what, file = sys.argv[1], Path(sys.argv[-1])
script = file.read_text(encoding="utf-8")
say("\x1b[32mINFO ESPHome 2026.10.0\x1b[0m")
if what == "config":
    say("wifi:\n  password: \\033[8mtop secret\\033[28m")
    sys.exit(2 if "wrong" in script else 0)
if what == "compile":
    for number in range(1, 5):
        say(f"[{number}/4] Compiling")
    if "hangs" in script:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        Path(os.environ["ESPHOME_DATA_DIR"], "pids").write_text(f"{os.getpid()} {child.pid}")
        say("hanging")
        time.sleep(60)
    if "broken" in script:
        say("src/main.cpp:3: error: expected ';'")
        sys.exit(1)
if what == "upload":
    say(f"to {sys.argv[3]}")
    for percent in (10, 55, 100):
        say(f"\rUploading: [====    ] {percent}%", end="")
    say()
    if "password" in script:
        say("ERROR Error auth: Authentication invalid. Is the password correct?")
        sys.exit(1)
