"""What a machine shows of the tokens it makes, read on one channel a module."""
