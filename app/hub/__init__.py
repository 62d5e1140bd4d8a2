"""Models from elsewhere: the only importer of huggingface_hub; no Qt."""
