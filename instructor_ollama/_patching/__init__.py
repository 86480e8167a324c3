"""The public functions: `patch`, `from_openai`, `check`, `ensure_context`, and their settings."""
