"""The registers of the memory map in gateware."""
