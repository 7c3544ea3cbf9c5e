"""Clips to feature frames: augmentation, rooms, the microphone front end."""
