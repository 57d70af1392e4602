"""Numbers for a chain, and what the number format did to them."""
