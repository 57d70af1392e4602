"""Claims decided: search proposes, a small kernel checks, phrases explain."""

from symgrad.proving.search import prove

__all__ = ["prove"]
