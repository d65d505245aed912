//! A CSV as it was downloaded.

use std::collections::BTreeMap;

pub(crate) struct Download {
    pub(crate) status: u16,
    pub(crate) file_name: String,
    pub(crate) is_partial: bool,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) type Row = BTreeMap<String, String>;

impl Download {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let disposition = header("content-disposition").unwrap_or_default();
        let file_name = disposition.split('"').nth(1).unwrap_or_default().to_owned();
        let is_partial = header("x-probity-partial").as_deref() == Some("true");
        let status = response.status().as_u16();
        Self { status, file_name, is_partial, bytes: response.bytes().await.unwrap().to_vec() }
    }

    /// A file that was exported.
    pub(crate) fn read(path: &std::path::Path) -> Self {
        let file_name = path.file_name().unwrap().to_string_lossy().into_owned();
        Self { status: 200, file_name, is_partial: false, bytes: std::fs::read(path).unwrap() }
    }

    /// The text behind the byte order mark, which must be there.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(self.bytes.strip_prefix(b"\xEF\xBB\xBF").expect("a byte order mark")).unwrap()
    }

    pub(crate) fn columns(&self) -> Vec<String> {
        let mut reader = csv::Reader::from_reader(self.text().as_bytes());
        reader.headers().unwrap().iter().map(str::to_owned).collect()
    }

    /// The rows, strictly read: as many fields as columns.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut reader = csv::Reader::from_reader(self.text().as_bytes());
        reader.deserialize().map(|row| row.unwrap()).collect()
    }
}
