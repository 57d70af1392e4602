"""The best bound of a gradient: the peaks of its factors in groups, a proof, and where it is met."""
