//! Checks whether a document is complete and undamaged.

use flate2::Crc;

use crate::documents::DocumentKind;

/// The end marks of a PDF must be in this many last bytes.
const TAIL: usize = 1024;

/// Whether the document is complete, as far as one can see without decoding the image.
pub(super) fn is_whole(bytes: &[u8], kind: DocumentKind) -> bool {
    match kind {
        DocumentKind::Png => is_whole_png(bytes),
        DocumentKind::Jpeg => bytes.ends_with(&[0xff, 0xd9]) && bytes.windows(2).any(|two| two == [0xff, 0xda]),
        DocumentKind::Pdf => {
            let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
            let contains = |word: &[u8]| tail.windows(word.len()).any(|window| window == word);
            contains(b"startxref") && contains(b"%%EOF")
        }
        DocumentKind::Unsupported => true,
    }
}

/// Whether every chunk has a correct checksum and the last chunk is IEND.
fn is_whole_png(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(8..).unwrap_or_default();
    let mut ended = false;
    while let Some((chunk, after)) = valid_chunk(rest).filter(|_| !ended) {
        ended = chunk == b"IEND";
        rest = after;
    }
    ended && rest.is_empty()
}

/// The name of the first chunk, if its checksum is correct, and the bytes after the chunk.
fn valid_chunk(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::try_from(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?)).ok()?;
    let end = length.checked_add(8)?;
    let checksum = u32::from_be_bytes(bytes.get(end..end.checked_add(4)?)?.try_into().ok()?);
    let mut crc = Crc::new();
    crc.update(bytes.get(4..end)?);
    (crc.sum() == checksum).then_some((bytes.get(4..8)?, bytes.get(end + 4..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png() -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        for (name, data) in [(b"IHDR", &[0; 13][..]), (b"IEND", &[])] {
            let mut crc = Crc::new();
            crc.update(name);
            crc.update(data);
            bytes.extend(u32::try_from(data.len()).expect("short").to_be_bytes());
            bytes.extend(name);
            bytes.extend(data);
            bytes.extend(crc.sum().to_be_bytes());
        }
        bytes
    }

    #[test]
    fn truncated_or_changed_png_is_damaged() {
        let whole = png();
        assert!(is_whole(&whole, DocumentKind::Png));
        for end in 0..whole.len() {
            assert!(!is_whole(&whole[..end], DocumentKind::Png), "{end} bytes");
        }
        for at in 8..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(!is_whole(&damaged, DocumentKind::Png), "byte {at}");
        }
    }

    #[test]
    fn jpeg_and_pdf_without_end_marks_are_damaged() {
        assert!(is_whole(b"\xff\xd8\xff\xda\0\0\xff\xd9", DocumentKind::Jpeg));
        assert!(!is_whole(b"\xff\xd8\xff\xda\0\0", DocumentKind::Jpeg));
        assert!(is_whole(b"%PDF-1.4\nstartxref\n0\n%%EOF\n", DocumentKind::Pdf));
        assert!(!is_whole(b"%PDF-1.4\nstartxref\n0\n", DocumentKind::Pdf));
    }
}
