"""`python -m instructor_ollama`: the command line."""

from .cli import main

raise SystemExit(main())
