"""Reads JUnit files with readers from PyPI and holds their counts against the JSON report; see check.sh."""

import contextlib
import io
import json
import sys
from collections import Counter

import test_results_parser
from junitparser import Error, Failure, JUnitXml, Skipped

OURS = {"passed": "passed", "warned": "passed", "skipped": "skipped", "failed": "failure", "inconclusive": "error"}
# What a reader that knows fewer words makes of ours.
CODECOV = {"pass": "passed", "skip": "skipped", "failure": "failure", "error": "error"}
TESTRAIL = {1: "passed", 4: "skipped", 5: "failure"}


def of_json(path):
    with open(path, encoding="utf-8") as file:
        return Counter(OURS[trial["verdict"]] for trial in json.load(file)["trials"])


def of_junitparser(path):
    counts = Counter()
    for suite in JUnitXml.fromfile(path):
        for case in suite:
            kinds = {Failure: "failure", Error: "error", Skipped: "skipped"}
            results = [kinds[type(result)] for result in case.result]
            assert len(results) < 2, f"{case.name}: {results}"
            counts[results[0] if results else "passed"] += 1
    return counts


def of_codecov(path):
    with open(path, "rb") as file:
        read = test_results_parser.parse_junit_xml(file.read())
    runs = read.testruns if hasattr(read, "testruns") else read
    return Counter(CODECOV[str(run.outcome).split(".")[-1].lower()] for run in runs)


def of_testrail(path):
    # It tells each section on its own output.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        from trcli.cli import Environment
        from trcli.readers.junit_xml import JunitParser

        environment = Environment(cmd="parse_junit")
        environment.file = path
        environment.case_matcher = "auto"
        environment.special_parser = None
        suites = JunitParser(environment).parse_file()
    counts = Counter()
    for suite in suites:
        for section in suite.testsections:
            counts.update(TESTRAIL[case.result.status_id] for case in section.testcases)
    return counts


def main(run, *files):
    truth = of_json(run)
    wrong = 0
    for path in files:
        for name, reader in [("junitparser", of_junitparser), ("Codecov", of_codecov), ("TestRail", of_testrail)]:
            counts, wanted = reader(path), truth
            if name == "TestRail":
                # It has one word for a failure and an error.
                wanted = truth + Counter()
                wanted["failure"] += wanted.pop("error", 0)
            if +counts != +wanted:
                wrong += 1
                print(f"{path}: {name} counts {dict(counts)}, the JSON has {dict(wanted)}", file=sys.stderr)
            else:
                print(f"{path}: {name} counts the same")
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:]))
