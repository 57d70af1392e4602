"""One tree interpreter over many kinds of number."""
