"""Inference: the only importer of llama_cpp and tiktoken; no Qt."""
