"""The `wakesmith` command. Every subcommand is a file; heavy parts are imported when it runs."""

from trainer.cli.command import main

__all__ = ["main"]
