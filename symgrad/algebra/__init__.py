"""Exact equality: normal forms and witnesses."""
