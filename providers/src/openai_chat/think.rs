//! Reasoning that a server left in the text, between `<think>` and `</think>` or their like.

const START: &str = "<think>";
const END: &str = "</think>";

/// The marks of models that were trained with others: Mistral's, ByteDance's and Moonshot's.
const OTHERS: [(&str, &str); 3] =
    [("[THINK]", "[/THINK]"), ("<seed:think>", "</seed:think>"), ("◁think▷", "◁/think▷")];

/// Takes the thinking off the beginning of a text; what a model says of such tags later on
/// is text. Without its end the model ran out of tokens while it thought, and the text never
/// began; without its start the server's template had written the start for the model.
///
/// Reasoning that came apart from the text counts. A thought in the text is then taken off
/// only where it is empty or the same once more.
pub(crate) fn apart(text: String, reasoning: Option<String>) -> (String, Option<String>) {
    let Some((thought, rest)) = split(&text) else {
        return (text, reasoning);
    };
    let thought_is_news =
        |reasoning: &String| !thought.trim().is_empty() && thought.trim() != reasoning.trim();
    if reasoning.as_ref().is_some_and(thought_is_news) {
        return (text, reasoning);
    }
    let reasoning =
        reasoning.or_else(|| Some(thought.to_owned()).filter(|thought| !thought.trim().is_empty()));
    (rest.to_owned(), reasoning)
}

/// The thought and the text after it; `None` where the text is text from its first character.
fn split(text: &str) -> Option<(&str, &str)> {
    let begins = text.trim_start();
    for (start, end) in [(START, END)].into_iter().chain(OTHERS) {
        if let Some(thought) = begins.strip_prefix(start) {
            return Some(thought.split_once(end).unwrap_or((thought, "")));
        }
    }
    let (thought, rest) = text.split_once(END)?;
    // A model that explains the tag has it in the middle of a line, or speaks of its start too.
    let is_at_edge_of_line =
        thought.is_empty() || thought.ends_with('\n') || rest.is_empty() || rest.starts_with(['\n', '\r']);
    (is_at_edge_of_line && !thought.contains(START)).then_some((thought, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::apart;

    #[test]
    fn a_thought_is_taken_off_the_beginning_of_the_text_however_it_is_marked() {
        for (text, answer, reasoning) in [
            ("<think>r</think>\na", "\na", Some("r")),
            ("\n<think>r</think>a</think>", "a</think>", Some("r")),
            ("<think>\n\n</think>\n\na", "\n\na", None),
            ("<think>ran out", "", Some("ran out")),
            ("r\n</think>\n\na", "\n\na", Some("r\n")),
            ("</think>a", "a", None),
            ("[THINK]r[/THINK]a", "a", Some("r")),
            ("[THINK]ran out", "", Some("ran out")),
            ("<seed:think>r</seed:think>a", "a", Some("r")),
            ("◁think▷r◁/think▷a", "a", Some("r")),
        ] {
            let read = apart(text.to_owned(), None);
            assert_eq!((read.0.as_str(), read.1.as_deref()), (answer, reasoning), "{text}");
        }
    }

    #[test]
    fn tags_that_a_model_speaks_of_are_text() {
        for text in ["a <think>r</think>", "`<think>` opens and `</think>` closes it", "write </think> there"]
        {
            assert_eq!(apart(text.to_owned(), None), (text.to_owned(), None));
        }
    }

    #[test]
    fn reasoning_that_came_apart_is_not_read_twice_and_nothing_is_lost() {
        let with = |text: &str| apart(text.to_owned(), Some("r".to_owned())).0;
        assert_eq!(with("<think>\nr\n</think>a"), "a");
        assert_eq!(with("<think></think>a"), "a");
        assert_eq!(with("<think>other</think>a"), "<think>other</think>a");
    }

    proptest! {
        #[test]
        fn no_character_is_lost_but_the_tags(text in "(<think>|</think>|[a-c\n ]){0,12}") {
            let (rest, reasoning) = apart(text.clone(), None);
            prop_assert!(text.ends_with(&rest));
            prop_assert!(text.contains(&reasoning.unwrap_or_default()));
        }
    }
}
