"""One module per driver, each an extra: it hands a live password to every new connection."""
