"""What the gateware does in how many clocks: `python -m tests.bench_core`."""
