"""Read arguments, call the face, print, exit code."""
