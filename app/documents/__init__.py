"""Text out of files that go with a message: no Qt, no network, strict limits."""
