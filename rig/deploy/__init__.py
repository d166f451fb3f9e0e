"""Souls brought onto machines for good: placed, verified there, and remembered, with the way back."""
