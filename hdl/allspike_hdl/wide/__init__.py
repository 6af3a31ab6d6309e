"""The core: neurons, synapses, learning and the steps that tie them together."""
