"""Vectors and matrices entry by entry: sums of products with indices, one form for each."""
