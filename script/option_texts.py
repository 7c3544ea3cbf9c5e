"""The texts that are shown outside the panel, from its catalogue: translations/*.yaml, Supervisor's page of options,
and addon/homeassistant/texts/*.json, what Home Assistant's notifications say.

`option.NAME` names an option, `option.NAME_help` describes it in both places, and `option.NAME_more` says what holds
on Supervisor's page alone; `option.port.NUMBER` describes a port.
"""

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "addon" / "frontend" / "translations"
PAGES = ROOT / "translations"
NOTICES = ROOT / "addon" / "homeassistant" / "texts"
# The families of keys that notifications are made of.
SAID = ("notice.", "end.", "error.", "words.recall", "target.maybe_without")


class _Folded(str):
    """A text that is written as YAML's folded block."""


class _Dumper(yaml.SafeDumper):
    """Writes them so."""


_Dumper.add_representer(
    _Folded, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=">")
)


def render(texts: dict[str, str], config: dict[str, Any]) -> str:
    """Return the page of one language: a name and a description for every option, a line for every port."""
    options = {
        name: {
            "name": texts[f"option.{name}"],
            "description": _Folded(f"{texts[f'option.{name}_help']} {texts.get(f'option.{name}_more', '')}".rstrip()),
        }
        for name in config["schema"]
    }
    ports = {port: _Folded(texts[f"option.port.{port.partition('/')[0]}"]) for port in config["ports"]}
    page = {"configuration": options, "network": ports}
    written = yaml.dump(page, Dumper=_Dumper, allow_unicode=True, explicit_start=True, sort_keys=False, width=78)
    return f"# Written by script/document from addon/frontend/translations.\n{written}"


def render_notices(texts: dict[str, str]) -> str:
    """Return what notifications are made of, in one language."""
    said = {key: text for key, text in texts.items() if key.startswith(SAID)}
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def render_all() -> dict[Path, str]:
    """Return what each file shall hold."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    catalogues = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(CATALOGUE.glob("*.json"))}
    pages = {PAGES / f"{language}.yaml": render(texts, config) for language, texts in catalogues.items()}
    return pages | {NOTICES / f"{language}.json": render_notices(texts) for language, texts in catalogues.items()}


if __name__ == "__main__":
    for page, text in render_all().items():
        page.write_text(text, encoding="utf-8")
