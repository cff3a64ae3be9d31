// Counts the cases of a report as a reader from npm sees them. Usage: node count.mjs FOLDER READER FILE…
// FOLDER is where the packages are installed. Prints what count.py prints. The reader `ctrf` is for CTRF files, which it
// holds against their published schema first; the others are for JUnit.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, reader, ...files] = process.argv.slice(2);
const resolve = (name) => createRequire(`${folder}/package.json`).resolve(name);
const load = (name) => import(pathToFileURL(resolve(name)).href);
const counts = { passed: 0, failed: 0, errors: 0, skipped: 0 };

async function ctrf(file) {
    const { default: Ajv } = await load("ajv");
    const { default: addFormats } = await load("ajv-formats");
    const ajv = (addFormats.default ?? addFormats)(new (Ajv.default ?? Ajv)({ strict: false, allErrors: true }));
    const validate = ajv.compile(JSON.parse(readFileSync(`${folder}/node_modules/ctrf/dist/ctrf-schema-0.0.json`, "utf8")));
    const report = JSON.parse(readFileSync(file, "utf8"));
    if (!validate(report)) throw new Error(`${file}: ${ajv.errorsText(validate.errors)}`);
    const { summary, tests } = report.results;
    for (const test of tests) counts[test.status === "other" ? "errors" : test.status] += 1;
    const told = [summary.tests, summary.passed, summary.failed, summary.other, summary.skipped];
    const counted = [tests.length, counts.passed, counts.failed, counts.errors, counts.skipped];
    if (told.join() !== counted.join()) throw new Error(`${file}: its summary says ${told}, its tests are ${counted}`);
}

async function fromJUnit(file) {
    const { convertJUnitToCTRFReport } = await load("junit-to-ctrf");
    const report = await convertJUnitToCTRFReport(file, { log: false });
    for (const test of report.results.tests) counts[test.status] += 1;
    counts.errors = null;
}

async function json(file) {
    const { parse } = await load("junit2json");
    for (const suite of (await parse(readFileSync(file, "utf8"))).testsuite) {
        for (const test of suite.testcase) {
            counts[test.failure ? "failed" : test.error ? "errors" : test.skipped ? "skipped" : "passed"] += 1;
        }
    }
}

const log = console.log;
console.log = console.error;
for (const file of files) await { ctrf, "junit-to-ctrf": fromJUnit, junit2json: json }[reader](file);
log(JSON.stringify(counts));
