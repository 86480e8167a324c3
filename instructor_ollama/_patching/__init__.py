"""What the user touches: `patch`, `from_openai`, `ensure_context`, and the settings that they take."""
