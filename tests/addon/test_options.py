"""Defaults, environment, Supervisor's file, flags: and whatever is wrong is named."""

import json
from pathlib import Path

import pytest

from addon.errors import Invalid
from addon.options import SUPERVISED, Options, load_options

NOWHERE = Path("/nonexistent/options.json")


def test_alone_it_listens_to_this_machine_only() -> None:
    options = load_options([], {"HOME": "/x"}, NOWHERE)
    assert (options.host, options.port, options.ingress, options.lan) == ("127.0.0.1", 8099, False, False)


def test_flags_come_after_the_environment() -> None:
    env = {"WAKESMITH_PORT": "1234", "WAKESMITH_LAN": "true", "WAKESMITH_DATA": "/somewhere", "WAKESMITH_PACKS": "/p"}
    options = load_options(["--port", "4321", "--no-lan"], env, NOWHERE)
    assert (options.port, options.lan, options.data) == (4321, False, Path("/somewhere"))


def test_under_supervisor(tmp_path: Path) -> None:
    file = tmp_path / "options.json"
    file.write_text(json.dumps({"log_level": "debug", "concurrent": 2, "lan": True, "lan_token": "x" * 20}))
    options = load_options([], {}, file)
    assert (options.data, options.ingress, options.host) == (tmp_path, True, "0.0.0.0")
    assert (options.log_level, options.concurrent, options.lan_token) == ("debug", 2, "x" * 20)
    assert "x" * 20 not in repr(options)


@pytest.mark.parametrize(
    ("argv", "env", "text", "named"),
    [
        (["--prot", "1"], {}, None, "--prot"),
        (["--por", "1"], {}, None, "--por"),
        (["--port", "x"], {}, None, "--port"),
        (["--port"], {}, None, "--port"),
        (["--port", "70000"], {}, None, "port"),
        (["--device", "tpu"], {}, None, "device"),
        ([], {"WAKESMITH_PROT": "1"}, None, "WAKESMITH_PROT"),
        ([], {"WAKESMITH_LAN": "perhaps"}, None, "WAKESMITH_LAN"),
        ([], {"WAKESMITH_LAN_TOKEN": "short"}, None, "lan_token"),
        ([], {"WAKESMITH_ASSISTANT_MINUTES": "nan"}, None, "assistant_minutes"),
        ([], {}, "{}}", "options.json"),
        ([], {}, "[]", "options.json"),
        ([], {}, '{"port": 1}', "port"),
        ([], {}, '{"concurrent": true}', "concurrent"),
        ([], {}, '{"concurrent": 9}', "concurrent"),
        ([], {}, '{"lan": "yes"}', "lan"),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, argv: list[str], env: dict[str, str], text: str | None, named: str
) -> None:
    file = tmp_path / "options.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(Invalid, match=named) as refused:
        load_options(argv, env, file)
    assert refused.value.code == "options"


def test_supervisors_options_are_options() -> None:
    assert set(SUPERVISED) <= set(Options.__dataclass_fields__)
