//! Undoing the `Content-Encoding` of an answer.

use std::io::Read;

use bytes::Bytes;
use http::{HeaderMap, header::CONTENT_ENCODING};

/// What [`decompress`] can undo, as the value of `Accept-Encoding`.
pub(crate) const ACCEPTED: &str = "gzip, br";

const BROTLI_BUFFER: usize = 16 * 1024;

/// A body as its sender wrote it, and whether it was cut off at the limit.
pub(crate) struct Plain {
    pub(crate) body: Bytes,
    pub(crate) is_over_limit: bool,
}

/// Undoes the compression the headers announce, up to `limit` bytes of output.
///
/// A body that does not decompress at all is returned as it is: its header lied. What
/// decompresses only at first (cut off on its way) is returned as far as it came.
pub(crate) fn decompress(headers: &HeaderMap, body: Bytes, limit: usize) -> Plain {
    let encoding = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    let unpacked = match encoding.as_deref() {
        Some(b"gzip" | b"x-gzip") => read_up_to(flate2::read::MultiGzDecoder::new(body.as_ref()), limit),
        Some(b"br") => {
            read_up_to(brotli_decompressor::Decompressor::new(body.as_ref(), BROTLI_BUFFER), limit)
        }
        _ => return Plain { body, is_over_limit: false },
    };
    if unpacked.is_empty() {
        return Plain { body, is_over_limit: false };
    }
    let is_over_limit = unpacked.len() > limit;
    let mut unpacked = Bytes::from(unpacked);
    unpacked.truncate(limit);
    Plain { body: unpacked, is_over_limit }
}

/// One byte more than the limit tells "too large" from "just fits". An error ends the
/// reading: what came before it is kept.
fn read_up_to(source: impl Read, limit: usize) -> Vec<u8> {
    let mut plain = Vec::new();
    let _ = source.take(limit as u64 + 1).read_to_end(&mut plain);
    plain
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, header::CONTENT_ENCODING};

    use super::decompress;

    fn headers(encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(encoding))])
    }

    fn gzip(text: &[u8]) -> Bytes {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn a_compressed_body_is_unpacked_and_one_that_only_claims_to_be_is_kept() {
        assert_eq!(decompress(&headers("gzip"), gzip(b"hello"), 100).body, "hello");
        for encoding in ["gzip", "br"] {
            let plain = Bytes::from_static(b"{\"choices\": []}");
            assert_eq!(decompress(&headers(encoding), plain.clone(), 100).body, plain);
        }
    }

    #[test]
    fn a_body_that_unpacks_to_more_than_the_limit_is_cut_and_says_so() {
        let plain = decompress(&headers("gzip"), gzip(&[b'a'; 1_000]), 10);
        assert_eq!((plain.body.len(), plain.is_over_limit), (10, true));
        assert!(!decompress(&headers("gzip"), gzip(&[b'a'; 10]), 10).is_over_limit);
    }
}
