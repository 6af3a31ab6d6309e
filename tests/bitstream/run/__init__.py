"""Bitstreams, run: what `allspike build` made is unpacked, and simulated from pin to pin."""
