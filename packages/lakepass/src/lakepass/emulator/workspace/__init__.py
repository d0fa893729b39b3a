"""The workspace over HTTP: sign-in, own identity, tokens, secrets, apps, and both APIs of Lakebase.

`app` assembles the parts and identifies the caller; `api` is what all of them share. Source of paths
and bodies: the `databricks-sdk` package (service/*.py, oauth.py); of sample responses and errors:
github.com/databricks/cli (libs/testserver, acceptance).
"""
