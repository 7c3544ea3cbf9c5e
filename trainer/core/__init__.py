"""What every stage needs: audio files, ragged stores, folders, seeds, workers, the array module."""
