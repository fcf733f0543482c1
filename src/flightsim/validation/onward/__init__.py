"""Start from what was counted on a day and go on: the runs of an ensemble, weighted by the counts so far."""
