"""From the library to where satellites look: the gate, the files, the YAML of devices, the way back."""
