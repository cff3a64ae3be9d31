//! The fixtures of a pack: the setup steps that scenarios and properties name.

use super::TestCase;
use super::compile::{At, Given};
use super::model::{Fixture, FixtureFile, Shared};
use crate::source::{Problems, SourceFile, suggestion};

#[derive(Default)]
pub(super) struct Fixtures {
    pub(super) file: Option<SourceFile>,
    pub(super) content: FixtureFile,
}

/// Adds the steps of the fixtures, each fixture once.
pub(super) fn prepare<'f>(
    at: &At<'_>,
    given: impl Iterator<Item = &'f String>,
    fixtures: &'f Fixtures,
    test: &mut TestCase,
    setup: &mut Vec<Given<'f>>,
    problems: &mut Problems,
) {
    add_fixtures(at, given, fixtures, test, &mut (setup, Vec::new()), problems);
}

/// `setup` has the steps so far, and the names of the fixtures that were visited.
fn add_fixtures<'f>(
    at: &At<'_>,
    given: impl Iterator<Item = &'f String>,
    fixtures: &'f Fixtures,
    test: &mut TestCase,
    setup: &mut (&mut Vec<Given<'f>>, Vec<String>),
    problems: &mut Problems,
) {
    for name in given {
        if setup.1.contains(name) {
            continue;
        }
        setup.1.push(name.clone());
        let Some(fixture) = fixtures.content.fixtures.get(name) else {
            let known: Vec<String> = fixtures.content.fixtures.keys().cloned().collect();
            let problem = at.problem(&["given".into()], format!("unknown fixture `{name}`"));
            problems.0.push(problem.with_help(suggestion(name, &known)));
            continue;
        };
        add_fixtures(at, fixture.given.iter(), fixtures, test, setup, problems);
        test.needs = test.needs.iter().chain(&fixture.needs).cloned().collect();
        let shared = shared(at, name, fixture, problems);
        setup.0.extend(fixture.steps.iter().map(|step| Given { step, shared: shared.clone() }));
    }
}

/// How a fixture is shared between tests, if it is.
fn shared(at: &At<'_>, name: &str, fixture: &Fixture, problems: &mut Problems) -> Option<Shared> {
    let mut refuse = |message: String| problems.0.push(at.problem(&["given".into()], message));
    if fixture.once && fixture.reuse {
        refuse(format!("the fixture `{name}` has both `once` and `reuse`: keep one of them"));
    }
    let shared = match (fixture.once, fixture.reuse) {
        (true, _) => Some(Shared::Once(name.to_owned())),
        (false, true) => Some(Shared::Reused(name.to_owned())),
        (false, false) => None,
    };
    if shared.is_some() && fixture.steps.len() != 1 {
        refuse(format!("the fixture `{name}` serves several tests, so it must have exactly one step"));
    }
    shared
}
