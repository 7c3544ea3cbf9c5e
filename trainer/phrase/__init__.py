"""Text to a plan: normalised phrase, language, id, pronunciations, near misses, advice."""
