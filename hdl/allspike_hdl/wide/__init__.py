"""The wide datapath: neurons, synapses, learning and the steps that tie them together."""
