"""The plan to clips: voices speak it, recordings join it, every clip is checked and split."""
