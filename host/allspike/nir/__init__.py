"""Networks of the Neuromorphic Intermediate Representation (NIR): docs/nir.md."""
