"""Notes of chains with vectors and matrices."""
