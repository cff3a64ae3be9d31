//! Whether our webhook receiver can be reached by the URL that the target is given: before the target is blamed for a
//! delivery that did not come, we call that URL ourselves.

use std::time::Duration;

use super::Receiver;
use super::client::{HttpClient, Network};
use crate::exchange::Request;

impl Receiver {
    /// Whether the target can be expected to reach us: it has called before, or a request of our own to the URL that we
    /// give it comes back to us. What is wrong with that URL otherwise.
    pub async fn reachable(&self) -> Result<(), String> {
        if self.was_reached() {
            return Ok(());
        }
        let name = format!("{SELF_CHECK}{:x}", crate::random::random());
        self.listen(&name, None, Vec::new());
        let url = self.url(&name);
        let outcome = call(self.base(), &url, &name).await;
        let came = !self.deliveries(&name, &name).is_empty();
        self.close(&name);
        match (came, outcome) {
            (true, _) => Ok(()),
            (false, Ok(status)) => {
                Err(format!("a request of our own to {url} was answered with {status} by somebody else"))
            }
            (false, Err(fault)) => Err(format!("a request of our own to {url} did not come back to us: {fault}")),
        }
    }
}

/// The beginning of the names of endpoints that we call ourselves.
pub(super) const SELF_CHECK: &str = "self-check-";
/// The longest that such a call may take.
const SELF_CHECK_TIME: Duration = Duration::from_secs(5);

/// Calls an endpoint of ours by the URL that the target is given. Whose certificate it shows does not matter here.
async fn call(base: &str, url: &str, body: &str) -> Result<u16, String> {
    let network = Network { timeout: SELF_CHECK_TIME, insecure: true, ..Network::default() };
    let client = HttpClient::new(base, &network)?;
    let request = Request {
        operation: String::new(),
        actor: String::new(),
        method: "POST".to_owned(),
        url: url.to_owned(),
        path: String::new(),
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    };
    client.send(&request, &[], true).await.map(|response| response.status).map_err(|fault| fault.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn checked(url: Option<&str>) -> Result<(), String> {
        let address = ([127, 0, 0, 1], 0).into();
        let receiver = Receiver::start(address, url, Duration::from_secs(1)).await.expect("a port");
        receiver.reachable().await
    }

    #[tokio::test]
    async fn a_url_that_leads_to_us_is_reachable() {
        assert_eq!(checked(None).await, Ok(()));
    }

    #[tokio::test]
    async fn a_url_that_leads_elsewhere_is_named() {
        let other = ([127, 0, 0, 1], 0).into();
        let other = Receiver::start(other, None, Duration::from_secs(1)).await.expect("a port");
        let message = checked(Some(other.base())).await.expect_err("another receiver");
        assert!(message.contains("answered with 204 by somebody else"), "{message}");
        let message = checked(Some("http://127.0.0.1:1")).await.expect_err("nobody");
        assert!(message.contains("did not come back to us"), "{message}");
    }
}
