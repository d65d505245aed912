//! What models answered in free words, in a few lines.

use domain::findings::{DecisionCount, ModelFindings};

use crate::words::counted;

/// Answers of a model that are shown.
const SHOWN: usize = 5;
/// Characters of an answer that are shown.
const CHARS_SHOWN: usize = 40;

/// The most frequent answers of each model, a line each; empty where there are none.
pub(crate) fn most_frequent(models: &[ModelFindings], labels: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for (model, label) in models.iter().zip(labels).filter(|(model, _)| !model.distribution.is_empty()) {
        lines.push(format!("{label}:"));
        for DecisionCount { value, count, .. } in model.distribution.iter().take(SHOWN) {
            lines.push(format!("  {count} × {}", cut(value)));
        }
        let more = model.distinct_count.unwrap_or_default().saturating_sub(SHOWN as u64);
        if more > 0 {
            lines.push(format!("  and {} more", counted(more, "different answer")));
        }
    }
    lines
}

/// The beginning of a text, on one line.
fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= CHARS_SHOWN {
        return line;
    }
    let kept: String = line.chars().take(CHARS_SHOWN - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_long_answer_is_cut_to_one_short_line() {
        let said = cut(&"é\n".repeat(100));
        assert_eq!(said.chars().count(), 40);
        assert!(said.starts_with("é é") && said.ends_with('…'), "{said}");
        assert_eq!(cut("Ottawa"), "Ottawa");
    }
}
