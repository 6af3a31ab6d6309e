"""Allspike: describe a spiking network, compile it, run it bit-exactly, read it back."""
