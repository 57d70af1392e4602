"""The sections of a note; each decides from the chain alone whether and how it applies."""
