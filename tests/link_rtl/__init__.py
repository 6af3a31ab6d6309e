"""The link in gateware, from the pins of the virtual board."""
