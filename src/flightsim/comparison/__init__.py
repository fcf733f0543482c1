"""Scenarios side by side: bands, paired differences, changed lives; tables, figures and findings in words."""
