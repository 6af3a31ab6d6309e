"""A device behind the memory map: regions, runs, rings."""
