"""From clips to what the device's front end hears of them in a room: augmentation, rooms, noise, feature sets."""
