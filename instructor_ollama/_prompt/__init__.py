"""All text that is sent to a model."""
