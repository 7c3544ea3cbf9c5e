"""A trainer that lets every model pass at once: verify, external, compare. $SCRIPTED_VERDICT decides a comparison."""

import json
import os
import shutil
import sys
from pathlib import Path

RIVALS = {"wins": (60, 40), "loses": (40, 60), "equal": (50, 50), "undecided": (5, 5)}


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")


def main(words: list[str]) -> int:
    models = [Path(word) for word in words[words.index("--") + 1 :]]
    if words[0] == "verify":
        tell(json.dumps({"model": str(models[0]), "checks": [{"name": "readable", "passed": True, "message": "ok"}]}))
    elif words[0] == "external":
        folder = Path(words[words.index("--out") + 1])
        shutil.copy(models[0], folder)
        manifest = json.loads(models[0].with_suffix(".json").read_text())
        manifest["micro"]["probability_cutoff"] = 0.7
        (folder / f"{models[0].stem}.json").write_text(json.dumps(manifest))
    else:
        verdict = os.environ["SCRIPTED_VERDICT"]
        if log := os.environ.get("SCRIPTED_LOG"):
            heard = {words[i]: sorted(p.name for p in Path(words[i + 1]).iterdir())
                     for i, word in enumerate(words) if word in ("--positives", "--negatives")}  # fmt: skip
            runs = [Path(words[i + 1]).name for i, word in enumerate(words) if word == "--run"]
            with Path(log).open("a") as file:
                file.write(json.dumps({"heard": heard, "runs": runs, "models": [m.stem for m in models]}) + "\n")
        new, old = ({"model": "m", "found": n, "only": 0, "accepts": 1, "only_accepts": 0} for n in RIVALS[verdict])
        tell(json.dumps({"verdict": verdict, "challenger": new, "champion": old, "clips": 70, "hours": 0.5,
                          "p": 0.01, "p_accepts": 1.0, "rejections": []}))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
