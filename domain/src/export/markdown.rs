//! A conversation as Markdown.

use entity::turn;

/// A conversation as a document: the system prompt where one was sent, then every question with
/// its answer, under headings. The texts stand as they are, whatever Markdown makes of them.
pub fn conversation(system: Option<&str>, turns: &[turn::Model]) -> String {
    let mut document = String::new();
    let mut section = |heading: String, text: &str| {
        if !document.is_empty() {
            document.push_str("\n\n");
        }
        document.push_str(&format!("## {heading}\n\n{text}"));
    };
    if let Some(system) = system {
        section("System".into(), system);
    }
    for turn in turns {
        let number = turn.turn_index + 1;
        section(format!("Prompt {number}"), &turn.prompt);
        section(format!("Answer {number}"), &turn.answer);
    }
    document.push('\n');
    document
}
