"""List models: the active path, the conversations, the model cards."""
