"""Panel: what a browser fetches and how soon it shows something, in Chromium on this machine.

script/bench panel [--data DIR] [--times 5] [--width 1280]
    starts the app on DIR (by default an empty one) and opens each page anew
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.measuring.tables import machine, show, versions

PAGES = {
    "first screen": "#/",
    "create": "#/create",
    "satellites": "#/satellites",
    "recordings": "#/recordings",
    "settings": "#/settings",
    "training": "#/job/{job}",
    "model": "#/model/{model}",
}
QUIET_MS = 1500  # after the last request nothing is expected to move any more
# Layout shift as the Web Vitals count it without its windows: the sum of all shifts that no input caused.
WATCH = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
READ = """() => {
  const [way] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return { first_byte: way.responseStart, paint: paint?.startTime ?? NaN, shifts: window.shifts };
}"""


@dataclass(frozen=True)
class Visit:
    """One opening of a page with nothing cached.

    Attributes:
        kilobytes: all that came over the wire, headers and answers of the API included.
        files: kilobytes of the panel's own files among them.
        first_byte_ms, paint_ms: since the navigation began; of the first contentful paint.
        shift: sum of layout shifts.
    """

    kilobytes: float
    files: float
    first_byte_ms: float
    paint_ms: float
    shift: float


@contextmanager
def run_app(data: Path) -> Iterator[str]:
    """Start the app; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if not name.startswith("WAKESMITH_")}
    command = [
        sys.executable,
        "-m",
        "addon",
        "--data",
        str(data),
        "--port",
        str(port),
        "--link-port",
        "0",
        "--no-mdns",
    ]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/"
        while process.poll() is None:
            try:
                urllib.request.urlopen(address, timeout=5).read(1)
                break
            except OSError:
                time.sleep(0.02)
        else:
            sys.exit("the app ended before it answered")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def find_places(address: str) -> dict[str, str]:
    """Return each page's place; that of a training or model only where there is one, the newest."""
    places = dict(PAGES)
    for name, what in (("training", "job"), ("model", "model")):
        with urllib.request.urlopen(f"{address}api/v1/{what}s", timeout=60) as answer:
            found = json.load(answer)
        if found:
            places[name] = places[name].format(**{what: max(found, key=lambda one: one["created"])["id"]})
        else:
            del places[name]
    return places


def visit(browser: Browser, address: str, width: int) -> Visit:
    """Open a page in a browser without cache, wait until it is quiet, and read its figures."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        sizes: dict[str, float] = {}
        addresses: dict[str, str] = {}
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on(
            "Network.responseReceived", lambda said: addresses.update({said["requestId"]: said["response"]["url"]})
        )
        wire.on("Network.loadingFinished", lambda said: sizes.update({said["requestId"]: said["encodedDataLength"]}))
        page.goto(address)
        page.locator("ws-app main > *").first.wait_for()
        page.wait_for_timeout(QUIET_MS)
        read: dict[str, Any] = page.evaluate(READ)
        files = sum(size for key, size in sizes.items() if "/api/" not in addresses.get(key, "/api/"))
        return Visit(sum(sizes.values()) / 1000, files / 1000, read["first_byte"], read["paint"], read["shifts"])
    finally:
        context.close()


def row(name: str, visits: Sequence[Visit]) -> tuple[str, ...]:
    """Return a page's row: medians, and the worst layout shift."""

    def middle(values: Iterator[float]) -> float:
        return statistics.median(values)

    return (
        name,
        f"{middle(v.files for v in visits):.1f}",
        f"{middle(v.kilobytes for v in visits):.1f}",
        f"{middle(v.first_byte_ms for v in visits):.0f}",
        f"{middle(v.paint_ms for v in visits):.0f}",
        f"{max(v.shift for v in visits):.3f}",
    )


def main(words: Sequence[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="script/bench panel", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="an app's data folder; default: an empty one")
    parser.add_argument("--times", type=int, default=5, help="how often each page is opened")
    parser.add_argument("--width", type=int, default=1280, help="of the window, in pixels")
    args = parser.parse_args(words)
    chromium = os.environ.get("PANEL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with (
        tempfile.TemporaryDirectory() as folder,
        run_app(args.data or Path(folder)) as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        rows = [
            row(name, [visit(browser, f"{address}{place}", args.width) for _ in range(args.times)])
            for name, place in find_places(address).items()
        ]
        about = f"Chromium {browser.version}"
        browser.close()
    columns = ("page", "panel kB", "all kB", "first byte ms", "first paint ms", "layout shift")
    notes = [
        "Medians; the layout shift is the worst. Compressed, over loopback, nothing cached; ms since the navigation.",
        f"{versions()}; {about}; {machine()}",
    ]
    show("The panel in a browser", columns, rows, notes)


if __name__ == "__main__":
    main()
