"""Why a login fails, found by trying every step of it in order.

from lakepass.doctor.examination import examine

report = examine()               # what the environment names
report = examine(lake)           # a Lakebase in use, which is left as it is
print("\n".join(report.lines()))
"""
