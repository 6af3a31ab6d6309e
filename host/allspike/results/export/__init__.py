"""Results for other people's tools: one module each, which imports its package when it is asked to."""
