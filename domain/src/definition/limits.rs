//! How large a definition may be. Each limit is checked before memory or time is spent on it.

/// Characters of a name.
pub const NAME_CHARS_MAX: usize = 200;
/// Characters of a dimension's name: it becomes part of a CSV column.
pub const DIMENSION_NAME_CHARS_MAX: usize = 60;
/// Dimensions of a definition; each adds two CSV columns.
pub const DIMENSION_COUNT_MAX: usize = 64;
/// Combinations of a definition, before its rules.
pub const COMBINATION_COUNT_MAX: u64 = 10_000_000;
/// Scenarios that a definition may list one by one.
pub const LISTED_COUNT_MAX: usize = 100_000;
/// Bytes of all listed scenarios together as JSON.
pub const LISTED_BYTES_MAX: usize = 64 << 20;
/// Different further keys of listed scenarios; each adds a CSV column.
pub const FIELD_COUNT_MAX: usize = 256;
/// Scorers of a definition; each adds a CSV column and a row per answer.
pub const SCORER_COUNT_MAX: usize = 20;
/// Values of a definition.
pub const VALUE_COUNT_MAX: usize = 20;
/// Names of a value, its own among them.
pub const VALUE_NAME_COUNT_MAX: usize = 50;
/// Characters of a value's name.
pub const VALUE_CHARS_MAX: usize = 60;
/// Characters of what a judge marks by.
pub const CRITERIA_CHARS_MAX: usize = 10_000;
/// Points of a rubric.
pub const RUBRIC_POINTS_MAX: usize = 100;
/// Bytes of the content as JSON, without listed scenarios.
pub const CONTENT_BYTES_MAX: usize = 1_000_000;
/// Bytes of a definition file: comments and quoting come on top of the content.
pub const FILE_BYTES_MAX: usize = 4_000_000;
/// Bytes of a file that lists scenarios, or of a data set.
pub const LISTED_FILE_BYTES_MAX: usize = 64 << 20;
/// Bytes that a YAML file may grow to when its aliases are replaced by what they stand for.
pub const EXPANDED_BYTES_MAX: usize = 2 * FILE_BYTES_MAX;
/// Characters of an answer that is a decision in free words.
pub const FREE_TEXT_CHARS_MAX: usize = 1_000;
/// Conditions of all rules together: every scenario may be tested against each.
pub const CONDITION_COUNT_MAX: usize = 1_000;
/// How deep parentheses and NOT may be nested in a rule.
pub const RULE_DEPTH_MAX: usize = 50;
/// Bytes of a scenario key.
pub const SCENARIO_KEY_BYTES_MAX: usize = 200;
/// From how many scenarios on a warning says what a run will cost.
pub const SCENARIO_COUNT_WARNED: u64 = 1_000;
