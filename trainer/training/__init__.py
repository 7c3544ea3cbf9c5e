"""Feature frames to weights: dense loss, sampling, schedule, checkpoints, mining, validation."""
