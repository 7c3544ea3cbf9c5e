"""Wakesmith's trainer: from a phrase to a verified streaming wake word model."""

__version__ = "0.1.0"
