"""Named equations -> an append-only graph."""
