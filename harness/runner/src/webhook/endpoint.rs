//! One endpoint of the receiver: how it responds, and the deliveries that it has recorded.

use judge::delivery::Delivery;
use spec::scenario::Reply;

/// The most deliveries that an endpoint records, and the most bytes of their bodies. Further deliveries get a response,
/// but are not recorded: a target may never stop.
const MAX_RECORDED: usize = 2_000;
const MAX_RECORDED_BYTES: usize = 2 * 1024 * 1024;

#[derive(Default)]
pub(super) struct Endpoint {
    pub(super) body_contains: Option<String>,
    pub(super) replies: Vec<Reply>,
    pub(super) responded: usize,
    /// The bytes of the bodies that are recorded.
    bytes: usize,
    pub(super) deliveries: Vec<Delivery>,
}

impl Endpoint {
    /// Records a delivery. A target sends the events of all tests to every webhook, so an expected delivery takes the
    /// place of others if the endpoint is full.
    pub(super) fn keep(&mut self, delivery: Delivery, is_expected: bool) {
        let is_full = |endpoint: &Self| {
            endpoint.deliveries.len() >= MAX_RECORDED || endpoint.bytes + delivery.body.len() > MAX_RECORDED_BYTES
        };
        while let Some(part) = self.body_contains.as_ref().filter(|_| is_expected && is_full(self)) {
            let Some(other) = self.deliveries.iter().position(|recorded| !recorded.holds(part)) else {
                break;
            };
            self.bytes -= self.deliveries.remove(other).body.len();
        }
        if !is_full(self) {
            self.bytes += delivery.body.len();
            self.deliveries.push(delivery);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(body: String) -> Delivery {
        Delivery { arrived: chrono::DateTime::UNIX_EPOCH, headers: Vec::new(), body: body.into() }
    }

    /// An endpoint that expects `cus_1` and has got so many other deliveries of so many bytes each.
    fn endpoint(count: usize, size: usize) -> Endpoint {
        let mut endpoint = Endpoint { body_contains: Some("cus_1".to_owned()), ..Endpoint::default() };
        for _ in 0..count {
            endpoint.keep(delivery(" ".repeat(size)), false);
        }
        endpoint
    }

    fn expected(endpoint: &Endpoint) -> usize {
        endpoint.deliveries.iter().filter(|recorded| recorded.holds("cus_1")).count()
    }

    #[test]
    fn expected_delivery_takes_the_place_of_another_one_in_a_full_endpoint() {
        let mut endpoint = endpoint(MAX_RECORDED + 5, 5);
        endpoint.keep(delivery("cus_1".to_owned()), true);
        assert_eq!((endpoint.deliveries.len(), expected(&endpoint)), (MAX_RECORDED, 1));
        assert_eq!(endpoint.bytes, 5 * MAX_RECORDED);
    }

    #[test]
    fn long_expected_delivery_takes_the_place_of_several_short_ones() {
        let full = MAX_RECORDED_BYTES / 2048;
        let mut endpoint = endpoint(full, 2048);
        endpoint.keep(delivery(format!("{}cus_1", " ".repeat(10_000))), true);
        assert_eq!((endpoint.deliveries.len(), expected(&endpoint)), (full - 4, 1));
        assert_eq!(endpoint.bytes, (full - 5) * 2048 + 10_005);
    }
}
