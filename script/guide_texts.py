"""The metric guide in the panel's English catalogue, from where it is written: trainer/evaluation/guide.py.

Entries that another language lacks are named; they are translated by hand.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from trainer.evaluation.guide import GUIDE, PATTERNS  # noqa: E402

CATALOGUE = ROOT / "addon" / "frontend" / "translations"
PARTS = {"guide": ("name", "meaning", "good", "remedy"), "pattern": ("name", "cause", "remedy")}


def make_texts() -> dict[str, str]:
    """Return the texts by key."""
    families = (("guide", GUIDE), ("pattern", PATTERNS))
    return {
        f"{family}.{entry.id}.{part}": getattr(entry, part)
        for family, entries in families
        for entry in entries
        for part in PARTS[family]
    }


def main() -> None:
    """Write them, and name what other languages lack."""
    texts = make_texts()
    for path in sorted(CATALOGUE.glob("*.json")):
        known = json.loads(path.read_text(encoding="utf-8"))
        kept = {
            key: text for key, text in known.items() if key in texts or not key.startswith(("guide.", "pattern."))
        }
        if path.stem == "en":
            kept |= texts
        elif lacking := sorted(texts.keys() - kept.keys()):
            print(f"{path.name} lacks {', '.join(lacking)}", file=sys.stderr)
        path.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
