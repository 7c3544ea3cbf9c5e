"""Models, recordings and public data sets on disk."""
