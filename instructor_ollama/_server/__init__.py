"""What Ollama's servers say when something is wrong."""
