"""One call: what is sent next, what follows from each reply, and the loop that drives it."""
