"""Weights to a streaming int8 TFLite model, and the gate that it must pass."""
