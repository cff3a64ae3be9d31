//! Checks whether the webhook receiver can be reached at the URL that the target gets. Before a missing delivery is
//! reported as a violation, the harness calls that URL itself.

use std::time::Duration;

use super::Receiver;
use crate::client::{HttpClient, Network};
use judge::exchange::Request;

impl Receiver {
    /// Succeeds if the target can reach the receiver: it has called before, or the harness's own request to the URL
    /// arrives. Otherwise says what is wrong with that URL.
    pub async fn reachable(&self) -> Result<(), String> {
        if self.was_reached() {
            return Ok(());
        }
        let name = format!("{SELF_CHECK}{:x}", crate::random::random());
        self.listen(&name, None, Vec::new());
        let url = self.url(&name);
        let outcome = call(self.base(), &url, &name).await;
        let actual = !self.deliveries(&name, &name).is_empty();
        self.close(&name);
        match (actual, outcome) {
            (true, _) => Ok(()),
            (false, Ok(status)) => Err(format!("the harness's own request to {url} got {status} from another server")),
            (false, Err(fault)) => {
                Err(format!("the harness's own request to {url} did not arrive at its webhook receiver: {fault}"))
            }
        }
    }
}

/// The prefix of the names of endpoints for this check.
pub(super) const SELF_CHECK: &str = "self-check-";
const SELF_CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// Calls an endpoint of the receiver at the URL that the target gets. Its certificate does not matter here.
async fn call(base: &str, url: &str, body: &str) -> Result<u16, String> {
    let network = Network { timeout: SELF_CHECK_TIMEOUT, insecure: true, ..Network::default() };
    let client = HttpClient::new(base, &network)?;
    let request = Request {
        operation: String::new(),
        actor: String::new(),
        method: "POST".to_owned(),
        url: url.to_owned(),
        path: String::new(),
        headers: Vec::new(),
        body: body.as_bytes().to_vec().into(),
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
    async fn url_of_the_receiver_is_reachable() {
        assert_eq!(checked(None).await, Ok(()));
    }

    #[tokio::test]
    async fn url_of_another_server_is_reported() {
        let other = ([127, 0, 0, 1], 0).into();
        let other = Receiver::start(other, None, Duration::from_secs(1)).await.expect("a port");
        let message = checked(Some(other.base())).await.expect_err("another receiver");
        assert!(message.contains("got 204 from another server"), "{message}");
        let message = checked(Some("http://127.0.0.1:1")).await.expect_err("nobody");
        assert!(message.contains("did not arrive at its webhook receiver"), "{message}");
    }
}
