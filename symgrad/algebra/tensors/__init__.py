"""Exact equality of expressions with vectors and matrices, by index notation: (A B)_ij = sum_k A_ik B_kj."""
