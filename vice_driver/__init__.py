"""Launches VICE and speaks its binary monitor. Usable by any C64 project, imports nothing of soulrig."""
