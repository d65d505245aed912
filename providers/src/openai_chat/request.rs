//! A request as Chat Completions writes it.

use serde::{Serialize, Serializer, ser::SerializeSeq};

use crate::{
    ProviderRequest, Role,
    quirks::{Behaviour, MaxTokensField, SeedField, SystemRole},
};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Conversation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    random_seed: Option<i64>,
    stream: bool,
}

/// The messages, written one by one from where they are.
struct Conversation<'a> {
    request: &'a ProviderRequest,
    system_role: SystemRole,
}

#[derive(Serialize)]
struct Line<'a> {
    role: &'static str,
    content: &'a str,
}

impl Serialize for Conversation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut lines = serializer.serialize_seq(None)?;
        if let Some(content) = &self.request.system {
            let role = match self.system_role {
                SystemRole::System => "system",
                SystemRole::Developer => "developer",
                SystemRole::User => "user",
            };
            lines.serialize_element(&Line { role, content })?;
        }
        for message in &self.request.messages {
            let role = match message.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            lines.serialize_element(&Line { role, content: &message.text })?;
        }
        lines.end()
    }
}

/// The body to send, and the names of what the model does not take and so was left out.
pub(super) fn encode(
    request: &ProviderRequest,
    behaviour: Behaviour,
) -> Result<(String, Vec<String>), serde_json::Error> {
    let mut omitted = Vec::new();
    let mut leave_out = |is_left_out: bool, name: &str| {
        if is_left_out {
            omitted.push(name.to_owned());
        }
        !is_left_out
    };
    let takes_temperature =
        leave_out(request.temperature.is_some() && !behaviour.supports_temperature, "temperature");
    let takes_seed = leave_out(request.seed.is_some() && !behaviour.supports_seed, "seed");
    leave_out(request.system.is_some() && behaviour.system_role == SystemRole::User, "system_role");

    let max_tokens = |field| request.max_output_tokens.filter(|_| behaviour.max_tokens_field == field);
    let seed = |field| request.seed.filter(|_| takes_seed && behaviour.seed_field == field);
    let body = serde_json::to_string(&Body {
        model: &request.model,
        messages: Conversation { request, system_role: behaviour.system_role },
        temperature: request.temperature.filter(|_| takes_temperature),
        max_tokens: max_tokens(MaxTokensField::MaxTokens),
        max_completion_tokens: max_tokens(MaxTokensField::MaxCompletionTokens),
        seed: seed(SeedField::Seed),
        random_seed: seed(SeedField::RandomSeed),
        stream: false,
    })?;
    Ok((body, omitted))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::encode;
    use crate::{MaxTokensField, Message, ProviderRequest, Quirks, Role, SeedField, SystemRole, Timeouts};

    fn request() -> ProviderRequest {
        let say = |role, text: &str| Message { role, text: text.to_owned() };
        ProviderRequest {
            model: "m".to_owned(),
            system: Some("be brief".to_owned()),
            messages: vec![say(Role::User, "a\n\"b\""), say(Role::Assistant, "c"), say(Role::User, "😀")],
            temperature: Some(0.5),
            max_output_tokens: Some(9),
            seed: Some(-7),
            timeouts: Timeouts { first_byte: Duration::from_secs(1), total: Duration::from_secs(1) },
        }
    }

    #[test]
    fn a_request_is_written_as_the_plain_wire_format_wants_it() {
        let (body, omitted) = encode(&request(), Quirks::default().of_model("m")).unwrap();
        assert_eq!(
            body,
            r#"{"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"a\n\"b\""},{"role":"assistant","content":"c"},{"role":"user","content":"😀"}],"temperature":0.5,"max_tokens":9,"seed":-7,"stream":false}"#
        );
        assert!(omitted.is_empty());
    }

    #[test]
    fn what_a_model_does_not_take_is_left_out_and_named() {
        let quirks = Quirks {
            supports_seed: false,
            supports_temperature: false,
            system_role: SystemRole::User,
            max_tokens_field: MaxTokensField::MaxCompletionTokens,
            ..Quirks::default()
        };
        let (body, omitted) = encode(&request(), quirks.of_model("m")).unwrap();
        assert!(body.contains(r#"[{"role":"user","content":"be brief"},"#), "{body}");
        assert!(body.ends_with(r#"],"max_completion_tokens":9,"stream":false}"#), "{body}");
        assert_eq!(omitted, ["temperature", "seed", "system_role"]);
    }

    #[test]
    fn what_was_not_asked_for_is_neither_sent_nor_named_as_left_out() {
        let quirks = Quirks { supports_seed: false, ..Quirks::default() };
        let asked = ProviderRequest {
            system: None,
            temperature: None,
            max_output_tokens: None,
            seed: None,
            messages: vec![],
            ..request()
        };
        let (body, omitted) = encode(&asked, quirks.of_model("m")).unwrap();
        assert_eq!((body.as_str(), omitted.len()), (r#"{"model":"m","messages":[],"stream":false}"#, 0));
    }

    #[test]
    fn a_seed_goes_by_the_name_the_provider_gives_it() {
        let quirks = Quirks { seed_field: SeedField::RandomSeed, ..Quirks::default() };
        let (body, _) = encode(&request(), quirks.of_model("m")).unwrap();
        assert!(body.contains(r#""random_seed":-7"#) && !body.contains(r#""seed""#), "{body}");
    }
}
