"""What `ci/nightly` does: a night's steps, what broke in which, and the pages that tell of all nights.

A step is a command that a person could type; nothing here knows how anything is tested.
"""
