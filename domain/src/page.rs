//! Pages by cursor: constant cost however far one reads.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    config::Config,
    error::{Error, Result},
};

/// What a page is asked for with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// Rows wanted.
    pub first: u64,
    /// The cursor of the last row seen.
    pub after: Option<String>,
}

impl PageRequest {
    /// A request within the limits.
    ///
    /// # Errors
    /// `Invalid` where `first` is not between 1 and the most rows of a page.
    pub fn new(config: &Config, first: Option<i32>, after: Option<String>) -> Result<Self> {
        let wanted = first.unwrap_or(i32::try_from(config.page_default).unwrap_or(50));
        match u64::try_from(wanted) {
            Ok(first) if (1..=u64::from(config.page_max)).contains(&first) => Ok(Self { first, after }),
            _ => Err(Error::invalid(
                "first",
                format!("A page has 1 to {} rows, not {wanted}.", config.page_max),
            )),
        }
    }

    /// The cursor of a list in order of time.
    ///
    /// # Errors
    /// `Invalid` where it is none of ours.
    pub fn after_time(&self) -> Result<Option<Cursor>> {
        self.after.as_deref().map(Cursor::parse).transpose()
    }

    /// The cursor of a list in order of a number.
    ///
    /// # Errors
    /// `Invalid` where it is none of ours.
    pub fn after_number(&self) -> Result<Option<i64>> {
        let parse = |cursor: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
            std::str::from_utf8(&bytes).ok()?.strip_prefix("n:")?.parse().ok()
        };
        self.after.as_deref().map(|cursor| parse(cursor).ok_or_else(bad_cursor)).transpose()
    }
}

/// The cursor of a row in a list in order of a number.
pub fn number_cursor(number: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("n:{number}"))
}

/// A place in a list in order of time.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The row's time.
    pub at: DateTime<Utc>,
    /// Tells rows of the same time apart.
    pub id: Uuid,
}

impl Cursor {
    fn parse(text: &str) -> Result<Self> {
        let decode = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let text = std::str::from_utf8(&bytes).ok()?;
            let (at, id) = text.split_once('|')?;
            Some(Self {
                at: DateTime::from_timestamp_millis(at.parse().ok()?)?,
                id: Uuid::parse_str(id).ok()?,
            })
        };
        decode().ok_or_else(bad_cursor)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(format!("{}|{}", self.at.timestamp_millis(), self.id)))
    }
}

fn bad_cursor() -> Error {
    Error::invalid("after", "This is no cursor of this list; take the endCursor of the page before.")
}

/// Some rows of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, each with its cursor.
    pub rows: Vec<(String, T)>,
    /// Whether there are more.
    pub has_next: bool,
    /// All rows of the list.
    pub total: u64,
}

impl<T> Page<T> {
    /// A page out of up to one row more than was wanted.
    pub fn of(mut found: Vec<T>, first: u64, total: u64, cursor: impl Fn(&T) -> String) -> Self {
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        let has_next = found.len() > first;
        found.truncate(first);
        Self { rows: found.into_iter().map(|row| (cursor(&row), row)).collect(), has_next, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_trip_to_the_client() {
        let cursor = Cursor { at: crate::db::now(), id: Uuid::now_v7() };
        assert_eq!(Cursor::parse(&cursor.to_string()).unwrap(), cursor);
    }

    #[test]
    fn a_cursor_of_somebody_else_is_refused() {
        assert!(Cursor::parse("abc").is_err());
        let request = PageRequest { first: 1, after: Some("!".into()) };
        assert!(request.after_number().is_err());
    }

    #[test]
    fn a_page_of_none_or_too_many_is_refused() {
        let config = Config::default();
        assert!(PageRequest::new(&config, Some(0), None).is_err());
        assert!(PageRequest::new(&config, Some(501), None).is_err());
        assert!(PageRequest::new(&config, Some(-1), None).is_err());
        assert_eq!(PageRequest::new(&config, None, None).unwrap().first, 50);
    }
}
