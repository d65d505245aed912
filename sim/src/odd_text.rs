//! Text that is legal on the wire and hard on whoever stores it.

/// Emoji, right-to-left with direction marks, combining marks, C0 and C1 control characters, a
/// byte order mark, line separators, markup and a formula.
pub(crate) const ODD_TEXT: &str = "👩‍👩‍👧‍👦🏳️‍🌈 \u{202B}قرار שלום\u{202C} e\u{301}\u{327} Z̸̢͝ \u{1}\u{8}\u{B}\u{1B}[31m\u{7F}\u{85} \u{FEFF}\u{2028}\u{2029}\u{FFFD} <b>&amp;</b> \"quoted\", 'single'\r\n\t=1+1;\\ ";

/// What only a JSON escape can say: NUL and a lone surrogate.
pub(crate) const ODD_ESCAPES: &str = r"\u0000 \ud800 ";
