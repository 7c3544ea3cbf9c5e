"""The metric guide: every figure that is shown has its entry, and the panel says the same in every language."""

import json
import re
from pathlib import Path

from test_report import make_run, run_stage

from trainer.evaluation.card import render_card
from trainer.evaluation.guide import GUIDE, PATTERNS
from trainer.evaluation.report import render_report

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = {path.stem: path for path in (ROOT / "addon/frontend/translations").glob("*.json")}
SHOWN = {name for entry in GUIDE for name in entry.shown}
NOT_FIGURES = {  # headings of what is counted, named or quoted
    "", "Figure", "Value", "Meaning", "Good", "Where it is bad", "What you see", "Why", "What helps", "Condition",
    "Voice or folder", "Sound", "Recordings", "Recording", "Source", "Licence", "Kinds", "SHA-256, begins", "File",
    "In full", "The phrase, heard in", "---",
}  # fmt: skip


def headings(page: str) -> set[str]:
    return set(re.findall(r"<th>(.*?)</th>", page)) | set(
        re.findall(r"<section><h2>([^<]*)</h2><div class=\"big\"", page)
    )


def test_every_figure_of_report_and_card_is_explained(tmp_path: Path) -> None:
    make_run(tmp_path)
    found, _ = run_stage(tmp_path)
    page = render_report(found)
    numbers = re.search(r"<h2>Numbers</h2>.*?</table>", page, re.S)
    assert numbers is not None
    rows = {name for name in re.findall(r"<tr><td>(.*?)</td>", numbers[0]) if not name.startswith("Recall: ")}
    assert len(rows) >= 8
    assert rows | headings(page) - NOT_FIGURES <= SHOWN
    heads = re.findall(r"^\| (.*) \|\n\| ---", render_card(found), re.M)
    cells = {cell for head in heads for cell in head.split(" | ")}
    assert cells - NOT_FIGURES - {"Clips", "Length"} <= SHOWN
    for entry in GUIDE:
        assert entry.remedy.replace("'", "&#x27;") in page
    assert all(pattern.cause in page for pattern in PATTERNS)


def test_every_figure_of_the_panel_is_explained() -> None:
    texts = json.loads(CATALOGUES["en"].read_text(encoding="utf-8"))
    plots = {key.removesuffix("_help") for key in texts if re.fullmatch(r"report\.\w+_help", key)} - {"report.guide"}
    facts = {"facts.heard", "facts.mistakes", "facts.soon"}
    assert len(plots) >= 6
    assert plots | facts <= SHOWN
    assert {key for key in SHOWN if re.match(r"[a-z]+\.[a-z_]+$", key)} <= texts.keys()


def test_every_figure_of_the_messages_is_explained() -> None:
    source = (ROOT / "addon/announce/picture.py").read_text(encoding="utf-8")
    quality = set(re.findall(r'"((?:recall|false_accepts|f1|latency)\w*)"', source))
    assert quality == {name.removeprefix("mqtt:") for name in SHOWN if name.startswith("mqtt:")}


def test_the_panel_says_what_the_report_says() -> None:
    said = {f"guide.{e.id}.{part}": getattr(e, part) for e in GUIDE for part in ("name", "meaning", "good", "remedy")}
    said |= {f"pattern.{p.id}.{part}": getattr(p, part) for p in PATTERNS for part in ("name", "cause", "remedy")}
    for language, path in CATALOGUES.items():
        texts = json.loads(path.read_text(encoding="utf-8"))
        guide = {key: text for key, text in texts.items() if key.startswith(("guide.", "pattern."))}
        assert guide.keys() == said.keys(), f"{language}: script/document names what is missing"
        assert (guide == said) == (language == "en")


def test_targets_are_named() -> None:
    good = {entry.id: entry.good for entry in GUIDE}
    assert "90 %" in good["f1"]
    assert "0.5 %" in good["false_positives"]
    assert "5 %" in good["false_negatives"]
    assert len({entry.id for entry in GUIDE}) == len(GUIDE)
