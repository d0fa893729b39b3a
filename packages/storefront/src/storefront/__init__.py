"""Storefront: a fashion shop on Databricks Lakebase: pages, a JSON API, a catalogue and its import.

Folders are features (catalog, inventory, pictures); inside each, the same file names: models, queries,
service, pages, api. ``app.py`` wires them together and is the only place that knows them all.
"""

from importlib.metadata import version

__version__ = version("lakepass")  # the shop and the library ship as one distribution
