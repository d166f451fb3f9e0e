"""How each kind of machine does what `soulrig.machine` says a machine can do, one module a kind."""
