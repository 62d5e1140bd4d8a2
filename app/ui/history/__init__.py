"""The history in the window: search, care, export, import."""
