"""The gateway: the Postgres login on the wire, then a pipe to the server."""
