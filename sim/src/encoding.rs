//! Compressed bodies.

use std::io::Write;

use bytes::Bytes;

use crate::fault::Encoding;

pub(crate) fn encode(body: &[u8], encoding: Encoding) -> Bytes {
    let mut out = Vec::new();
    // Writing into memory does not fail.
    match encoding {
        Encoding::Gzip => {
            let mut gzip = flate2::write::GzEncoder::new(&mut out, flate2::Compression::default());
            let _ = gzip.write_all(body).and_then(|()| gzip.try_finish());
        }
        Encoding::Br => {
            let mut brotli = brotli::CompressorWriter::new(&mut out, 4_096, 5, 20);
            let _ = brotli.write_all(body);
        }
    }
    Bytes::from(out)
}
