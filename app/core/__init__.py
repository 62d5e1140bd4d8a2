"""Values, rules and protocols: standard library only, no Qt, no I/O but the settings file."""
