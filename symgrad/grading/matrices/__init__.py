"""Marking answers with vectors and matrices: shapes, order and transposes matter."""
