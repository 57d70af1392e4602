"""Vectors and matrices: shapes of expressions, adjoint and Jacobian rules, and their check modulo a prime."""
