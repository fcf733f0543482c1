"""Households that stay or flee: state, rules, schedule."""
