//! What an API may document must be possible to say in a pack: each test changes a small pack, and runs it against a
//! server that conforms and one that does not.

#[path = "packs_page/codes.rs"]
mod codes;
#[path = "packs_page/fields.rs"]
mod fields;
#[path = "packs_page/headers.rs"]
mod headers;
#[path = "packs_page/lists.rs"]
mod lists;
#[path = "packs_page/matchers.rs"]
mod matchers;
#[path = "packs_page/requests.rs"]
mod requests;
#[path = "packs_page/responses.rs"]
mod responses;
#[path = "packs_page/setup.rs"]
mod setup;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;
#[path = "packs_page/status.rs"]
mod status;
#[path = "packs_page/support.rs"]
mod support;
