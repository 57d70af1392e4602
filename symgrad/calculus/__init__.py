"""Graph -> Derivation of Steps; replay and check."""
