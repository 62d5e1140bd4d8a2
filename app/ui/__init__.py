"""Widgets, list models and controllers: GUI thread only."""
