"""An interactive session around one chain."""
