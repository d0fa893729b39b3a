"""`make deploy`: the shop, its database and its secret deployed to a workspace by the Databricks CLI."""
