"""From files and overrides to one checked configuration."""
