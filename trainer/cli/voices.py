"""`wakesmith voices`: which voices can speak, and how to get more."""

import argparse
import sys

from trainer.cli.printing import megabytes, write, write_table


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]", common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    parser = parts.add_parser("voices", parents=[common], help="list voices, or fetch more")
    parser.set_defaults(run=list_voices)
    actions = parser.add_subparsers(metavar="ACTION")
    listing = actions.add_parser("list", parents=[common], help="what is installed (the default)")
    listing.set_defaults(run=list_voices)
    every = actions.add_parser("catalogue", parents=[common], help="what Piper's catalogue has, with size")
    every.set_defaults(run=list_catalogue)
    fetch = actions.add_parser(
        "fetch", aliases=["get"], parents=[common], help="download voices of Piper's catalogue"
    )
    fetch.add_argument("names", nargs="+", metavar="NAME", help="such as en_US-libritts_r-medium")
    fetch.set_defaults(run=fetch_voices)


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


def list_catalogue(_args: argparse.Namespace) -> int:
    """Write a line for each voice of Piper's catalogue."""
    from trainer.samples.catalogue import fetch_catalogue, read_catalogue

    voices = read_catalogue(fetch_catalogue())
    rows = [(v.name, v.language, str(v.speakers), megabytes(v.size)) for v in voices.values()]
    write_table([("voice", "language", "speakers", "size"), *rows])
    return 0


def fetch_voices(args: argparse.Namespace) -> int:
    """Fetch voices by name."""
    from trainer.cli.watchers import PlainView
    from trainer.samples.catalogue import fetch_voice

    for name in args.names:
        write(str(fetch_voice(name, PlainView(sys.stderr))))
    return 0
