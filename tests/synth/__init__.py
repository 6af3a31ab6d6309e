"""What the core costs and how fast it clocks, by open tools alone: `python -m tests.synth`."""
