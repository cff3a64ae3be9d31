// Validates the CTRF report against its published schema, and counts what junit-to-ctrf makes of the JUnit
// file; see check.sh.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { convertJUnitToCTRFReport } from "junit-to-ctrf";

const [run, ctrf, ...junit] = process.argv.slice(2);
const json = (path) => JSON.parse(readFileSync(path, "utf8"));
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
const validate = ajv.compile(json(new URL("node_modules/ctrf/dist/ctrf-schema-0.0.json", import.meta.url)));
let wrong = 0;

function tell(file, reader, counts, truth) {
  const same = Object.keys(truth).every((name) => truth[name] === counts[name]);
  wrong += same ? 0 : 1;
  console[same ? "log" : "error"](`${file}: ${reader} counts ${same ? "the same" : JSON.stringify(counts) + ", the JSON has " + JSON.stringify(truth)}`);
}

const { passed, warned, skipped, failed, inconclusive } = json(run).summary;
const own = json(ctrf);
if (validate(own)) {
  console.log(`${ctrf}: valid`);
} else {
  wrong += 1;
  console.error(`${ctrf}: ${ajv.errorsText(validate.errors)}`);
}
tell(ctrf, "CTRF", own.results.summary, { tests: passed + warned + skipped + failed + inconclusive, passed: passed + warned, skipped, failed, other: inconclusive });
for (const file of junit) {
  const read = await convertJUnitToCTRFReport(file, { log: false });
  // It has one word for a failure and an error.
  tell(file, "junit-to-ctrf", read.results.summary, { passed: passed + warned, skipped, failed: failed + inconclusive });
  if (!validate(read)) console.log(`${file}: what junit-to-ctrf makes of it is not valid CTRF: ${ajv.errorsText(validate.errors)}`);
}
process.exit(wrong ? 1 : 0);
