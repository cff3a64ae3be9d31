//! What every page of ours shares: the style, and a policy that lets in nothing but what the page brings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Style, script and policy of a page.
pub(in crate::report) struct Frame {
    pub(in crate::report) policy: String,
    pub(in crate::report) style: &'static str,
    pub(in crate::report) script: String,
}

impl Frame {
    /// The frame of a page with these scripts besides the one that all pages have.
    pub(in crate::report) fn new(scripts: &[&str]) -> Self {
        let style = include_str!("style.css");
        let script = [&[include_str!("common.js")], scripts].concat().join("\n");
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            hash(style),
            hash(&script)
        );
        Self { policy, style, script }
    }
}

/// The hash by which a policy names an inline text.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_what_is_in_the_page() {
        let frame = Frame::new(&["let x = 1;"]);
        assert!(frame.policy.contains(&hash(&frame.script)) && frame.policy.contains(&hash(frame.style)));
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn nothing_in_a_page_ends_its_script_or_style() {
        let frame = Frame::new(&[include_str!("report.js")]);
        assert!(!frame.script.contains("</") && !frame.style.contains("</"));
        assert!(!frame.script.contains('\r') && !frame.style.contains('\r'), "a reader would change it, and the hash");
    }
}
