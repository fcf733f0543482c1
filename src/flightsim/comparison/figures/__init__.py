"""Pictures of a comparison, each drawn from the table that is published with it."""
