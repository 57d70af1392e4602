"""The public face: thin classes around the values."""
