"""Patterns and formats as the schema converters of Ollama's servers read them."""
