"""The compact core: one large memory of one port, and one of each operator, for the smallest chips."""
