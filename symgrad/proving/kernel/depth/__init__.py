"""Chains and products of symbolic length: the loop, integer letters, families, normal forms of products."""
