"""What all gateware is made of, each piece alone."""
