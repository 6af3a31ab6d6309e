"""What all gateware is made of: memories, pipelines, arithmetic."""
