"""One writer a notation: plain, LaTeX, Unicode."""
