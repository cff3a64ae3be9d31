//! The common parts of all HTML pages: style, scripts, and a content security policy that allows nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

pub(crate) struct Frame {
    pub(crate) policy: String,
    pub(crate) style: &'static str,
    pub(crate) script: String,
}

impl Frame {
    /// The frame of a page with these scripts in addition to `common.js`.
    pub(crate) fn new(scripts: &[&str]) -> Self {
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

/// The hash source of an inline style or script in the policy.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_contains_the_hashes_of_style_and_script() {
        let frame = Frame::new(&["let x = 1;"]);
        assert!(frame.policy.contains(&hash(&frame.script)) && frame.policy.contains(&hash(frame.style)));
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn style_and_script_contain_no_end_tag_and_no_carriage_return() {
        let frame = Frame::new(&[include_str!("report.js")]);
        assert!(!frame.script.contains("</") && !frame.style.contains("</"));
        assert!(!frame.script.contains('\r') && !frame.style.contains('\r'), "a browser would change the text");
    }
}
