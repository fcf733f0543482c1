"""A Flee or FabFlee folder: read as Flee reads it, and made a case."""
