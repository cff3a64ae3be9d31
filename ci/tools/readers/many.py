"""Makes a large run of small ones. Usage: many.py COUNT OUT.json REPORT.json…

The trials of the reports are repeated under names of their own until there are COUNT. What follows from them (counts,
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
source = [trial for report in read for trial in report["trials"] if not trial["name"].startswith("deviations::")]
whole["trials"] = []
for number, trial in zip(range(int(count)), itertools.cycle(source)):
    trial = copy.copy(trial)
    trial["name"] += f"/copy-{number // len(source)}-{number % len(source)}"
    trial["deviations"] = []
    whole["trials"].append(trial)
names = sorted(trial["name"] for trial in whole["trials"])
extent = {
    "trials": len(names),
    "hash": hashlib.sha256("".join(f"{name}\n" for name in names).encode()).hexdigest(),
}
whole["manifest"] |= {"shard": None, "byTrial": False, "whole": extent, "part": extent, "spokenOf": []}
whole["deviations"] = []
with open(out, "w", encoding="utf-8") as file:
    json.dump(whole, file)
