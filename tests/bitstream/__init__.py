"""Bitstreams, unpacked: what they say is read from them, and compared with what the board's file asks for."""
