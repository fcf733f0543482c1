"""Whole files or none, and cells that no spreadsheet runs."""
