"""Words and sentences of a household, one file a language: what voices say around the phrase."""
