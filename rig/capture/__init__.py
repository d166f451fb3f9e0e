"""Pictures and sound as evidence: what a person would see and hear, as data and files."""
