"""Networks that are trained, and what 8 bits make of them: the figures of docs/training.md."""
