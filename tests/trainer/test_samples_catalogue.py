"""The catalogue of voices, from a server on this machine."""

import json
from collections.abc import Iterator
from functools import partial
from hashlib import md5
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from trainer.cli import main
from trainer.errors import DownloadError, VoiceError
from trainer.events import Failed, Finished, Progress, decode
from trainer.samples import voices as installed
from trainer.samples.catalogue import HOME_VARIABLE, fetch_catalogue, fetch_voice, read_catalogue

NAME = "xx_XX-two-low"
CONFIG = {
    "audio": {"sample_rate": 22050, "quality": "low"},
    "espeak": {"voice": "de"},
    "num_speakers": 2,
    "speaker_id_map": {"anna": 0, "bert": 1},
}
FILES = {
    f"{NAME}.onnx": b"model" * 999,
    f"{NAME}.onnx.json": json.dumps(CONFIG).encode(),
    "MODEL_CARD": b"# Model card\n\n* License: CC-BY-4.0\n",
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Serve a catalogue of one voice, and name the server in the environment."""
    root = tmp_path / "served"
    (root / "xx").mkdir(parents=True)
    for name, content in FILES.items():
        (root / "xx" / name).write_bytes(content)
    write_list(root)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(HOME_VARIABLE, f"http://127.0.0.1:{server.server_port}/")
    yield root
    server.shutdown()
    server.server_close()


def write_list(root: Path, name: str = NAME, **changes: Any) -> None:
    promises = {
        f"xx/{file}": {"size_bytes": len(content), "md5_digest": md5(content).hexdigest()}
        for file, content in FILES.items()
    }
    entry = {"language": {"code": "xx_XX"}, "quality": "low", "num_speakers": 2, "files": promises | changes}
    (root / "voices.json").write_text(json.dumps({name: entry}))


def test_a_voice_comes_whole_and_is_installed(served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = fetch_voice(NAME, folder=tmp_path / "here")
    assert model.read_bytes() == FILES[f"{NAME}.onnx"]
    monkeypatch.setattr(installed, "voices_folder", lambda: tmp_path / "here")
    found = {v.name: v for v in installed.every_voice() if v.path == model}
    assert set(found) == {f"piper:{NAME}/anna", f"piper:{NAME}/bert"}
    bert = found[f"piper:{NAME}/bert"]
    assert (bert.speaker, bert.language, bert.licence, bert.quality) == (1, "de", "CC-BY-4.0", "low")


def test_the_list_tells_size_and_speakers(served: Path, tmp_path: Path) -> None:
    voice = read_catalogue(fetch_catalogue(folder=tmp_path))[NAME]
    assert voice.speakers == 2
    assert voice.language == "xx_XX"
    assert voice.size == sum(map(len, FILES.values()))
    assert voice.files[-1].path.endswith(".onnx")


def test_what_is_not_as_promised_does_not_stay(served: Path, tmp_path: Path) -> None:
    model = FILES[f"{NAME}.onnx"]
    write_list(served, **{f"xx/{NAME}.onnx": {"size_bytes": len(model), "md5_digest": "0" * 32}})
    with pytest.raises(DownloadError) as failed:
        fetch_voice(NAME, folder=tmp_path)
    assert failed.value.code == "wrong_checksum"
    assert not list(tmp_path.glob("*.onnx"))


def test_an_unknown_voice_names_its_neighbours(served: Path, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="no 'xx_XX-too-low'") as failed:
        fetch_voice("xx_XX-too-low", folder=tmp_path)
    assert NAME in failed.value.hint


def test_an_older_list_serves_where_there_is_no_network(served: Path, tmp_path: Path) -> None:
    fetch_catalogue(folder=tmp_path)
    (served / "voices.json").unlink()
    assert NAME in read_catalogue(fetch_catalogue(folder=tmp_path))
    with pytest.raises(DownloadError):
        fetch_catalogue(folder=tmp_path / "elsewhere")


def test_a_newer_list_replaces_the_old(served: Path, tmp_path: Path) -> None:
    fetch_catalogue(folder=tmp_path)
    write_list(served, name="xx_XX-new-low")
    assert set(read_catalogue(fetch_catalogue(folder=tmp_path))) == {"xx_XX-new-low"}


@pytest.mark.parametrize("text", ["[]", "not json", '{"../up": {}}', '{"xx_XX-two-low": {"files": 3}}'])
def test_a_lying_list_is_refused_and_removed(text: str, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.json"
    path.write_text(text)
    with pytest.raises(DownloadError, match="not a catalogue"):
        read_catalogue(path)
    assert not path.exists()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["voices", *words])
    return code, capsys.readouterr().out


def test_the_command_tells_licences_and_progress(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home/wakesmith/voices"
    row = json.loads(run(capsys, "catalogue", "--json")[1])[0]
    assert (row["licence"], row["here"], row["language"], row["speakers"]) == ("", False, "xx_XX", 2)
    row = json.loads(run(capsys, "catalogue", "--json", "--language", "xx_XX")[1])[0]
    assert (row["licence"], row["here"]) == ("CC-BY-4.0", False)
    assert row["size"] == sum(map(len, FILES.values()))

    code, told = run(capsys, "fetch", NAME, "--json")
    *progress, last = map(decode, told.splitlines())
    assert (code, last) == (0, Finished(str(folder / f"{NAME}.onnx")))
    assert {type(event) for event in progress} == {Progress}
    assert (progress[-1].done, progress[-1].total) == (row["size"], row["size"])
    assert json.loads(run(capsys, "catalogue", "--json")[1])[0]["here"]
    assert run(capsys, "remove", NAME)[0] == 0
    assert [path.name for path in folder.iterdir()] == ["catalogue.json"]
    assert run(capsys, "remove", NAME)[0] == VoiceError.exit_code


def test_what_fails_is_told_as_an_event(
    served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    for words, wanted in ((("fetch", "nobody"), "unknown_voice"), (("catalogue", "--language", "yy"), "no_voice")):
        code, told = run(capsys, *words, "--json")
        failed = decode(told)
        assert isinstance(failed, Failed)
        assert (code, failed.code) == (VoiceError.exit_code, wanted)
    (served / "voices.json").unlink()
    (tmp_path / "home/wakesmith/voices/catalogue.json").unlink()
    failed = decode(run(capsys, "catalogue", "--json")[1])
    assert isinstance(failed, Failed)
    assert failed.code == "http_status"
