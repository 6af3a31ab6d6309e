"""The commands: `allspike boards`, `build`, `flash` and `fit`."""
