//! Finds what somebody probably meant.

/// The candidate closest to `wanted`, if it is close enough to be a slip of the keyboard: the
/// same but for case, or at most a third of its characters apart.
pub(crate) fn closest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Distance is quadratic; nobody mistypes a text this long by a letter.
    if wanted.chars().count() > 100 {
        return None;
    }
    let wanted = wanted.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 400)
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= (wanted.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements that turn one into the other (Levenshtein, 1966).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

/// Up to ten names for a message: `"a", "b", …`.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names: Vec<String> = names.into_iter().take(11).map(|name| format!("{name:?}")).collect();
    if names.len() > 10 {
        names.truncate(10);
        names.push("…".to_owned());
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{closest, listed};

    #[test]
    fn a_slip_of_the_keyboard_is_recognised() {
        let names = ["victims", "action", "relation"];
        assert_eq!(closest("victim", names), Some("victims"));
        assert_eq!(closest("Victims", names), Some("victims"));
        assert_eq!(closest("actoin", names), Some("action"));
        assert_eq!(closest("weather", names), None);
    }

    #[test]
    fn a_long_list_is_cut() {
        let names: Vec<String> = (0..30).map(|number| number.to_string()).collect();
        assert!(listed(names.iter().map(String::as_str)).ends_with("\"9\", …"));
    }
}
