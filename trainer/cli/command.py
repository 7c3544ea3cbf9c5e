"""The command line: parsing, and the one place where errors become exit codes."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from trainer import __version__
from trainer.cli import (
    compare,
    data,
    doctor,
    evaluate,
    export,
    external,
    gap,
    listen,
    serve,
    speakers,
    train,
    tune,
    verify,
    voices,
)
from trainer.cli.journal import LOG_FORMAT
from trainer.cli.stopping import Stop
from trainer.errors import Cancelled, WakesmithError

PARTS = (train, tune, evaluate, compare, gap, verify, export, external, voices, data, speakers, doctor, listen, serve)
EXIT_CODES = """\
exit codes:
  0    done
  1    an unexpected failure; the message names the log
  2    a choice is unknown or out of range
  3    the phrase cannot become a wake word
  4    recordings, a folder or a pack cannot be used
  5    a voice is missing or fails
  6    training cannot go on
  7    a model is refused by the gate, or cannot be read
  8    a download failed or is not what was promised
  9    disk, memory or processor do not suffice
  130  stopped by Ctrl-C; finished stages are kept
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        argv: the arguments after the program's name; by default the process's own.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    args = build_parser().parse_args(words, argparse.Namespace(words=words, stop=Stop()))
    _prepare(verbose=args.verbose)
    try:
        return int(args.run(args))
    except WakesmithError as error:
        tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        return Cancelled.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left: nothing more to say
        return 0
    except Exception as error:
        if args.stop.asked:
            return Cancelled.exit_code
        logging.getLogger(__name__).debug("unexpected", exc_info=True)
        tell(WakesmithError(f"unexpected {type(error).__name__}: {error}", hint="--verbose shows where."))
        return WakesmithError.exit_code


class Part(argparse.ArgumentParser):
    """The parser of one command: it answers for what it does not know with its own usage, not that of the whole."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse, and refuse what is left over."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all its parts."""
    parser = argparse.ArgumentParser(
        prog="wakesmith",
        description="From a typed phrase to a verified wake word model for ESPHome voice satellites.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"wakesmith {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--verbose", action="store_true", help="write debug messages to stderr")
    parts = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Part)
    for part in PARTS:
        part.add_parser(parts, common)
    return parser


def tell(error: WakesmithError) -> None:
    """Write an error and its advice to stderr."""
    text = f"wakesmith: {error.message}" + (f"\n{error.hint}" if error.hint else "")
    sys.stderr.write(text + "\n")


def _prepare(verbose: bool) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's greetings are not news
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.DEBUG if verbose else logging.WARNING)
    logging.basicConfig(handlers=[handler], level=handler.level, format=LOG_FORMAT)
