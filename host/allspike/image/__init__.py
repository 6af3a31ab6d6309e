"""What is loaded into a device: every region, and the report of how it was compiled."""
