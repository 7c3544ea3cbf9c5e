"""What stands in the way of an edit."""

from addon.errors import AppError


class ConfigError(AppError):
    """A device's configuration cannot be edited, or cannot take a wake word."""

    status = 422
    code = "esphome_place"


def missing_file(file: str) -> ConfigError:
    """Return that there is no such file."""
    return ConfigError(
        f"{file} is not in ESPHome's folder.",
        "Look for the device in ESPHome.",
        code="esphome_missing",
        values={"file": file},
    )


def unsafe_edit(file: str) -> ConfigError:
    """Return that our own check of an edit failed."""
    return ConfigError(
        f"{file} is written in a way that cannot be edited safely.",
        "Add the model by hand, or write the file more simply.",
        code="esphome_place",
        values={"file": file},
    )


def fixed_packages(file: str) -> ConfigError:
    """Return that neither a list nor packages of the main file are its own."""
    return ConfigError(
        f"{file}: neither micro_wake_word nor packages can be added to, since they stand elsewhere.",
        "Write packages as keys or as a list in this file, then try again.",
        code="esphome_packages",
        values={"file": file},
    )


def wrong_chip(file: str, chip: str) -> ConfigError:
    """Return that the device is no ESP32."""
    return ConfigError(
        f"{file} is for a device with {chip}; wake words need an ESP32.",
        "Choose a voice satellite with an ESP32, best an ESP32-S3 with PSRAM.",
        code="esphome_chip",
        values={"file": file, "chip": chip},
    )


def no_microphone(file: str) -> ConfigError:
    """Return that the device cannot hear."""
    return ConfigError(
        f"{file} sets up no microphone: this device cannot hear.",
        "Choose a voice satellite, or set up its microphone in ESPHome first.",
        code="esphome_microphone",
        values={"file": file},
    )


def no_engine(file: str) -> ConfigError:
    """Return that nothing on the device listens for wake words."""
    return ConfigError(
        f"{file} does not listen for wake words on the device: it has no micro_wake_word.",
        "Set up micro_wake_word in ESPHome, which starts the voice assistant when it hears a word; then try again.",
        code="esphome_engine",
        values={"file": file},
    )


def no_list(file: str) -> ConfigError:
    """Return that ESPHome would drop one of two lists of models."""
    return ConfigError(
        f"{file}: what stands below models of micro_wake_word is no list.",
        "Write it as a list (- model: ...), then try again.",
        code="esphome_list",
        values={"file": file},
    )


def elsewhere(file: str, word: str) -> ConfigError:
    """Return that an included file names the word."""
    return ConfigError(
        f"{file} names a version of {word} already, and other devices may use that file.",
        "Take it out there, then try again.",
        code="esphome_elsewhere",
        values={"file": file, "word": word},
    )
