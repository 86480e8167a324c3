"""Server errors: how they are recognised and which exception they raise."""
