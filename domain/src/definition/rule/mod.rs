//! Exclusion rules: `exclude: victims=1 AND NOT (action IN (4, 5) OR role="close friend")`.
//!
//! ```text
//! rule      = "exclude" ":" or
//! or        = and { "OR" and }
//! and       = not { "AND" not }
//! not       = { "NOT" } ( "(" or ")" | condition )
//! condition = dimension ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value
//!           | dimension [ "NOT" ] "IN" "(" value { "," value } ")"
//! value     = number | word | quoted text
//! ```
//!
//! Keywords may be written in any case. A number means a score; where no level of the dimension
//! has that score, it means a label. A word or a quoted text (`"…"` or `'…'`, with `\` before a
//! quote or a backslash) means a label, exactly. `<` and its kin compare scores; a level
//! without a score fulfils none of them.

mod compiled;
mod parser;
mod token;

pub(super) use compiled::{Condition, RuleSet, compile};
pub(super) use parser::{Comparison, Expression, Value, ValueKind, parse};
