//! `explain`: describes tests, clauses, error codes, checks and operations.

mod operation;

use std::process::ExitCode;
use std::sync::Arc;

use self::operation::explain_operation;
use super::loaded;
use super::reproduce;
use crate::flags::PackArgs;
use crate::run::{Abort, usage};
use judge::check::{CHECKS, DELIVERY_CHECKS};
use judge::finding::EXPECTATION;
use judge::target::variable;
use report::output;
use spec::contract::{Clause, Contract, ErrorCode, Retry};
use spec::scenario::plan::Repetition;
use spec::scenario::{Action, Burst, Call, Expectation, Library, Property, PropertyRule, Step, TestCase};
use spec::source::suggestion;

/// Prints a description of a test, a clause, an error code, a check or an operation; without a name, of all checks.
pub fn explain(name: Option<&str>, pack: &PackArgs) -> Result<ExitCode, Abort> {
    let (contract, library) = loaded(pack)?;
    let Some(name) = name else {
        output::out(&explain_checks(&contract));
        return Ok(ExitCode::SUCCESS);
    };
    let text = contract
        .clause(name)
        .map(|clause| explain_clause(clause, &contract, &library))
        .or_else(|| contract.catalog.code(name).map(|entry| explain_code(entry, &contract, &library)))
        .or_else(|| explain_check(name, &contract, &library))
        .or_else(|| contract.operation(name).map(|operation| explain_operation(operation, &contract, &library)))
        .or_else(|| library.tests.iter().find(|test| *test.name == *name).map(|test| explain_test(test, &contract)));
    if let Some(text) = text {
        output::out(&text);
        return Ok(ExitCode::SUCCESS);
    }
    let known: Vec<String> = contract
        .clauses
        .iter()
        .map(|clause| clause.id.clone())
        .chain(contract.catalog.code_names())
        .chain(judge::check::names().into_iter().map(str::to_owned))
        .chain(contract.operations.iter().map(|operation| operation.id.clone()))
        .chain(library.tests.iter().map(|test| test.name.to_string()))
        .collect();
    let hint = suggestion(name, &known).unwrap_or_else(|| "`list` shows all tests".to_owned());
    Err(usage(format!("there is no test, clause, code, check or operation `{name}`: {hint}")))
}

/// All checks, and the clauses that name them.
fn explain_checks(contract: &Contract) -> String {
    let mut text = String::new();
    for name in judge::check::names() {
        let of_check = |clause: &&Clause| clause.checks.iter().any(|check| check == name);
        let clauses: Vec<&str> = contract.clauses.iter().filter(of_check).map(|clause| clause.id.as_str()).collect();
        let used = if clauses.is_empty() { "no clause of this pack".to_owned() } else { clauses.join(", ") };
        text.push_str(&format!("{name}\n  {}\n  named by {used}\n", statement(name).unwrap_or_default()));
    }
    text
}

/// The maximum number of example tests.
const NAMED: usize = 6;

fn explain_clause(clause: &Clause, contract: &Contract, library: &Library) -> String {
    let mut text =
        format!("{} ({})\n  {}\n  On the page: {}\n", clause.id, clause.level.as_str(), clause.says, clause.page);
    if let Some(reason) = &clause.excluded {
        text.push_str(&format!("  Not judged by this suite: {reason}\n"));
        return text;
    }
    for name in &clause.checks {
        text.push_str(&format!("  Judged by the check {name}: {}\n", statement(name).unwrap_or_default()));
    }
    let about: Vec<&TestCase> = library.tests.iter().filter(|test| test.clauses.contains(&clause.id)).collect();
    if !about.is_empty() {
        let names: Vec<&str> = about.iter().map(|test| test.name.as_ref()).collect();
        text.push_str(&format!("  Tests about it ({}):\n    {}\n", names.len(), names.join("\n    ")));
    }
    if !clause.checks.is_empty() {
        text.push_str(&format!(
            "  Every test with such a response or delivery checks it, including setup and cleanup. Examples:\n    {}\n",
            samples(library).join("\n    ")
        ));
    }
    if !clause.codes.is_empty() {
        text.push_str(&format!(
            "  Counts as upheld only if one of its tests observed {}.\n",
            clause.codes.join(" or ")
        ));
    }
    if let Some(test) = about.first().copied().or_else(|| first_refused(library)) {
        text.push_str(&by_hand(test, contract));
    }
    text
}

