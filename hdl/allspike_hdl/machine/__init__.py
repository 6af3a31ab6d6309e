"""What every core has around its datapath: time, rings, the bus."""
