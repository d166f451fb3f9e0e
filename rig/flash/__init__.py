"""Disks written for real drives, each sector held against the image."""
