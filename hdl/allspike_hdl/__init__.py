"""Allspike gateware: the core in Amaranth HDL."""