/// What a check asserts, and to what it applies.
fn statement(name: &str) -> Option<String> {
    let responses = CHECKS.iter().find(|check| check.name == name).map(|check| (check.statement, "on every exchange"));
    let deliveries = DELIVERY_CHECKS.iter().find(|check| check.name == name);
    let found = responses.or_else(|| deliveries.map(|check| (check.statement, "on every delivery to our endpoints")));
    found.map(|(statement, place)| format!("{statement}; {place}"))
}

/// Some tests that expect an error, from different files.
fn samples(library: &Library) -> Vec<&str> {
    let mut seen = std::collections::BTreeSet::new();
    let refused = library.tests.iter().filter(|test| is_refused(test));
    refused.filter(|test| seen.insert(&test.file)).map(|test| test.name.as_ref()).take(NAMED).collect()
}

fn first_refused(library: &Library) -> Option<&TestCase> {
    library.tests.iter().find(|test| is_refused(test))
}

fn is_refused(test: &TestCase) -> bool {
    test.steps.iter().any(|step| step.expectation().is_some_and(|expected| !expected.errors().is_empty()))
}

fn explain_code(entry: &ErrorCode, contract: &Contract, library: &Library) -> String {
    let status = entry.statuses_in_words().map_or_else(
        || "is never the code of a response; it appears in delivery logs only".to_owned(),
        |status| format!("comes with {status}"),
    );
    let retry = match entry.retry {
        Retry::Never => "the same request will fail again",
        Retry::Credential => "renew the credential, then try once more",
        Retry::AfterDelay => "try again after the delay in the response",
        Retry::Backoff => "try again with increasing delays",
    };
    let accepts = |expected: &Expectation| expected.errors().contains(&entry.code);
    let sampling = |property: &Arc<Property>| property.rules.iter().any(|rule| accepts(&rule.expect));
    let provokes = |test: &&TestCase| {
        test.steps.iter().filter_map(|step| step.expectation()).any(accepts) || test.property().is_some_and(sampling)
    };
    let tests: Vec<&TestCase> = library.tests.iter().filter(provokes).collect();
    let names: Vec<&str> = tests.iter().map(|test| test.name.as_ref()).collect();
    let excluded = entry.excluded.as_ref().map(|reason| format!("  No test can observe it: {reason}\n"));
    let excluded = excluded.unwrap_or_default();
    let mut text = format!(
        "{}\n  {}\n  It {status}. A client: {retry}.\n  On the page: {}\n{excluded}  Tests that provoke it ({}):\n    {}\n",
        entry.code,
        entry.means,
        entry.page,
        names.len(),
        names.join("\n    ")
    );
    if let Some(first) = tests.first() {
        text.push_str(&by_hand(first, contract));
    }
    text
}

fn explain_check(name: &str, contract: &Contract, library: &Library) -> Option<String> {
    let statement = statement(name)?;
    let clause = contract
        .clause_of_check(name)
        .map_or_else(|| "no clause of this contract".to_owned(), |clause| format!("{}: {}", clause.id, clause.says));
    Some(format!(
        "{name}\n  {statement}.\n  It judges {clause}\n  Its findings are reported under that clause in every test. Examples of tests that it judges:\n    {}\n",
        samples(library).join("\n    ")
    ))
}

fn explain_test(test: &TestCase, contract: &Contract) -> String {
    let mut text = format!("{}\n  {}\n  {}:{}\n", test.name, test.about, test.file, test.line);
    for id in test.clauses.iter() {
        if let Some(clause) = contract.clause(id) {
            let (level, says, page) = (clause.level.as_str(), &clause.says, &clause.page);
            text.push_str(&format!("  {id} ({level}): {says} On the page: {page}\n"));
        }
    }
    if !test.actors.is_empty() {
        let variables: Vec<String> = test.actors.iter().map(|actor| variable(actor)).collect();
        text.push_str(&format!(
            "  Needs: {}\n",
            variables.iter().chain(test.needs.iter()).cloned().collect::<Vec<_>>().join(", ")
        ));
    }
    for (index, step) in test.steps.iter().enumerate() {
        text.push_str(&format!("  {}. {}\n", index + 1, step_in_words(step, test)));
    }
    if let Some(property) = test.property() {
        text.push_str(&property_in_words(property, test));
    }
    text.push_str(&format!(
        "  An unmet expectation breaks {} ({EXPECTATION}). In addition, all checks judge every response.\n",
        expected_of(test).join(" or ")
    ));
    text.push_str(&by_hand(test, contract));
    text
}

