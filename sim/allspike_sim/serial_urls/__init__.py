"""Handlers that pyserial finds for the URLs of this package: `allspike://...`, the virtual board."""
