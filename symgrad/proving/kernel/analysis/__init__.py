"""Functions of one variable all over a line: balls on short intervals, germs at its ends, exact constants."""
