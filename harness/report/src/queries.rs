//! Methods on the types of `model` that several formats and the comparison share.

use sha2::{Digest as _, Sha256};

use super::model::{
    ClauseReport, ClauseStatus, DeviationReport, DeviationState, EvidenceReport, Extent, FindingReport, InstanceReport,
    Manifest, Report, TestReport,
};
use judge::verdict::Verdict;
use spec::contract::Level;

/// The name prefix of the entries that report outdated known deviations. Test names never start with it. These entries
/// can be decided for the whole run only.
pub const OF_THE_LIST: &str = "deviations::";

/// Gives the values of an enum their names, as in files and on the command line, and lists them all.
macro_rules! names {
    ($of:ident { $($value:ident => $name:literal),+ $(,)? }) => {
        impl $of {
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$value),+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)+
                }
            }
        }
    };
}
pub(crate) use names;

names!(ClauseStatus { Upheld => "upheld", Violated => "violated", NotExercised => "not-exercised" });
names!(DeviationState {
    Observed => "observed", Unobserved => "unobserved", Stale => "stale", Expired => "expired",
    Unmatched => "unmatched",
});

impl DeviationReport {
    /// The clause, tests, check and place that it matches.
    pub(crate) fn subject(&self) -> impl Iterator<Item = &str> {
        [&self.clause, &self.tests, &self.check, &self.place].into_iter().flatten().map(String::as_str)
    }
}

impl Extent {
    /// The extent of these names; their order does not matter.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_unstable();
        let mut text = names.join("\n");
        text.push('\n');
        Self { tests: names.len(), hash: hex::encode(Sha256::digest(text)) }
    }
}

impl TestReport {
    pub fn evidence_of(&self, clause: &str) -> Option<&EvidenceReport> {
        self.evidence.iter().find(|evidence| evidence.clause == clause)
    }
}

/// The properties that identify a defect of the target. They do not include the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Defect<'f> {
    pub clause: &'f str,
    pub check: &'f str,
    /// The part of the response, without list indexes.
    pub place: &'f str,
    pub expected: &'f str,
    /// The shape of the actual value.
    pub actual: &'f str,
}

impl FindingReport {
    /// The defect of this finding. Reports of earlier versions have no key; their other members are used instead.
    pub fn defect(&self) -> Defect<'_> {
        let Self { clause, check, part, expected, actual, key, .. } = self;
        let (expected, actual): (&str, &str) =
            if check == judge::finding::EXPECTATION { (expected, actual) } else { ("", "") };
        match key.id.is_empty() {
            true => Defect { clause, check, place: part, expected, actual },
            false => Defect { clause, check, place: &key.place, expected: &key.expected, actual: &key.actual },
        }
    }

    /// The id of its key.
    pub(crate) fn key_id(&self) -> String {
        if !self.key.id.is_empty() {
            return self.key.id.clone();
        }
        let Defect { clause, check, place, expected, actual } = self.defect();
        judge::finding::digest(&[clause, check, place, expected, actual])
    }
}

impl Manifest {
    /// The manifest of a run that is not divided and has no options that could change a verdict.
    pub fn undivided(tests: Extent, filtered: bool) -> Self {
        Self { filtered, whole: tests.clone(), part: tests, ..Self::default() }
    }
}

impl Report {
    /// The tests that failed or were inconclusive, without entries of the list of known deviations.
    pub fn not_passed(&self) -> impl Iterator<Item = &TestReport> {
        let open = |verdict| matches!(verdict, Verdict::Failed | Verdict::Inconclusive);
        self.suite_tests().filter(move |test| open(test.verdict))
    }

    /// The tests of the suite, without entries of the list of known deviations.
    pub fn suite_tests(&self) -> impl Iterator<Item = &TestReport> {
        self.tests.iter().filter(|test| !test.name.starts_with(OF_THE_LIST))
    }

    /// The instance of a test, and the name of the test in the run of this instance.
    pub(super) fn instance_of<'t>(&self, test: &'t str) -> Option<(&InstanceReport, &'t str)> {
        self.instances
            .iter()
            .find_map(|instance| Some((instance, test.strip_prefix(&instance.name)?.strip_prefix('/')?)))
    }

    /// The name of a test in the run of its instance.
    pub fn name_in_run<'t>(&self, test: &'t TestReport) -> &'t str {
        self.instance_of(&test.name).map_or(&test.name, |(_, name)| name)
    }

    /// How many tests had this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.summary.get(verdict.as_str()).copied().unwrap_or_default()
    }

    /// True if the finding fails the run: its clause is a MUST, or the run is strict.
    pub fn fails(&self, finding: &FindingReport) -> bool {
        finding.level == Level::Must || self.strict
    }

    /// The ids of the leftover resources, by their noun and the reason why they were not deleted.
    pub(crate) fn leftover_ids(&self) -> Vec<(&str, Option<&str>, Vec<&str>)> {
        let mut kinds: Vec<(&str, Option<&str>, Vec<&str>)> = Vec::new();
        for leftover in &self.leftovers {
            let reason = leftover.reason.as_deref();
            match kinds.iter_mut().find(|(noun, other, _)| *noun == leftover.noun && *other == reason) {
                Some((.., ids)) => ids.push(&leftover.id),
                None => kinds.push((&leftover.noun, reason, vec![&leftover.id])),
            }
        }
        kinds
    }

    pub(crate) fn clauses_with(&self, status: ClauseStatus) -> impl Iterator<Item = &ClauseReport> {
        self.clauses.iter().filter(move |clause| clause.status == status)
    }
}
