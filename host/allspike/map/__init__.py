"""The memory map: what host and gateware have in common."""
