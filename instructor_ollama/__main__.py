"""`python -m instructor_ollama`: the command line."""

try:
    from .cli import main

    raise SystemExit(main())
except KeyboardInterrupt:  # while it is imported
    raise SystemExit(130) from None
