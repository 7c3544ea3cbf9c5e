"""The panel's packages, texts and weight."""

import gzip
import importlib.util
import json
import re
from pathlib import Path

import pytest
import yaml

from addon.options import SUPERVISED

PANEL = Path("addon/frontend")
MOST_BYTES = 300_000  # of the panel, compressed
MOST_LINES = 200  # of a source file


@pytest.fixture(scope="session")
def catalogues(root: Path) -> dict[str, dict[str, str]]:
    folder = root / PANEL / "translations"
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


@pytest.fixture(scope="session")
def code(root: Path) -> str:
    files = sorted((root / PANEL / "src").rglob("*.ts"))
    assert len(files) > 50
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_language_is_whole(catalogues: dict[str, dict[str, str]]) -> None:
    assert set(catalogues) >= {"en", "de"}
    english = catalogues["en"]
    assert len(english) > 300
    for language, texts in catalogues.items():
        assert list(texts) == list(english), language
        assert [key for key, text in texts.items() if not text.strip()] == [], language
        assert [key for key in english if placeholders(texts[key]) != placeholders(english[key])] == [], language


def test_every_plain_key_has_a_text(catalogues: dict[str, dict[str, str]], code: str) -> None:
    used = set(re.findall(r'translate\(\s*"([\w.]+)"', code))
    assert len(used) > 200
    known = {re.sub(r"\.(zero|one|other)$", "", key) for key in catalogues["en"]} | set(catalogues["en"])
    assert sorted(used - known) == []


def test_no_text_is_left_over(catalogues: dict[str, dict[str, str]], code: str) -> None:
    families = {f"{found}" for found in re.findall(r"`([a-z_]+(?:\.[a-z_]+)*)\.\$\{", code)}
    families |= {"stage", "stage_help", "unit", "inbox", "samples"}  # their first part is a variable
    families |= {"advice", "collision", "check", "end", "warning", "caution", "error"}  # see test_messages.py
    families |= {"satellite", "gate", "note"}  # likewise, of what is sent to satellites
    keys = {re.sub(r"\.(zero|one|other)$", "", key) for key in catalogues["en"]}
    left = {k for k in keys if f'"{k}"' not in code and not any(k.startswith(f"{f}.") for f in families)}
    left = {k for k in left if not re.search(rf"`{re.escape(k)}`", code) and k.removesuffix("_help") not in keys}
    left = {k for k in left if not k.startswith(("option.", "notice."))}  # of Supervisor's page and notifications
    assert sorted(left) == []


def test_every_known_data_set_has_a_text(root: Path, catalogues: dict[str, dict[str, str]]) -> None:
    packs = json.loads((root / "trainer/data/packs.json").read_text(encoding="utf-8"))
    names = {re.sub(r"_\d\d$", "", pack["name"]) for pack in packs}
    assert len(names) > 5
    texts = set(catalogues["en"])
    assert sorted(n for n in names if not {f"pack.{n}", f"pack.{n}.note"} <= texts) == []
    assert sorted(k for k in texts if k.startswith("pack.") and k.split(".")[1] not in names) == []


def test_the_options_texts_are_the_catalogues(root: Path, catalogues: dict[str, dict[str, str]]) -> None:
    spec = importlib.util.spec_from_file_location("option_texts", root / "script" / "option_texts.py")
    assert spec
    assert spec.loader
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    written = page.render_all()
    assert {path.stem for path in written} == set(catalogues)
    for path, text in written.items():
        assert path.read_text(encoding="utf-8") == text, "run script/document"
    for language, texts in catalogues.items():
        shown = yaml.safe_load((root / "translations" / f"{language}.yaml").read_text(encoding="utf-8"))
        assert shown["configuration"]["lan"] == {
            "name": texts["option.lan"], "description": f"{texts['option.lan_help']} {texts['option.lan_more']}",
        }  # fmt: skip
    options = {re.sub(r"_(help|more)$", "", k) for k in catalogues["en"] if k.startswith("option.")}
    assert options == {f"option.{name}" for name in SUPERVISED} | {"option.port.8098"}


def test_the_lock_pins_every_package_and_names_no_registry(root: Path) -> None:
    lock = json.loads((root / PANEL / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 50
    for name, entry in packages.items():
        assert "resolved" not in entry, name
        assert entry["integrity"].startswith("sha512-"), name
    wanted = json.loads((root / PANEL / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert {n: packages[f"node_modules/{n}"]["version"] for n in wanted} == wanted


def test_sources_stay_short(root: Path) -> None:
    lengths = {p: p.read_text(encoding="utf-8").count("\n") for p in (root / PANEL / "src").rglob("*.ts")}
    assert {path.name: n for path, n in lengths.items() if n > MOST_LINES} == {}


def test_weight(root: Path) -> None:
    built = root / "addon/web/static"
    if not (built / "index.html").is_file():
        pytest.skip("the panel is not built: script/panel")
    files = [p for p in built.rglob("*") if p.suffix in (".html", ".js", ".css")]
    assert files
    assert sum(len(gzip.compress(p.read_bytes())) for p in files) <= MOST_BYTES
