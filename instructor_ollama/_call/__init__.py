"""One call: the requests, what follows from each reply, and the retry loop."""
