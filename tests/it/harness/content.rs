//! Definitions to run.

use std::fmt::Write;

/// 125 scenarios of one turn, decided on a scale from 1 to 5.
pub(crate) const RESCUE: &str = include_str!("../../../examples/rescue-dilemma.yaml");
/// 32 scenarios of three turns.
pub(crate) const WALLET: &str = include_str!("../../../examples/found-wallet.yaml");
/// 12 scenarios of one turn, decided by named choices.
pub(crate) const CAPITALS: &str = include_str!("../../../examples/capital-cities.yaml");

/// A definition with a dimension for each number, which says how many levels it has.
pub(crate) fn grid(name: &str, sizes: &[u32]) -> String {
    grid_with(name, sizes, "Is it right?\n  [scale]\n  End with a line \"Decision: N\".")
}

/// The same with other last lines of the template.
pub(crate) fn grid_with(name: &str, sizes: &[u32], question: &str) -> String {
    let placeholders: Vec<String> = (0..sizes.len()).map(|index| format!("[d{index}]")).collect();
    let mut yaml = format!(
        "name: {name}\npreamble: Be brief.\ntemplate: |\n  {}\n  {question}\n",
        placeholders.join(" ")
    );
    if !sizes.is_empty() {
        yaml.push_str("dimensions:\n");
    }
    for (index, size) in sizes.iter().enumerate() {
        writeln!(yaml, "  - name: d{index}\n    levels:").unwrap();
        for level in 0..*size {
            writeln!(yaml, "      - {{score: {level}, label: L{level}, wording: item {index} at {level}}}")
                .unwrap();
        }
    }
    yaml.push_str("decision:\n  scale:\n    - {value: 1, label: No}\n    - {value: 2, label: Yes}\n");
    yaml
}
