"""Recordings from outside: folders of a user's own and declared public packs."""
