"""Counts the cases of JUnit files as a reader from PyPI sees them. Usage: count.py READER FILE…

Prints a JSON object with `passed`, `failed`, `errors` and `skipped`; null where the reader does not tell two apart, and
then `failed` has both.
"""

import contextlib
import json
import logging
import sys
from collections import Counter


def junitparser(path):
    import junitparser as reader

    def kind(case):
        found = {type(result) for result in case.result}
        for kind, name in ((reader.Failure, "failed"), (reader.Error, "errors"), (reader.Skipped, "skipped")):
            if kind in found:
                return name
        return "passed"

    return Counter(kind(case) for suite in reader.JUnitXml.fromfile(path) for case in suite), True


def codecov(path):
    import test_results_parser as reader

    with open(path, "rb") as file:
        runs = reader.parse_junit_xml(file.read()).testruns
    names = {"pass": "passed", "failure": "failed", "error": "errors", "skip": "skipped"}
    return Counter(names[str(run.outcome)] for run in runs), True


def trcli(path):
    # It greets and reports on standard output.
    with contextlib.redirect_stdout(sys.stderr):
        from trcli.cli import Environment
        from trcli.readers.junit_xml import JunitParser

        logging.disable(logging.CRITICAL)
        environment = Environment()
        environment.file, environment.case_matcher, environment.special_parser = path, "auto", None
        environment.params_from_config = {}
        suites = JunitParser(environment).parse_file()
    cases = [case for suite in suites for section in suite.testsections for case in section.testcases]
    names = {1: "passed", 4: "skipped", 5: "failed"}
    return Counter(names[case.result.status_id] for case in cases), False


name, *paths = sys.argv[1:]
counts, tells_errors = Counter(), True
for path in paths:
    more, tells_errors = {"junitparser": junitparser, "codecov": codecov, "trcli": trcli}[name](path)
    counts += more
total = {kind: counts[kind] for kind in ("passed", "failed", "errors", "skipped")}
if not tells_errors:
    total["errors"] = None
print(json.dumps(total))
