"""What a scenario changes in the course of events."""
