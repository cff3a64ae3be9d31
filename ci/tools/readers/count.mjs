// Counts the cases of a JUnit file as a reader from npm sees them. Usage: node count.mjs FOLDER READER FILE
// FOLDER is where the packages are installed. Prints what count.py prints.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, reader, file] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(createRequire(`${folder}/package.json`).resolve(name)).href);

async function ctrf() {
    const { convertJUnitToCTRFReport } = await load("junit-to-ctrf");
    const report = await convertJUnitToCTRFReport(file, { log: false });
    const counts = { passed: 0, failed: 0, errors: null, skipped: 0 };
    for (const test of report.results.tests) counts[test.status] += 1;
    return counts;
}

async function json() {
    const { parse } = await load("junit2json");
    const counts = { passed: 0, failed: 0, errors: 0, skipped: 0 };
    for (const suite of (await parse(readFileSync(file, "utf8"))).testsuite) {
        for (const test of suite.testcase) {
            counts[test.failure ? "failed" : test.error ? "errors" : test.skipped ? "skipped" : "passed"] += 1;
        }
    }
    return counts;
}

const log = console.log;
console.log = console.error;
const counts = await { "junit-to-ctrf": ctrf, junit2json: json }[reader]();
log(JSON.stringify(counts));
