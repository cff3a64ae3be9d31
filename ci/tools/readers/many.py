"""Makes a large run of small ones. Usage: many.py COUNT OUT.json REPORT.json…

The tests of the reports are repeated under names of their own until there are COUNT. What follows from them (counts,
clauses, codes) is left as it is in the first report: `conformance merge OUT.json` judges it anew.
"""

import copy
import hashlib
import itertools
import json
import sys

count, out, *reports = sys.argv[1:]
read = []
for path in reports:
    with open(path, encoding="utf-8") as file:
        read.append(json.load(file))
whole = read[0]
source = [test for report in read for test in report["tests"] if not test["name"].startswith("deviations::")]
whole["tests"] = []
for number, test in zip(range(int(count)), itertools.cycle(source)):
    test = copy.copy(test)
    test["name"] += f"/copy-{number // len(source)}-{number % len(source)}"
    test["deviations"] = []
    whole["tests"].append(test)
names = sorted(test["name"] for test in whole["tests"])
extent = {
    "tests": len(names),
    "hash": hashlib.sha256("".join(f"{name}\n" for name in names).encode()).hexdigest(),
}
whole["manifest"] |= {"shard": None, "byTest": False, "whole": extent, "part": extent, "deviationMatches": []}
whole["deviations"] = []
with open(out, "w", encoding="utf-8") as file:
    json.dump(whole, file)
