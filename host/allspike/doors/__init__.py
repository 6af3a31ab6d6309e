"""What users call a network, `allspike.Network`: a description with its ways to files and other programs."""
