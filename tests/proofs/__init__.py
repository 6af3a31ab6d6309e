"""Proofs: what holds of the gateware in all that can happen, found by SymbiYosys.

Each file has a part of the gateware in a harness, which says in Amaranth what is assumed and what is claimed,
and the list of its proofs. `make proofs` runs all of them, and with each the gateware broken on purpose.
"""
