"""The emulator beside Brian2, NEST and SuperNeuroMAT: `python -m tests.bench`."""
