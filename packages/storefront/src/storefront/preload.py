"""Imports all that a worker needs, in the process that all of them are forked from."""

import signal

from storefront import collector

# Ctrl-C reaches every process of a terminal; the one that starts workers ends the others.
signal.signal(signal.SIGINT, signal.SIG_IGN)

with collector.paused():
    import lakepass.databricks  # noqa: F401
    import storefront.serving  # noqa: F401

# Workers share the memory of what is never collected.
collector.keep_what_is_loaded()
