"""Vectors and matrices entry by entry: sums of products with indices, exact coefficients, one form for each."""
