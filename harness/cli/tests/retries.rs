//! Retries, against small servers that fail at times: which failures are retried, and which results a retry can change.

#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use judge::record::TestRecord;
use runner::execute::{Environment, run_test, token};
use shared::{DEFAULT, environment, pack};
use spec::scenario::{AcceptedResponses, Action, Expectation, Library, Step, TestCase, Wait};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const READS: &str = "authentication/insufficient-permissions::every-scope-reads/listCustomers/reader";
const SERVED_AGAIN: &str = "rate-limiting/rate-limit-exceeded::served-again-after-the-delay";

/// The response to a request, by the number of the connection and of the request on it, both from 0. Without a
/// response the connection is closed.
type Reply = Arc<dyn Fn(usize, usize) -> Option<String> + Send + Sync>;

struct RetryTest {
    environment: Environment,
    library: Library,
}

impl RetryTest {
    async fn new(response: impl Fn(usize, usize) -> Option<String> + Send + Sync + 'static) -> Self {
        let url = serve(Arc::new(response)).await;
        let (contract, library) = pack(DEFAULT);
        let credentials = [("reader", "key:of-somebody"), ("throttled", "key:of-somebody")];
        Self { environment: environment(&contract, url, &credentials).await, library }
    }

    fn test(&self, name: &str) -> &TestCase {
        self.library.tests.iter().find(|test| *test.name == *name).expect("the test exists")
    }

    async fn run(&self, name: &str) -> TestRecord {
        run_test(&self.environment, self.test(name)).await
    }

    /// Runs `READS` with one call before it that expects this outcome, and a wait between them.
    async fn run_with_wait(&self, expected: AcceptedResponses) -> TestRecord {
        let mut test = self.test(READS).clone();
        let mut first = Step::clone(&test.steps[0]);
        if let Action::Call(call) = &mut first.action {
            call.asserted.as_mut().expect("an expectation").expectation = Expectation::new(expected);
        }
        let wait = Step { action: Action::Wait(Wait::RetryDelay), line: None, shared: None, skip_after_failure: false };
        test.steps.splice(0..0, [Arc::new(first), Arc::new(wait)]);
        run_test(&self.environment, &test).await
    }
}

/// Implements HTTP/1.1 itself, because a library cannot close a connection at any point.
async fn serve(response: Reply) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let mut connection = 0;
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve_connection(stream, connection, response.clone()));
            connection += 1;
        }
    });
    url
}

async fn serve_connection(mut stream: TcpStream, connection: usize, response: Reply) {
    let mut request = 0;
    // The requests of these tests have no body and arrive in one read.
    while stream.read(&mut [0; 8192]).await.is_ok_and(|read| read > 0) {
        let Some(text) = response(connection, request) else { return };
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
        request += 1;
    }
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-request-id: {}\r\n{headers}content-length: {}\r\n\r\n{body}",
        token(),
        body.len()
    )
}

