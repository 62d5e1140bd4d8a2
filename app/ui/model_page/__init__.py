"""The model page: what is on this computer, what can be fetched, what is on its way."""
