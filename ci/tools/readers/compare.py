"""Holds what a reader counted against the JSON report. Usage: compare.py REPORT.json COUNTS"""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    summary = json.load(file)["summary"]
told = json.loads(sys.argv[2])
wanted = {
    "passed": summary["passed"] + summary["warned"],
    "failed": summary["failed"],
    "errors": summary["inconclusive"],
    "skipped": summary["skipped"],
}
if told["errors"] is None:
    wanted["failed"] += wanted["errors"]
    wanted["errors"] = None
if told != wanted:
    sys.exit(f"it counts {told}, and the JSON report has {wanted}")
print(", ".join(f"{count} {kind}" for kind, count in told.items() if count is not None))
