"""The measurement of the app runs and prints what it promises."""

import pytest

from bench import service

pytestmark = [pytest.mark.slow, pytest.mark.voices]


def test_it_measures_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    service.main(["--rounds", "1", "--starts", "1", "--seconds", "1"])
    told = capsys.readouterr().out
    for row in ("first byte of the panel", "memory when idle", "event latency", "advise: others", "preflight: the"):
        assert row in told, row
    assert "2000 of 2000" in told, "no event is lost on a listener that keeps up"
