"""Readers of input and writers of results."""
