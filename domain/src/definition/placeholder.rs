//! What a name in brackets can stand for.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    DefinitionContent, ProblemCode,
    prompt_text::{CHOICES_PLACEHOLDER, Piece, SCALE_PLACEHOLDER, decision_placeholder, is_identifier},
    similar,
};

/// The name of the placeholder that is a listed scenario's body.
const BODY: &str = "body";

/// How far a further key can be relied upon.
#[derive(Default)]
struct Field {
    /// Scenarios where it is a text, a number, true or false.
    scalar_count: usize,
    /// The first scenario where it is something else.
    odd: Option<usize>,
}

/// The names that the texts of one definition may use; looked up once for all its texts.
pub(super) struct Placeholders<'a> {
    content: &'a DefinitionContent,
    fields: HashMap<&'a str, Field>,
}

impl<'a> Placeholders<'a> {
    pub(super) fn of(content: &'a DefinitionContent) -> Self {
        let mut fields: HashMap<&str, Field> = HashMap::new();
        for (index, scenario) in content.scenarios.iter().enumerate() {
            for (name, value) in &scenario.fields {
                let field = fields.entry(name).or_default();
                if is_scalar(value) {
                    field.scalar_count += 1;
                } else {
                    field.odd = field.odd.or(Some(index));
                }
            }
        }
        Self { content, fields }
    }

    /// What a name stands for. Errors: the code, what is wrong, what to do.
    pub(super) fn resolve(&self, name: &str) -> Result<Piece, (ProblemCode, String, String)> {
        let content = self.content;
        let built_in = decision_placeholder(&content.decision);
        if built_in == Some(name) {
            return Ok(Piece::Decisions);
        }
        if let Some(index) = content.dimensions.iter().position(|dimension| dimension.name == name) {
            return Ok(Piece::Dimension(index));
        }
        let is_listed = !content.scenarios.is_empty();
        if is_listed && name == BODY {
            return Ok(Piece::Body);
        }
        if let Some(field) = self.fields.get(name) {
            return self.field(name, field);
        }
        if !is_identifier(name) {
            let meant = similar::closest(name.trim(), self.names())
                .map_or(String::new(), |near| format!("Did you mean `[{near}]`? "));
            return Err((
                ProblemCode::InvalidPlaceholder,
                format!("`[{name}]` cannot be a placeholder: a name has letters, digits and `_` only."),
                format!("{meant}For literal brackets write `[[{name}]]`."),
            ));
        }
        let message = match is_listed {
            true => format!("`[{name}]` names no key of the scenarios."),
            false => format!("`[{name}]` names no dimension."),
        };
        if name == SCALE_PLACEHOLDER || name == CHOICES_PLACEHOLDER {
            let fix = match built_in {
                Some(built_in) => format!("This definition's decisions are listed by `[{built_in}]`."),
                None => "Answers are free text here, so there is nothing to list; drop it.".to_owned(),
            };
            return Err((ProblemCode::UnknownPlaceholder, message, fix));
        }
        let fix = match similar::closest(name, self.names().chain(built_in)) {
            Some(near) => format!("Did you mean `[{near}]`?"),
            None if is_listed => {
                format!("Give every scenario a key `{name}`, or write `[[{name}]]` for literal brackets.")
            }
            None => format!("Add a dimension `{name}`, or write `[[{name}]]` for literal brackets."),
        };
        Err((ProblemCode::UnknownPlaceholder, message, fix))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let body = (!self.content.scenarios.is_empty()).then_some(BODY);
        let dimensions = self.content.dimensions.iter().map(|dimension| dimension.name.as_str());
        dimensions.chain(body).chain(self.fields.keys().copied())
    }

    fn field(&self, name: &str, field: &Field) -> Result<Piece, (ProblemCode, String, String)> {
        let scenarios = &self.content.scenarios;
        if field.scalar_count == scenarios.len() {
            return Ok(Piece::Field(name.to_owned()));
        }
        let fix = format!("Give every scenario a `{name}`, or write `[[{name}]]` for literal brackets.");
        let without = scenarios.iter().find(|scenario| scenario.field(name).is_none());
        if let Some(scenario) = without {
            let message = format!("The scenario {:?} has no `{name}`.", scenario.key);
            return Err((ProblemCode::MissingField, message, fix));
        }
        let key = field.odd.and_then(|index| scenarios.get(index)).map_or("", |scenario| &scenario.key);
        let message =
            format!("`{name}` of the scenario {key:?} is neither a text, a number, true nor false.");
        Err((ProblemCode::WrongType, message, fix))
    }
}

/// Whether a prompt can hold the value.
pub(super) fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}
