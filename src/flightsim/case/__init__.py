"""Case folders: read, checked, built into a world."""
