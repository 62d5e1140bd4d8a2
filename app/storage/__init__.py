"""Conversations on disk: the only importer of sqlite_utils and sqlcipher3; no Qt."""
