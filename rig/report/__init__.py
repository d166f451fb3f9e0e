"""Reports of a run: views of its record, and of what changed since an earlier one. Nothing here judges anew."""
