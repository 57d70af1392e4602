"""Claim and assumptions -> Proof; tactics search, a small kernel re-checks."""
