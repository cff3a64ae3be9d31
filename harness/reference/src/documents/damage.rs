//! Whether a document is whole, which is looked at only where a variant asks for it.

use flate2::Crc;

use super::Kind;

/// So many bytes from its end, a PDF must say that it ends.
const TAIL: usize = 1024;

/// Whether the document is as whole as its kind tells without decoding the picture.
pub(super) fn is_whole(bytes: &[u8], kind: Kind) -> bool {
    match kind {
        Kind::Png => is_whole_png(bytes),
        Kind::Jpeg => bytes.ends_with(&[0xff, 0xd9]) && bytes.windows(2).any(|two| two == [0xff, 0xda]),
        Kind::Pdf => {
            let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
            let says = |word: &[u8]| tail.windows(word.len()).any(|window| window == word);
            says(b"startxref") && says(b"%%EOF")
        }
        Kind::Foreign => true,
    }
}

/// Whether every chunk has its checksum, and the last one is the end.
fn is_whole_png(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(8..).unwrap_or_default();
    let mut ended = false;
    while let Some((chunk, after)) = sound_chunk(rest).filter(|_| !ended) {
        ended = chunk == b"IEND";
        rest = after;
    }
    ended && rest.is_empty()
}

/// A chunk's name, if its checksum is right, and what follows it.
fn sound_chunk(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
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
    fn a_png_is_whole_up_to_its_last_byte() {
        let whole = png();
        assert!(is_whole(&whole, Kind::Png));
        for end in 0..whole.len() {
            assert!(!is_whole(&whole[..end], Kind::Png), "{end} bytes");
        }
        for at in 8..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert!(!is_whole(&damaged, Kind::Png), "byte {at}");
        }
    }

    #[test]
    fn others_are_whole_when_they_end_as_they_must() {
        assert!(is_whole(b"\xff\xd8\xff\xda\0\0\xff\xd9", Kind::Jpeg));
        assert!(!is_whole(b"\xff\xd8\xff\xda\0\0", Kind::Jpeg));
        assert!(is_whole(b"%PDF-1.4\nstartxref\n0\n%%EOF\n", Kind::Pdf));
        assert!(!is_whole(b"%PDF-1.4\nstartxref\n0\n", Kind::Pdf));
    }
}
