"""How the demo model of `instructor_ollama.embedded` is made; see README.md here."""
