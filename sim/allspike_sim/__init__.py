"""The gateware as a device: simulation behind the same interfaces as a board."""
