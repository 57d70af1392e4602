"""Reading and writing mathematics: one grammar for LaTeX, Unicode, plain text and Python style."""
