"""`make deploy-rehearsal`: the shop deployed to a stand-in of Databricks Apps on this machine."""
