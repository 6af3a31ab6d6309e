"""Neuron models in gateware."""
