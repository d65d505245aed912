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

/// How often a body may be compressed over again.
const CODING_COUNT_MAX: usize = 3;

/// How every gzip file begins, and no JSON or event.
const GZIP_MAGIC: &[u8] = &[0x1F, 0x8B];

/// Undoes the compression the headers announce, and gzip also where they do not, up to `limit`
/// bytes of output.
///
/// A body that does not decompress at all is returned as it is: its header lied. What
/// decompresses only at first (cut off on its way) is returned as far as it came.
pub(crate) fn decompress(headers: &HeaderMap, body: Bytes, limit: usize) -> Plain {
    let lines = headers.get_all(CONTENT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let codings = lines.flat_map(|line| line.split(',')).map(|coding| coding.trim().to_ascii_lowercase());
    // The last one named was the last one applied.
    let codings: Vec<String> = codings.filter(|coding| coding != "identity").collect();
    let mut plain = Plain { body, is_over_limit: false };
    for coding in codings.iter().rev().take(CODING_COUNT_MAX) {
        let Some(unpacked) = unpacked(coding, &plain.body, limit) else { break };
        plain = plain_of(unpacked, limit);
    }
    match unpacked("gzip", &plain.body, limit) {
        Some(unpacked) if !plain.is_over_limit => plain_of(unpacked, limit),
        _ => plain,
    }
}

fn plain_of(mut unpacked: Vec<u8>, limit: usize) -> Plain {
    let is_over_limit = unpacked.len() > limit;
    unpacked.truncate(limit);
    Plain { body: unpacked.into(), is_over_limit }
}

/// `None` where nothing comes of it.
fn unpacked(coding: &str, body: &[u8], limit: usize) -> Option<Vec<u8>> {
    let whole = match coding {
        "br" => {
            let source = brotli_decompressor::Decompressor::new(body, BROTLI_BUFFER);
            let (bytes, is_sound) = read_up_to(source, limit);
            // What is no brotli may seem to be some at first.
            if is_sound { bytes } else { unpacked("gzip", body, limit).unwrap_or(bytes) }
        }
        "deflate" => {
            let (bytes, _) = read_up_to(flate2::read::ZlibDecoder::new(body), limit);
            // Some leave out the frame that the standard asks for.
            if bytes.is_empty() {
                read_up_to(flate2::read::DeflateDecoder::new(body), limit).0
            } else {
                bytes
            }
        }
        // Whatever its name: gzip is known by how it begins.
        _ if body.starts_with(GZIP_MAGIC) => read_up_to(flate2::read::MultiGzDecoder::new(body), limit).0,
        _ => return None,
    };
    Some(whole).filter(|bytes| !bytes.is_empty())
}

/// What can be read, and whether it ended without an error. One byte more than the limit tells
/// "too large" from "just fits".
fn read_up_to(source: impl Read, limit: usize) -> (Vec<u8>, bool) {
    let mut plain = Vec::new();
    let end = source.take(limit as u64 + 1).read_to_end(&mut plain);
    (plain, end.is_ok())
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
    fn a_compressed_body_is_unpacked_whatever_its_header_says() {
        let deflated = {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(b"hello").unwrap();
            Bytes::from(encoder.finish().unwrap())
        };
        for (encoding, body) in [
            ("identity, GZIP", gzip(b"hello")),
            ("gzip, identity", gzip(b"hello")),
            ("gzip, gzip", gzip(&gzip(b"hello"))),
            ("identity", gzip(b"hello")),
            ("br", gzip(b"hello")),
            ("unheard-of", gzip(b"hello")),
            ("deflate", deflated),
        ] {
            assert_eq!(decompress(&headers(encoding), body, 100).body, "hello", "{encoding}");
        }
        assert_eq!(decompress(&HeaderMap::new(), gzip(b"hello"), 100).body, "hello");
    }

    #[test]
    fn a_body_that_unpacks_to_more_than_the_limit_is_cut_and_says_so() {
        let plain = decompress(&headers("gzip"), gzip(&[b'a'; 1_000]), 10);
        assert_eq!((plain.body.len(), plain.is_over_limit), (10, true));
        assert!(!decompress(&headers("gzip"), gzip(&[b'a'; 10]), 10).is_over_limit);
    }
}
