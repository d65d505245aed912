//! Text that somebody searches for.

use sea_orm::sea_query::LikeExpr;

use crate::error::{Error, Result};

/// A pattern that finds this text anywhere, ignoring case where the column is in lower case.
/// `%` and `_` stand for themselves.
///
/// # Errors
/// `Invalid` where the text has a character that no stored text can have.
pub(crate) fn containing(path: &str, text: &str) -> Result<LikeExpr> {
    let mut pattern = String::from("%");
    for character in without_nul(path, text)?.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Ok(LikeExpr::new(pattern).escape('\\'))
}

/// The text, where a database can hold it.
///
/// # Errors
/// `Invalid` where it has a NUL.
pub(crate) fn without_nul<'a>(path: &str, text: &'a str) -> Result<&'a str> {
    if text.contains('\0') {
        return Err(Error::invalid(path, "The text has a NUL character; leave it out."));
    }
    Ok(text)
}
