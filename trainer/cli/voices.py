"""`wakesmith voices`: which voices can speak, and how to get more."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

from trainer.cli.printing import megabytes, write, write_table
from trainer.cli.watchers import PlainView, failures_as_events, write_json
from trainer.errors import VoiceError
from trainer.events import Finished

if TYPE_CHECKING:
    from trainer.samples.catalogue import CatalogueVoice


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("voices", parents=[common], help="list voices, or fetch more")
    parser.set_defaults(run=list_voices)
    actions = parser.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", parents=[common], help="what is installed (the default)")
    listing.set_defaults(run=list_voices)
    every = actions.add_parser("catalogue", parents=[common], help="what Piper's catalogue has, with size")
    every.add_argument("--language", metavar="CODE", help="only voices of it, such as de_DE, with their licences")
    every.add_argument("--json", action="store_true", help="write them to stdout as JSON")
    every.set_defaults(run=list_catalogue)
    fetch = actions.add_parser(
        "fetch", aliases=["get"], parents=[common], help="download voices of Piper's catalogue"
    )
    fetch.add_argument("names", nargs="+", metavar="NAME", help="such as en_US-libritts_r-medium")
    fetch.add_argument("--json", action="store_true", help="write one event a line to stdout, as a training does")
    fetch.set_defaults(run=fetch_voices)
    remove = actions.add_parser("remove", parents=[common], help="remove voices that were fetched")
    remove.add_argument("names", nargs="+", metavar="NAME")
    remove.set_defaults(run=remove_voices)


def list_voices(_args: argparse.Namespace) -> int:
    """Write a line for each voice that can speak."""
    from trainer.samples.voices import every_voice, kokoro_absence

    voices = every_voice()
    write_table(
        [("voice", "language", "licence", "source"), *((v.name, v.language, v.licence, v.source) for v in voices)]
    )
    write(f"\n{len(voices)} voices")
    if absence := kokoro_absence():
        write(f"{absence}. Try: script/setup --voices")
    return 0


def list_catalogue(args: argparse.Namespace) -> int:
    """Write a line for each voice of Piper's catalogue, or the rows that the app reads."""
    with failures_as_events(args.json):
        voices = _read_catalogue(args.language)
    if args.json:
        write(json.dumps([_row(voice) for voice in voices], ensure_ascii=False, indent=1))
        return 0
    rows = [(v.name, v.language, str(v.speakers), megabytes(v.size), _licence(v)) for v in voices]
    write_table([("voice", "language", "speakers", "size", "licence"), *rows])
    return 0


def fetch_voices(args: argparse.Namespace) -> int:
    """Fetch voices by name."""
    from trainer.samples.catalogue import fetch_voice

    if args.json:
        with failures_as_events():
            for name in args.names:
                model = fetch_voice(name, write_json)
        write_json(Finished(str(model)))
        return 0
    for name in args.names:
        write(str(fetch_voice(name, PlainView(sys.stderr))))
    return 0


def remove_voices(args: argparse.Namespace) -> int:
    """Remove fetched voices by name."""
    from trainer.samples.catalogue import remove_voice

    for name in args.names:
        remove_voice(name)
    return 0


def _read_catalogue(language: str | None) -> "list[CatalogueVoice]":
    """Return the catalogue's voices; those of one language with their cards."""
    from trainer.samples.catalogue import fetch_cards, fetch_catalogue, read_catalogue

    voices = list(read_catalogue(fetch_catalogue()).values())
    if language is None:
        return voices
    chosen = [voice for voice in voices if voice.language == language]
    if not chosen:
        known = ", ".join(sorted({voice.language for voice in voices}))
        raise VoiceError(f"the catalogue has no voice of {language!r}", hint=f"It has: {known}.", code="no_voice")
    fetch_cards(chosen)
    return chosen


def _row(voice: "CatalogueVoice") -> dict[str, object]:
    """Return a voice as a row among what can be downloaded."""
    from trainer.samples.voices import voices_folder

    return {
        "name": voice.name,
        "title": " ".join(voice.name.split("-")[1:]).replace("_", " ").title(),
        "kind": "voice",
        "language": voice.language,
        "speakers": voice.speakers,
        "licence": _licence(voice),
        "note": "",
        "size": voice.size,
        "here": (voices_folder() / f"{voice.name}.onnx").is_file(),
    }


def _licence(voice: "CatalogueVoice") -> str:
    """Return what the voice's card says; nothing where it has one that has not been fetched."""
    from trainer.samples.voices import read_licence, voices_folder

    card = voices_folder() / f"{voice.name}.MODEL_CARD"
    return read_licence(card.with_suffix(".onnx")) if card.is_file() or not voice.has_card else ""
