//! The types of documents, declared and seen.

/// The type of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DocumentKind {
    Jpeg,
    Png,
    Pdf,
    /// Any other type.
    Unsupported,
}

pub(super) fn declared(media_type: &str) -> DocumentKind {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "image/jpeg" | "image/jpg" => DocumentKind::Jpeg,
        "image/png" => DocumentKind::Png,
        "application/pdf" => DocumentKind::Pdf,
        _ => DocumentKind::Unsupported,
    }
}

/// The type of a document, by its first bytes.
pub(super) fn of(bytes: &[u8]) -> DocumentKind {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => DocumentKind::Png,
        [0xff, 0xd8, 0xff, ..] => DocumentKind::Jpeg,
        [b'%', b'P', b'D', b'F', b'-', ..] => DocumentKind::Pdf,
        _ => DocumentKind::Unsupported,
    }
}
