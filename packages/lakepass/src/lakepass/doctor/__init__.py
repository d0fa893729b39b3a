"""Why a login fails, found by trying every step of it in order.

from lakepass.doctor.examination import examine

report = examine()               # what the environment names
report = examine(lake)           # an existing Lakebase, which is not changed
print("\n".join(report.lines()))
"""
