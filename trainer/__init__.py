"""Wakesmith's trainer: from a phrase to a verified streaming wake word model."""
