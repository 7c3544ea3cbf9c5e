"""The model to numbers: the device twin, calibration, conditions, the report."""
