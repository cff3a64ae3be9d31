//! Fuzz properties against the reference, with and without mutants: generation, counterexamples, shrinking, and no
//! findings without a mutant.
//!
//! Most of these tests use the few rules of `fuzz/registry.rs` instead of those of the engine: their values are easier to
//! read.

#[path = "fuzz/fickle.rs"]
mod fickle;
#[path = "fuzz/registry.rs"]
mod registry;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;
#[path = "fuzz/support.rs"]
mod support;

use std::sync::Arc;

use generate::{Sampling, generate};
use registry::{REGISTRY, disagreeing};
use runner::schedule::schedule;
use spec::scenario::{Property, TestCase, TestKind};
use support::{Pack, PackFolder, Server, file, findings_of};

const DATES: &str = "fuzz/createCustomer/dateOfBirth::invalid-values-are-refused";
const GOOD_DATES: &str = "fuzz/updateCustomer/dateOfBirth::valid-values-are-accepted";

#[tokio::test(flavor = "multi_thread")]
async fn shrunk_counterexample_of_each_rule_is_reported() {
    let pack = Pack::with(&REGISTRY);
    let sampling = Sampling { seed: 7, cases: Some(40) };
    let server = Server::start(&pack, &["accepts-month-13", "accepts-april-31"], sampling).await;
    let record = server.run(pack.test(DATES)).await;
    assert_eq!(record.inconclusive, None);
    assert_eq!(
        findings_of(&record),
        [
            ("FMT-1".to_owned(), "dateOfBirth \"1900-13-01\" (month-thirteen) was accepted".to_owned()),
            ("FMT-1".to_owned(), "dateOfBirth \"1900-04-31\" (day-thirty-one-of-april) was accepted".to_owned()),
        ]
    );
    let fuzz = record.fuzz.expect("a property");
    assert_eq!((fuzz.cases, fuzz.discarded), (40, 0));
    assert!(fuzz.found.iter().all(|found| found.shrunk));
    assert_eq!(record.exchanges.len(), 2, "only exchanges of counterexamples are kept");
    assert!(record.requests > 40);
    assert!(server.environment.created.left().is_empty(), "resources of accepted values are deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_are_always_sent_and_reported_by_name() {
    let pack = Pack::with_examples(&REGISTRY);
    let test = pack.test(DATES);
    let examples = test.property().expect("a property").rules.iter().filter(|rule| rule.rule.is_example());
    let examples = examples.count();
    assert!(examples > 20, "{examples} examples");
    let server = Server::start(&pack, &["accepts-april-31"], Sampling { seed: 1, cases: Some(1) }).await;
    let record = server.run(test).await;
    let found = findings_of(&record);
    let expected = "dateOfBirth \"1990-04-31\" (example april-31) was accepted";
    assert!(found.contains(&("FMT-1".to_owned(), expected.to_owned())), "{found:?}");
    assert!(found.iter().all(|(_, message)| message.contains("(example ")), "{found:?}");
    assert_eq!(record.fuzz.expect("a property").cases, examples + 1, "examples do not count as generated cases");
}

#[tokio::test(flavor = "multi_thread")]
async fn reference_without_mutants_has_no_findings() {
    let pack = Pack::with(&REGISTRY);
    for seed in 0..3 {
        let server = Server::start(&pack, &[], Sampling { seed, cases: Some(30) }).await;
        for test in pack.properties() {
            let record = server.run(test).await;
            assert_eq!(
                (findings_of(&record), record.inconclusive),
                (Vec::new(), None),
                "{} with seed {seed}",
                test.name
            );
            assert!(record.fuzz.is_some_and(|fuzz| fuzz.cases > 0), "{}", test.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn server_error_violates_the_clause_about_server_errors() {
    let pack = Pack::with(&REGISTRY);
    let server = Server::start(&pack, &["day-zero-500"], Sampling::default()).await;
    let record = server.run(pack.test(DATES)).await;
    let expected = ("FMT-5".to_owned(), "dateOfBirth \"1900-01-00\" (day-zero) caused a server error".to_owned());
    assert_eq!(findings_of(&record), [expected]);
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_valid_value_is_a_violation() {
    let pack = Pack::with(&REGISTRY);
    let server = Server::start(&pack, &["rejects-new-years-eve"], Sampling { seed: 1, cases: Some(400) }).await;
    let record = server.run(pack.test(GOOD_DATES)).await;
    let expected = ("FMT-1".to_owned(), "dateOfBirth \"1900-12-31\" (last-of-december) was refused".to_owned());
    assert_eq!(findings_of(&record), [expected]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_that_the_oracle_rejects_is_inconclusive() {
    let pack = Pack::with(&disagreeing());
    let server = Server::start(&pack, &[], Sampling::default()).await;
    let record = server.run(pack.test(DATES)).await;
    let reason = record.inconclusive.expect("no verdict");
    assert!(reason.contains("the oracle rejected"), "{reason}");
    assert!(record.findings.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn counterexamples_are_saved_as_scenarios() {
    let pack = Pack::with(&REGISTRY);
    let server = Server::start(&pack, &["accepts-slashes", "nul-500"], Sampling { seed: 3, cases: Some(60) }).await;
    let names = [DATES, "fuzz/updateCustomer/lastName::unusual-values-are-handled"];
    let mut files = Vec::new();
    for name in names {
        let record = server.run(pack.test(name)).await;
        let found = record.fuzz.expect("a property").found;
        assert_eq!(found.len(), 1, "{name}");
        files.push(file(&pack, name, &found[0]));
    }
    assert_eq!(files[0].0, "createCustomer-dateOfBirth-slashes");
    assert!(files[0].1.contains("with: { dateOfBirth: \"1900/01/01\" }"), "{}", files[0].1);
    assert!(files[1].1.contains("with: { lastName: \"\\x00\" }"), "{}", files[1].1);

    let folder = PackFolder::new(&files);
    let library = folder.library(&pack);
    let kept: Vec<&TestCase> = library.tests.iter().filter(|test| test.first).collect();
    assert_eq!(kept.len(), 2);
    let without_mutants = Server::start(&pack, &[], Sampling::default()).await;
    for test in kept {
        assert!(
            !server.run(test).await.findings.is_empty(),
            "{} does not fail on the server where it was found",
            test.name
        );
        let record = without_mutants.run(test).await;
        assert_eq!((findings_of(&record), record.inconclusive), (Vec::new(), None), "{}", test.name);
    }
    let planned = schedule(&pack.contract, &without_mutants.environment.target, library.tests.clone(), None);
    assert!(planned[..2].iter().all(|planned| planned.test.first), "they run first");
}

#[tokio::test(flavor = "multi_thread")]
async fn same_seed_finds_the_same_at_any_concurrency() {
    let pack = Pack::with(&REGISTRY);
    let mut seen = Vec::new();
    for in_flight in [1, 3, 16] {
        let sampling = Sampling { seed: 11, cases: Some(50) };
        let server = Server::start(&pack, &["update-skips-date-check"], sampling).await;
        let test = pack.test("fuzz/updateCustomer/dateOfBirth::invalid-values-are-refused");
        let property = test.property().expect("a property").as_ref().clone();
        let test = TestCase { kind: TestKind::Property(Arc::new(Property { in_flight, ..property })), ..test.clone() };
        let record = server.run(&test).await;
        let found = record.fuzz.as_ref().expect("a property").found.iter();
        seen.push((findings_of(&record), found.map(|found| (found.case, found.input.clone())).collect::<Vec<_>>()));
    }
    assert!(seen[0].0.len() > 2, "{seen:?}");
    assert!(seen.iter().all(|other| *other == seen[0]), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_seeds_generate_other_values() {
    let pack = Pack::with(&REGISTRY);
    let property = pack.test(GOOD_DATES).property().expect("a property");
    let rules: Vec<_> = property.rules.iter().map(|rule| &rule.rule).collect();
    let generated = |seed, cases| {
        let sample = generate(GOOD_DATES, &rules, Sampling { seed, cases: Some(cases) }, |_, _| true);
        sample.cases.into_iter().map(|generated| generated.input).collect::<Vec<_>>()
    };
    assert_eq!(generated(1, 20), generated(1, 20));
    assert_eq!(generated(1, 20), generated(1, 30)[..20], "more cases change none of the first");
    assert_ne!(generated(1, 20), generated(2, 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_that_cannot_be_repeated_is_flaky() {
    let pack = Pack::with(&REGISTRY);
    let sampling = Sampling { seed: 1, cases: Some(8) };
    let server = Server::at(&pack, fickle::start(8).await, sampling).await;
    let record = server.run(pack.test(DATES)).await;
    let reason = record.inconclusive.as_deref().expect("no verdict");
    assert!(record.flaky && reason.starts_with("flaky: dateOfBirth "), "{reason}");
    let shown: Vec<usize> = record.attempts.iter().flat_map(|attempt| attempt.exchanges.clone()).collect();
    assert!(shown.iter().any(|at| record.exchanges[*at].response().is_some_and(|response| response.is_success())));
    assert!(record.findings.iter().all(|finding| finding.clause != "FMT-1"), "{:?}", findings_of(&record));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_first_ten_counterexamples_are_shrunk() {
    let pack = Pack::with(&generate::REGISTRY);
    let server = Server::start(&pack, &["update-skips-date-check"], Sampling::default()).await;
    let record = server.run(pack.test("fuzz/updateCustomer/dateOfBirth::invalid-values-are-refused")).await;
    let found = record.fuzz.as_ref().expect("a property").found.clone();
    assert!(found.len() > 10);
    assert_eq!(found.iter().filter(|found| found.shrunk).count(), 10);
    let as_generated = findings_of(&record).iter().filter(|(_, message)| message.ends_with("not shrunk)")).count();
    assert_eq!(as_generated, found.len() - 10);
}

/// The rows of a table of postal codes: country and pattern.
fn postal_table(path: &str) -> std::collections::BTreeMap<String, String> {
    let path = shared::path(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let cells = rows.filter_map(|line| line.split_once('\t'));
    cells.map(|(country, rest)| (country.to_owned(), rest.split('\t').next().unwrap_or_default().to_owned())).collect()
}

#[test]
fn reference_and_oracle_take_postal_codes_from_different_sources() {
    let mut reference = postal_table("../reference/data/postal_geonames.tsv");
    reference.extend(postal_table("../reference/data/postal_own.tsv"));
    assert!(reference.len() > 180, "{} patterns", reference.len());
    for (source, fewest) in [("postal_cldr.tsv", 150), ("postal_google.tsv", 170)] {
        let oracle = postal_table(&format!("../generate/src/data/{source}"));
        let equal: Vec<&String> =
            oracle.iter().filter(|row| reference.get(row.0) == Some(row.1)).map(|row| row.1).collect();
        println!("{source}: {} of {} patterns differ from the reference's", oracle.len() - equal.len(), oracle.len());
        assert!(oracle.len() - equal.len() >= fewest, "{source}: {equal:?}");
        // If a territory has a single code, every source has the same pattern.
        assert!(equal.iter().all(|pattern| !pattern.contains(['\\', '['])), "{source}: {equal:?}");
    }
}
