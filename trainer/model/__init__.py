"""The streaming MixedNet: shape, weights, the dense training form, the streaming form, the manifest."""
