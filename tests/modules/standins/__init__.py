"""Stand-ins for torch and its three frameworks of spiking neurons: the same names and attributes, in float64.

Each computes by the equations that its framework documents, one step of one sample at a time, so that what is
translated from its attributes can be held against what it does. They are written from the sources of
snnTorch 1.0.0, SpikingJelly 2.0.0 and Norse 1.1.0; `make torch` holds the same cases against the frameworks.
"""
