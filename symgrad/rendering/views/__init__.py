"""Values as plain strings in one format: all that a template ever sees."""
