"""How long a soul's program thinks: cycles a token over context, and what they go to. Proves nothing: see verify."""
