"""The painted conversation."""
