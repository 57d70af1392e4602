"""The data that crosses rooms; frozen, printable, to and from JSON, without behaviour."""