/// The clauses that the expectations of a test are about.
fn expected_of(test: &TestCase) -> Vec<String> {
    if test.is_property() {
        return test.clauses.to_vec();
    }
    let mut clauses: Vec<String> = test.steps.iter().filter_map(|step| step.clause()).map(str::to_owned).collect();
    clauses.sort();
    clauses.dedup();
    clauses
}

/// Commands that repeat the test without this program.
fn by_hand(test: &TestCase, contract: &Contract) -> String {
    let mut text = format!("  With curl, as in {}:\n", test.name);
    for (index, (step, command)) in test.steps.iter().zip(reproduce::commands(test, contract)).enumerate() {
        match command {
            Some(command) => text.push_str(&format!("    {command}\n")),
            None => text.push_str(&format!("    # {}. {}\n", index + 1, step_in_words(step, test))),
        }
        for kept in reproduce::kept_by(step) {
            text.push_str(&format!("    # {kept}\n"));
        }
    }
    text
}

fn property_in_words(property: &Property, test: &TestCase) -> String {
    let mut text = format!(
        "  Then {} as {}, many times, with {} generated by these rules; --cases sets how often, --seed which values.\n",
        property.operation.id,
        property.actor,
        property.slot.name(),
    );
    let (examples, generated): (Vec<_>, Vec<_>) = property.rules.iter().partition(|rule| rule.rule.is_example());
    let line = |rule: &&PropertyRule| {
        format!("    {}  {}: {}\n", rule.rule.name, rule.clause, expectation_in_words(&rule.expect, test))
    };
    generated.iter().for_each(|rule| text.push_str(&line(rule)));
    if !examples.is_empty() {
        let from = property.rules.first().map_or("schema", |rule| rule.origin.name());
        let what = if from == "schema" { "limits of the schema" } else { "examples of schemas/formats.yaml" };
        text.push_str(&format!("  Before them, these {what} are sent, whatever --cases says:\n"));
        examples.iter().for_each(|rule| text.push_str(&line(rule)));
    }
    if let Some(clause) = &property.server_error {
        text.push_str(&format!("  With any rule, a server error breaks {clause}.\n"));
    }
    text
}

fn step_in_words(step: &Step, test: &TestCase) -> String {
    match &step.action {
        Action::Call(call) => call_in_words(call, test),
        Action::Wait(_) => "wait for the retry delay in the response".to_owned(),
        Action::Listen(listen) => {
            let responses: Vec<String> = listen.responses.iter().map(ToString::to_string).collect();
            format!(
                "our webhook endpoint responds with {} to deliveries that contain {}",
                responses.join(", then "),
                listen.body_contains.shown(&test.variables)
            )
        }
        Action::Await(wanted) => format!(
            "our webhook endpoint must receive each event that contains {} exactly {} time(s), with a valid signature and a current timestamp",
            wanted.body_contains.shown(&test.variables),
            wanted.attempts
        ),
    }
}

fn call_in_words(call: &Call, test: &TestCase) -> String {
    let operation = &call.operation;
    let actor = call.actor.as_deref().unwrap_or("an anonymous caller");
    let many = match call.repetition {
        Repetition::Burst(Burst { at_most, accepted: Some(accepted), .. }) => {
            format!(" {at_most} times at once, of which at most {accepted} may be accepted")
        }
        Repetition::Burst(burst) => format!(" up to {} times at once", burst.at_most),
        Repetition::Once | Repetition::Poll(_) => String::new(),
    };
    let called = format!("{} ({} {}) as {actor}{many}", operation.id, call.method, call.path_in_words());
    match call.expectation() {
        Some(expected) => format!("{called}; expected: {}", expectation_in_words(expected, test)),
        None => format!("{called}; it must succeed"),
    }
}

fn expectation_in_words(expected: &Expectation, test: &TestCase) -> String {
    let accepted = expected.accepted("success", String::clone);
    let statuses = expected.statuses.iter().map(|status| format!("status {status}"));
    let accepted: Vec<String> = accepted.into_iter().chain(statuses).collect();
    let field = expected.field.as_ref().map(|field| format!(" naming `{}`", field.shown(&test.variables)));
    let body: serde_json::Map<String, serde_json::Value> =
        expected.body.iter().map(|(pointer, value)| (pointer.source().to_owned(), value.source())).collect();
    let body = if body.is_empty() { String::new() } else { format!(" with {}", serde_json::json!(body)) };
    format!("{}{}{body}", accepted.join(" or "), field.unwrap_or_default())
}
