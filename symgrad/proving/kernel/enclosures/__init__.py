"""What assumptions say of values: exact intervals, the ranges of functions, where a tree is defined."""
