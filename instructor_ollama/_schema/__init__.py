"""From a type to the JSON Schema that Ollama's servers accept and enforce."""
