"""The rig: machines, channels, verification, records and the command line of soulrig."""
