//! Server-sent events: how every vendor streams.
//!
//! Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>.

use std::borrow::Cow;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event<'a> {
    /// Its name; empty where it has none.
    pub(crate) name: &'a str,
    /// Its lines of data, joined by line breaks.
    pub(crate) data: Cow<'a, str>,
    /// Where it ends in the stream, in bytes.
    pub(crate) end: usize,
}

/// Whether a body is a stream of events, whatever its Content-Type says.
pub(crate) fn is_stream(body: &str) -> bool {
    let start = body.trim_start_matches(['\u{feff}', '\r', '\n']);
    let is_event = ["data:", "event:", "id:", "retry:", ":"].iter().any(|field| start.starts_with(field));
    is_event && !without_comments(body).starts_with('{')
}

/// What follows the comments with which a server keeps a connection alive: some send them before
/// an answer in one piece as well.
pub(crate) fn without_comments(body: &str) -> &str {
    let mut rest = body;
    loop {
        let start = rest.trim_start_matches(['\u{feff}', '\r', '\n', ' ', '\t']);
        if !start.starts_with(':') {
            return start;
        }
        rest = &start[line_at(start).1..];
    }
}

/// The events of a stream. The last one counts also where the blank line after it is missing:
/// a connection may close before it.
pub(crate) fn events(body: &str) -> impl Iterator<Item = Event<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (mut name, mut data): (&str, Option<Cow<'_, str>>) = ("", None);
        loop {
            if at >= body.len() {
                return data.take().map(|data| Event { name, data, end: body.len() });
            }
            let (line, length) = line_at(&body[at..]);
            at += length;
            if line.is_empty() {
                match data.take() {
                    Some(data) => return Some(Event { name, data, end: at }),
                    // An event without data is none.
                    None => name = "",
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field.trim_start_matches('\u{feff}') {
                "event" => name = value,
                "data" => {
                    data = Some(match data {
                        Some(before) => Cow::Owned(format!("{before}\n{value}")),
                        None => Cow::Borrowed(value),
                    });
                }
                _ => {}
            }
        }
    })
}

/// The first line without its end, and its length with it.
fn line_at(text: &str) -> (&str, usize) {
    match text.find(['\r', '\n']) {
        None => (text, text.len()),
        Some(end) if text[end..].starts_with("\r\n") => (&text[..end], end + 2),
        Some(end) => (&text[..end], end + 1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{events, is_stream};

    fn read(body: &str) -> Vec<(String, String)> {
        events(body).map(|event| (event.name.to_owned(), event.data.into_owned())).collect()
    }

    fn pairs(events: &[(&str, &str)]) -> Vec<(String, String)> {
        events.iter().map(|(name, data)| ((*name).to_owned(), (*data).to_owned())).collect()
    }

    #[test]
    fn events_are_read_with_every_kind_of_line_end() {
        for end in ["\n", "\r\n", "\r"] {
            let body = [": ping", "", "event: a", "data: 1", "data:2", "", "data: [DONE]", "", ""].join(end);
            assert_eq!(read(&body), pairs(&[("a", "1\n2"), ("", "[DONE]")]), "{end:?}");
            assert!(is_stream(&body));
        }
    }

    #[test]
    fn the_last_event_counts_without_its_blank_line_and_one_without_data_does_not() {
        assert_eq!(read("event: ping\n\ndata: {\"a\":1}"), pairs(&[("", "{\"a\":1}")]));
        assert!(!is_stream("{\"data\": 1}") && !is_stream("<html>"));
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_events_panic(body in "\\PC*|((data|event|:)?:? ?\\PC{0,9}[\r\n]{0,3}){0,9}") {
            let ends: Vec<usize> = events(&body).map(|event| event.end).collect();
            prop_assert!(ends.is_sorted() && ends.iter().all(|end| *end <= body.len()));
        }
    }
}
