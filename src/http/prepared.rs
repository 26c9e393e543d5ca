//! A page that is rendered and compressed once, except for a token that is new with each showing.
//!
//! Compressing the form for each visitor would take longer than all other work for a request. A GZIP file (RFC 1952) is
//! a head, DEFLATE blocks (RFC 1951) and a checksum, and a block may be *stored*: its bytes as they are. So the text
//! around the token is compressed beforehand, up to a byte boundary on either side ("sync flush"), and a showing is the
//! bytes before, a stored block with the token, the bytes after.
//!
//! Blocks refer back by distances, so the compressor must have seen something as long as the token in its place, and
//! nothing may refer into it. It sees zero bytes, which no page has, and its output for them is left out.

use std::iter;

use crc32fast::Hasher;
use flate2::{Compress, Compression, FlushCompress};

/// The head of a GZIP file: DEFLATE, no name, no time, best compression, no system (RFC 1952, section 2.3).
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];

/// A page with holes.
#[derive(Default)]
pub(super) struct Prepared {
    pieces: Vec<Piece>,
    /// The checksum up to the first hole.
    before: Hasher,
    hole: usize,
}

/// The text from one hole to the next.
struct Piece {
    plain: String,
    deflated: Vec<u8>,
}

impl Prepared {
    /// Prepares a page; each occurrence of `place` in it can be replaced by a text of the same length.
    pub(super) fn new(page: &str, place: &str) -> Self {
        let texts: Vec<_> = page.split(place).collect();
        let mut deflate = Compress::new(Compression::best(), false);
        let mut pieces = Vec::with_capacity(texts.len());
        for (index, text) in texts.iter().enumerate() {
            let last = index + 1 == texts.len();
            let flush = if last { FlushCompress::Finish } else { FlushCompress::Sync };
            let deflated = next_blocks(&mut deflate, text.as_bytes(), flush);
            pieces.push(Piece { plain: (*text).to_owned(), deflated });
            if !last {
                next_blocks(&mut deflate, &vec![0; place.len()], FlushCompress::Sync);
            }
        }
        let mut before = Hasher::new();
        before.update(pieces[0].plain.as_bytes());
        Self { pieces, before, hole: place.len() }
    }

    /// The number of holes.
    pub(super) fn holes(&self) -> usize {
        self.pieces.len().saturating_sub(1)
    }

    /// The page with its holes filled.
    pub(super) fn plain(&self, fill: &str) -> String {
        let length = self.pieces.iter().map(|piece| piece.plain.len() + fill.len()).sum();
        let mut page = String::with_capacity(length);
        for (index, piece) in self.pieces.iter().enumerate() {
            page.push_str(if index > 0 { fill } else { "" });
            page.push_str(&piece.plain);
        }
        page
    }

    /// The same as a GZIP file. The text has the length that was prepared for.
    pub(super) fn gzip(&self, fill: &str) -> Vec<u8> {
        debug_assert_eq!(fill.len(), self.hole, "a stored block of another length would shift what follows");
        let pieces = self.pieces.iter().map(|piece| piece.deflated.len() + self.hole + 5).sum::<usize>();
        let mut file = Vec::with_capacity(HEAD.len() + pieces + 8);
        let mut crc = self.before.clone();
        let mut length = 0;
        file.extend_from_slice(&HEAD);
        for (index, piece) in self.pieces.iter().enumerate() {
            if index > 0 {
                store(&mut file, fill.as_bytes());
                crc.update(fill.as_bytes());
                crc.update(piece.plain.as_bytes());
                length += fill.len();
            }
            file.extend_from_slice(&piece.deflated);
            length += piece.plain.len();
        }
        // Both are modulo 2^32 (section 2.3.1).
        #[allow(clippy::cast_possible_truncation, reason = "the format wants it so")]
        let tail = [crc.finalize(), length as u32];
        file.extend(tail.into_iter().flat_map(u32::to_le_bytes));
        file
    }
}

/// A stored block that is not the last: three bits of head, filled up to a byte, then the length, its complement
/// and the bytes (RFC 1951, section 3.2.4). What comes before it ends on a byte boundary.
fn store(file: &mut Vec<u8>, bytes: &[u8]) {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    file.push(0);
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(&(!length).to_le_bytes());
    file.extend_from_slice(&bytes[..usize::from(length)]);
}

/// Compresses these bytes and returns their blocks.
fn next_blocks(deflate: &mut Compress, bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut blocks = Vec::new();
    let end = deflate.total_in() + bytes.len() as u64;
    for _ in iter::repeat_n((), 64) {
        let rest = usize::try_from(end - deflate.total_in()).unwrap_or(0);
        blocks.reserve(rest + 256);
        let room = blocks.capacity();
        // It fails only for what a caller could do wrong in decompressing.
        let _ = deflate.compress_vec(&bytes[bytes.len() - rest..], &mut blocks, flush);
        if blocks.len() < room {
            break;
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    fn unzip(file: &[u8]) -> String {
        let mut text = String::new();
        GzDecoder::new(file).read_to_string(&mut text).unwrap();
        text
    }

    proptest! {
        #[test]
        fn what_is_unpacked_is_the_page(
            texts in proptest::collection::vec("(<p>[a-z ]{0,300}</p>|\\PC{0,40}){0,20}", 1..4),
            fill in "[A-Za-z0-9_-]{12}",
        ) {
            let page = texts.join("%%%%%%%%%%%%");
            let prepared = Prepared::new(&page, "%%%%%%%%%%%%");
            let filled = page.replace("%%%%%%%%%%%%", &fill);
            prop_assert_eq!(&prepared.plain(&fill), &filled);
            prop_assert_eq!(unzip(&prepared.gzip(&fill)), filled);
        }
    }

    #[test]
    fn a_page_costs_little_more_than_without_holes() {
        let page = format!("{}%%%%{0}%%%%{0}", "<p>The same words again and again.</p>\n".repeat(100));
        let prepared = Prepared::new(&page, "%%%%");
        assert_eq!(prepared.holes(), 2);
        let whole = Prepared::new(&page, "none").gzip("none").len();
        assert!(prepared.gzip("abcd").len() < whole + 80, "what comes after refers to what comes before");
        assert_eq!(unzip(&prepared.gzip("abcd")), page.replace("%%%%", "abcd"));
    }
}
