"""What a user says: populations, projections, neurons, rules."""
