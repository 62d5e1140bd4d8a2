"""Lumbre: private chat with gpt-oss on an ordinary computer."""

__version__ = "0.1.0"
