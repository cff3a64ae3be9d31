//! One budget in bytes for all long responses in flight, so that memory does not grow with what a target sends.
//!
//! A short body is read at once. A longer one first reserves its declared length, or the most that is read, and keeps
//! the reservation until it has been judged. Who has reserved waits for nobody, so no two bodies wait for each other.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{Stream, StreamExt as _};
use tokio::sync::Semaphore;

use judge::exchange::{Body, Fault};

/// The maximum size of a body after decompression.
pub(super) const MAX_BODY: usize = 16 * 1024 * 1024;
/// The budget: one body of the greatest length, and some shorter ones.
const MAX_BYTES: usize = 24 * 1024 * 1024;
/// What is read without a reservation.
const FREE_BYTES: usize = 64 * 1024;
/// The unit of the semaphore, and how much a body grows at a time.
const UNIT: usize = 1024;
const GROWTH: usize = 1024 * 1024;

#[derive(Debug)]
pub(super) struct Budget(Arc<Semaphore>);

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_BYTES / UNIT)))
    }
}

/// Whether an exchange waits for the budget. A timeout then says nothing about the target.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting(Arc<AtomicBool>);

impl Waiting {
    pub(super) fn is_true(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Budget {
    /// Reserves so many bytes until the result is dropped.
    async fn reserved(&self, bytes: usize, waiting: &Waiting) -> Arc<dyn Any + Send + Sync> {
        let units = u32::try_from(bytes.min(MAX_BYTES) / UNIT).unwrap_or(u32::MAX);
        waiting.0.store(true, Ordering::Relaxed);
        // The semaphore is never closed.
        let permit = self.0.clone().acquire_many_owned(units).await.ok();
        waiting.0.store(false, Ordering::Relaxed);
        Arc::new(permit)
    }

    /// The complete body, or what is wrong with it. `declared` is its length, if the head of the response says it.
    pub(super) async fn read<B: AsRef<[u8]>>(
        &self,
        status: u16,
        declared: Option<u64>,
        waiting: &Waiting,
        chunks: impl Stream<Item = Result<B, Fault>>,
    ) -> Result<Body, Fault> {
        let declared = declared.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        let (mut body, mut room) = (Vec::new(), None);
        let mut chunks = std::pin::pin!(chunks);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|fault| incomplete(status, fault))?;
            let length = body.len() + chunk.as_ref().len();
            if length.max(declared.unwrap_or(0)) > MAX_BODY {
                return Err(too_long(status));
            }
            if length > FREE_BYTES && room.is_none() {
                room = Some(self.reserved(declared.unwrap_or(MAX_BODY).max(length), waiting).await);
                body.reserve_exact(declared.unwrap_or_default().saturating_sub(body.len()));
            }
            if length > body.capacity() && length > GROWTH {
                body.reserve_exact(GROWTH.max(chunk.as_ref().len()));
            }
            body.extend_from_slice(chunk.as_ref());
        }
        let body = Body::from(body);
        Ok(room.map_or(body.clone(), |room| body.in_room(room)))
    }
}

pub(super) fn too_long(status: u16) -> Fault {
    let most = MAX_BODY / (1024 * 1024);
    Fault::TooLong(format!(
        "status {status} was received with a body of over {most} MiB, the most that the harness reads"
    ))
}

fn incomplete(status: u16, fault: Fault) -> Fault {
    match fault {
        Fault::Broken(why) => {
            Fault::Broken(format!("status {status} was received, but its body could not be read completely: {why}"))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Reads a body of chunks of one MiB.
    async fn read(budget: &Budget, mebibytes: usize, declared: Option<u64>) -> Result<Body, Fault> {
        let chunk = vec![b'a'; 1024 * 1024];
        let chunks = futures_util::stream::iter((0..mebibytes).map(|_| Ok(&chunk)));
        budget.read(200, declared, &Waiting::default(), chunks).await
    }

    #[tokio::test]
    async fn body_is_read_up_to_the_limit() {
        let budget = Budget::default();
        assert_eq!(read(&budget, 16, None).await.map(|body| body.len()), Ok(MAX_BODY));
        assert_eq!(read(&budget, 17, None).await, Err(too_long(200)));
        assert_eq!(read(&budget, 1, Some(99_999_999_999)).await, Err(too_long(200)));
    }

    #[tokio::test]
    async fn long_bodies_wait_until_others_have_been_judged() {
        let budget = Budget::default();
        let mut first = read(&budget, 2, None).await.expect("a body");
        let small = read(&budget, 2, Some(2 * 1024 * 1024)).await.expect("a body within what is left");
        let late = tokio::time::timeout(Duration::from_millis(50), read(&budget, 2, None)).await;
        assert!(late.is_err(), "the budget is used up");
        first.cut();
        assert!(read(&budget, 2, None).await.is_ok());
        drop(small);
    }

    #[tokio::test]
    async fn waiting_is_noted() {
        let (budget, waiting) = (Budget::default(), Waiting::default());
        let _first = budget.reserved(MAX_BYTES, &waiting).await;
        assert!(!waiting.is_true());
        let second = tokio::time::timeout(Duration::from_millis(50), budget.reserved(1024, &waiting)).await;
        assert!(second.is_err() && waiting.is_true());
    }
}