fn listed(headers: &str) -> String {
    response("200 OK", headers, r#"{"customers":[]}"#)
}

fn violated_clauses(record: &TestRecord) -> Vec<&str> {
    record.findings.iter().map(|finding| finding.clause.as_str()).collect()
}

#[tokio::test]
async fn connection_closed_once_during_a_request_makes_a_test_flaky() {
    let bench = RetryTest::new(|connection, _| (connection > 0).then(|| listed(""))).await;
    let record = bench.run(READS).await;
    assert!(record.flaky && record.findings.is_empty(), "{record:?}");
    assert!(record.inconclusive.as_deref().is_some_and(|reason| reason.starts_with("flaky")), "{record:?}");
    assert_eq!((record.attempts.len(), record.exchanges.len()), (1, 2), "both attempts are recorded");
}

#[tokio::test]
async fn connection_closed_twice_fails_a_test() {
    let bench = RetryTest::new(|_, _| None).await;
    let record = bench.run(READS).await;
    assert_eq!((violated_clauses(&record), record.flaky), (vec!["AUTH-7"], false));
}

#[tokio::test]
async fn closed_idle_connection_is_retried_and_recorded() {
    let bench = RetryTest::new(|_, request| (request == 0).then(|| listed(""))).await;
    assert!(bench.run(READS).await.attempts.is_empty(), "the first connection is a new one");
    let record = bench.run(READS).await;
    assert!(record.findings.is_empty() && record.inconclusive.is_none() && !record.flaky, "{record:?}");
    assert!(record.attempts[0].note.contains("idle"), "{:?}", record.attempts);
}

/// A rate limit of three requests. It resets after a number of pauses of the caller: pauses are counted, not timed, so
/// that the load of the machine does not matter.
struct Quota {
    pauses: u32,
    used: u64,
    paused: u32,
    last: Option<Instant>,
    end: i64,
}

impl Quota {
    const LIMIT: u64 = 3;
    /// A little less than the delay of one second in `Retry-After`.
    const PAUSE: Duration = Duration::from_millis(900);

    fn new(pauses: u32) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self { pauses, used: 0, paused: 0, last: None, end: now() + 1 }))
    }

    fn response(&mut self) -> String {
        let is_pause = self.last.replace(Instant::now()).is_some_and(|last| last.elapsed() >= Self::PAUSE);
        self.paused += u32::from(is_pause && self.used == Self::LIMIT);
        if self.paused == self.pauses {
            (self.used, self.paused, self.end) = (0, 0, now() + 1);
        }
        if self.used < Self::LIMIT {
            self.used += 1;
            return listed(&Self::headers(Self::LIMIT - self.used, self.end));
        }
        let headers = Self::headers(0, now() + 1) + "retry-after: 1\r\n";
        let body = r#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Later.","retryAfter":1}}"#;
        response("429 Too Many Requests", &headers, body)
    }

    fn headers(remaining: u64, end: i64) -> String {
        let limit = Self::LIMIT;
        format!("x-ratelimit-limit: {limit}\r\nx-ratelimit-remaining: {remaining}\r\nx-ratelimit-reset: {end}\r\n")
    }
}

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

async fn run_against(quota: Arc<Mutex<Quota>>) -> TestRecord {
    let bench = RetryTest::new(move |_, _| Some(quota.lock().expect("a lock").response())).await;
    bench.run(SERVED_AGAIN).await
}

#[tokio::test]
async fn rate_limit_that_resets_on_time_passes_without_a_retry() {
    let record = run_against(Quota::new(1)).await;
    assert!(record.findings.is_empty() && record.inconclusive.is_none(), "{record:?}");
    assert!(record.attempts.is_empty());
}

#[tokio::test]
async fn rate_limit_that_resets_late_fails_although_a_retry_passes() {
    let record = run_against(Quota::new(2)).await;
    assert!(violated_clauses(&record).contains(&"RATE-6"), "{record:?}");
    assert!(!record.attempts.is_empty(), "the attempt that passed is not recorded");
}

#[tokio::test]
async fn wait_obeys_the_delay_of_any_response_that_was_rate_limited() {
    let limited = || {
        let headers = "x-ratelimit-limit: 1\r\nx-ratelimit-remaining: 0\r\nretry-after: 1\r\n";
        let body = r#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Later.","retry_after":1}}"#;
        response("429 Too Many Requests", headers, body)
    };
    let sent = Arc::new(Mutex::new(Vec::new()));
    let bench = RetryTest::new({
        let sent = sent.clone();
        move |_, _| {
            let mut sent = sent.lock().expect("a lock");
            sent.push(Instant::now());
            Some(if sent.len() == 1 { limited() } else { listed("") })
        }
    })
    .await;
    let expected = AcceptedResponses::Listed { success: false, errors: vec!["RATE_LIMIT_EXCEEDED".to_owned()] };
    let record = bench.run_with_wait(expected).await;
    assert_eq!((record.exchanges.len(), record.inconclusive.as_deref()), (2, None), "{record:?}");
    let sent = sent.lock().expect("a lock");
    assert!(sent[1] - sent[0] >= Duration::from_secs(1), "{:?}", sent[1] - sent[0]);
}

#[tokio::test]
async fn wait_without_a_delay_makes_a_test_inconclusive() {
    let bench = RetryTest::new(|_, _| Some(listed(""))).await;
    let record = bench.run_with_wait(AcceptedResponses::Listed { success: true, errors: Vec::new() }).await;
    let reason = record.inconclusive.as_deref().unwrap_or_default();
    assert!(reason.contains("no retry delay to wait for"), "{reason}");
    assert_eq!(record.exchanges.len(), 1);
}
