"""One module per driver, each an optional extra. Every new connection gets a valid password."""
