//! The state of one try of a test, or of one worker of a property: variables, created resources, shared fixtures, our
//! webhook endpoint. A session sends requests and judges the responses. It keeps no record: each caller has its own, and
//! passes it on.
//!
//! Other modules implement what a session does: `sending` (call, poll, burst), `judging` (checks and expectations),
//! `faults` (no response), `steps` (steps in order), `deliveries` (webhooks), `shared` (fixtures), `cleanup`.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::environment::Environment;
use super::fixtures::Held;
use super::retry::Cause;
use judge::exchange::Exchange;
use judge::expect::Earlier;
use judge::record::{Created, TestRecord};
use spec::scenario::{Reply, TestCase, Variables};

/// The timeout of the cleanup of one test.
const CLEANUP_TIME: Duration = Duration::from_secs(10);
/// How long after the deadline of the run a test may clean up.
const CLEANUP_AFTER_DEADLINE: Duration = Duration::from_millis(1000);

pub(super) struct Session<'r> {
    pub(super) environment: &'r Environment,
    pub(super) test: &'r TestCase,
    pub(super) started: Instant,
    /// The name of our webhook endpoint for this session.
    pub(super) endpoint: String,
    /// The last of the replies that `listen` set, which is repeated.
    pub(super) last_reply: Option<Reply>,
    pub(super) variables: Variables,
    /// The responses with a label.
    pub(super) earlier: HashMap<String, Earlier>,
    /// When a rate-limited request may be sent again.
    pub(super) retry_at: Option<Instant>,
    /// What the response said from which that time is.
    pub(super) asked: Option<String>,
    /// True if a request that changes something had another effect than the test expects, or if an expectation of a
    /// fixture is unmet. Later steps would only report the same fault again, as violations of other clauses.
    pub(super) precondition_failed: bool,
    /// True if a connection broke in an earlier try: a second break is a finding and not chance.
    pub(super) after_break: bool,
    /// The name under which created resources are noted: that of the test, or of the shared fixture that is set up.
    pub(super) owner: String,
    /// The resources that this session created and did not delete yet.
    pub(super) made: Vec<Created>,
    /// The shared fixtures that this session uses.
    pub(super) held: Vec<Held>,
    /// True for tests that exhaust a quota: they do not wait after a rate-limit error.
    pub(super) probes_limits: bool,
}

/// Why a test cannot go on.
pub(super) enum Halt {
    /// A finding on record explains it, and the rest of the test depends on that step.
    Explained,
    Inconclusive(String),
    /// A connection broke.
    Broken(Cause),
}

impl<'r> Session<'r> {
    pub(super) fn open(environment: &'r Environment, test: &'r TestCase, after_break: bool) -> Self {
        let mut variables = test.variables.clone();
        let unique = environment.unique();
        if let Some(receiver) = &environment.receiver {
            receiver.listen(&unique, None, Vec::new());
            variables.insert("webhook.url".into(), receiver.url(&unique).into());
            variables.insert("webhook.refusing".into(), receiver.refusing_url().into());
        }
        variables.insert("unique".into(), unique.clone().into());
        variables.insert("now".into(), environment.signing_time().timestamp().to_string().into());
        Self {
            environment,
            test,
            started: Instant::now(),
            endpoint: unique,
            last_reply: None,
            variables,
            earlier: HashMap::new(),
            retry_at: None,
            asked: None,
            precondition_failed: false,
            after_break,
            owner: test.name.to_string(),
            made: Vec::new(),
            held: Vec::new(),
            probes_limits: test.steps.iter().any(|step| step.is_burst()),
        }
    }

    /// Cleans up and closes the webhook endpoint. Returns the finished record.
    pub(super) async fn close(mut self, mut record: TestRecord) -> TestRecord {
        record.exchanges.iter_mut().for_each(Exchange::cut);
        self.release_shared(&record);
        // What is not deleted in time stays in `CreatedResources` and is tried again at the end of the run.
        let environment = self.environment;
        tokio::select! {
            () = environment.until_cleanup_must_end(CLEANUP_TIME, CLEANUP_AFTER_DEADLINE) => {}
            () = self.clean_up(&mut record, 0) => {}
        }
        record.exchanges.iter_mut().for_each(Exchange::cut);
        if let Some(receiver) = &environment.receiver {
            receiver.close(&self.endpoint);
        }
        record
    }
}
