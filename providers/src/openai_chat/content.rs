//! The content of a message, and thoughts in the many shapes relatives give them.

use crate::{
    classify::Fault,
    fields::{self, Fields},
};

/// How deep a thought may be wrapped in objects and lists.
const DEPTH_MAX: usize = 4;

/// What the parts of a content say.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) thinking: Option<String>,
    pub(super) is_refused: bool,
}

/// Content is a string, null, absent, or a list of parts (Mistral's reasoning models).
pub(super) fn read(json: Option<&str>) -> Result<Content, Fault> {
    let Some(json) = json else {
        return Ok(Content::default());
    };
    if let Some(text) = fields::string(json) {
        return Ok(Content { text, ..Content::default() });
    }
    // A server that was asked for JSON may have parsed it.
    let is_part = |part: Fields<'_>| ["type", "text"].iter().any(|name| part.raw(name).is_some());
    if Fields::of(json).is_some_and(|object| !is_part(object)) {
        return Ok(Content { text: json.to_owned(), ..Content::default() });
    }
    let parts = fields::array(json)
        .or_else(|| Fields::of(json).map(|_| vec![json]))
        .ok_or_else(|| Fault::malformed(format!("choices[0].message.content is no text: {json:.200}")))?;
    let mut content = Content::default();
    for json in parts {
        let Some(part) = Fields::of(json) else {
            content.text.push_str(&fields::string(json).unwrap_or_default());
            continue;
        };
        match part.string("type").as_deref() {
            Some("thinking" | "reasoning" | "reasoning_text") => {
                let thought = thought(json).unwrap_or_default();
                content.thinking.get_or_insert_default().push_str(&thought);
            }
            Some("refusal") => {
                content.is_refused = true;
                content.text.push_str(&part.string("refusal").unwrap_or_default());
            }
            Some("text" | "output_text") | None => {
                content.text.push_str(&part.string("text").unwrap_or_default());
            }
            // References, images and what is yet to be invented are left to the raw body.
            Some(_) => {}
        }
    }
    content.thinking = content.thinking.filter(|text| !text.trim().is_empty());
    Ok(content)
}

/// A thought: text, an object with text in it (`{"content": …}`), or a list of such, as
/// OpenRouter's `reasoning_details`. `None` where it says nothing, being encrypted or empty.
pub(super) fn thought(json: &str) -> Option<String> {
    unwrapped(json, DEPTH_MAX).filter(|text| !text.trim().is_empty())
}

fn unwrapped(json: &str, depth: usize) -> Option<String> {
    if let Some(text) = fields::string(json) {
        return Some(text);
    }
    let depth = depth.checked_sub(1)?;
    if let Some(elements) = fields::array(json) {
        return Some(elements.into_iter().filter_map(|json| unwrapped(json, depth)).collect());
    }
    let object = Fields::of(json)?;
    let names = ["text", "thinking", "summary", "content", "reasoning", "reasoning_text"];
    names.iter().find_map(|name| unwrapped(object.raw(name)?, depth).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::{read, thought};

    #[test]
    fn a_thought_is_found_in_every_wrapping() {
        for (json, expected) in [
            (r#""r""#, Some("r")),
            (r#"{"content":"r"}"#, Some("r")),
            (r#"{"effort":"low","text":"","summary":"r"}"#, Some("r")),
            (
                r#"[{"type":"reasoning.summary","summary":"r"},{"type":"reasoning.encrypted","data":"x"},{"type":"reasoning.text","text":"s","signature":"x"}]"#,
                Some("rs"),
            ),
            (r#"[{"type":"thinking","thinking":[{"type":"text","text":"r"}]}]"#, Some("r")),
            (r#"[{"type":"reasoning.encrypted","data":"x"}]"#, None),
            (r#""""#, None),
            (r#"" \n""#, None),
            ("{}", None),
            ("[]", None),
            ("7", None),
            ("true", None),
        ] {
            assert_eq!(thought(json).as_deref(), expected, "{json}");
        }
        let deep = format!("{}\"r\"{}", "[".repeat(90), "]".repeat(90));
        assert_eq!(thought(&deep), None);
    }

    #[test]
    fn parts_of_a_content_are_told_apart() {
        let content = read(Some(
            r#"["a",{"type":"text","text":"b"},{"type":"reference","text":"no"},{"type":"image_url"},null,
                {"type":"reasoning_text","text":"r"},{"text":"c"},{"type":"text","text":null}]"#,
        ))
        .unwrap();
        assert_eq!((content.text.as_str(), content.thinking.as_deref()), ("abc", Some("r")));
        assert!(!content.is_refused);
        assert_eq!(read(Some(r#"{"type":"text","text":"a"}"#)).unwrap().text, "a");
    }
}
