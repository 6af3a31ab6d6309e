"""The figures of docs/learning.md, measured again by `make learning`."""
