"""Modelled beside observed, and beside baselines."""
