"""The workspace over HTTP: sign-in, who am I, tokens, secrets, apps, and the two APIs of Lakebase.

`app` puts the parts together and knows who asks; `api` is how all of them speak. Source of paths
and bodies: the `databricks-sdk` package (service/*.py, oauth.py); of sample answers and errors:
github.com/databricks/cli (libs/testserver, acceptance).
"""
