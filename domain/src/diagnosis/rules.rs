//! The table of rules: what a failure says of its cause, specific before general.

use super::Category::{self, Assertion, Auth, Connection, Data, Flaky, Stopped, Timeout, Unknown};

/// One cause of failures, and how it is recognised.
#[derive(Debug)]
pub struct Rule {
    /// The stored word, which is never renamed.
    pub cause: &'static str,
    /// What kind of trouble it is.
    pub category: Category,
    /// For people, as a heading.
    pub title: &'static str,
    /// True where trying the same probes again can succeed: by itself, or once what is to be done is
    /// done. False where the same request would get the same answer.
    pub is_retryable: bool,
    /// Categories of the taxonomy that this rule may decide about. With no words it takes all of
    /// them that no rule before has taken.
    pub(super) of: &'static [&'static str],
    /// Words of the message, in lower case, any of which is enough. They stand for themselves: no
    /// letter or digit goes before or after them, unless `*` ends them.
    pub(super) words: &'static [&'static str],
    /// What to do.
    pub(super) advice: Advice,
}

/// What to do about a cause.
#[derive(Debug)]
pub(super) enum Advice {
    /// What is said of this category of the taxonomy, with the names of the provider.
    OfProvider(&'static str),
    /// The same for every provider.
    Text(&'static str),
}

use Advice::{OfProvider, Text};

const fn rule(cause: &'static str, category: Category, title: &'static str, is_retryable: bool) -> Rule {
    Rule { cause, category, title, is_retryable, of: &[], words: &[], advice: Text("") }
}

impl Rule {
    const fn of(self, of: &'static [&'static str]) -> Self {
        Self { of, ..self }
    }

    const fn says(self, words: &'static [&'static str]) -> Self {
        Self { words, ..self }
    }

    const fn so(self, advice: Advice) -> Self {
        Self { advice, ..self }
    }
}

/// Every rule, in order of precedence: timeout, connection, auth, data, flaky, assertion; within
/// each the specific ones first.
pub(super) static RULES: [Rule; 36] = [
    rule("timeout_connect", Timeout, "No connection in time", true)
        .of(&["timeout"])
        .says(&["no connection in time", "connect timeout", "connection timed out", "connecttimeout*", "connect etimedout"])
        .so(OfProvider("connection")),
    rule("timeout_program", Timeout, "The program did not end in time", true)
        .of(&["timeout"])
        .says(&["program did not end within"])
        .so(Text("The program took longer than it may. Make it quicker, or raise attempt_timeout_seconds.")),
    rule("timeout_incomplete", Timeout, "The answer was not complete in time", true)
        .of(&["timeout"])
        .says(&["was not complete within"])
        .so(Text("The answer came too slowly. Ask for shorter answers (max_tokens), or raise attempt_timeout_seconds.")),
    rule("timeout", Timeout, "No answer in time", true)
        .of(&["timeout"])
        .says(&[
            "timed out", "timeout", "timeouts", "time-out", "timeouterror", "timeoutexception", "timeoutexpired",
            "readtimeout", "deadline exceeded", "deadline_exceeded", "etimedout", "time limit exceeded",
            "did not end within", "no response within", "took too long", "gateway timeout", "504", "408",
        ])
        .so(OfProvider("timeout")),
    rule("connection_dns", Connection, "The name was not resolved", true)
        .of(&["connection"])
        .says(&[
            "dns error", "name resolution", "could not resolve*", "failed to lookup address", "enotfound", "eai_again",
            "getaddrinfo*", "name or service not known", "nodename nor servname*", "no such host", "nameresolutionerror",
        ])
        .so(OfProvider("connection")),
    rule("connection_tls", Connection, "No secure connection", true)
        .of(&["connection"])
        .says(&["certificate*", "tls", "ssl", "sslerror", "handshake*", "invalidcontenttype", "unknownissuer", "self-signed"])
        .so(OfProvider("connection")),
    rule("connection_proxy", Connection, "The proxy does not connect", true)
        .of(&["connection"])
        .says(&["proxyerror", "proxy", "tunnel", "407"])
        .so(OfProvider("connection")),
    rule("connection_refused", Connection, "The connection was refused", true)
        .of(&["connection"])
        .says(&["connection refused", "econnrefused", "connectionrefusederror", "actively refused"])
        .so(OfProvider("connection")),
    rule("connection_program", Connection, "The program could not be started", false)
        .of(&["connection"])
        .says(&["cannot be started", "the program was lost", "the command"])
        .so(Text("Check the program's path, its permissions and its working_directory in the probity.toml of the worker.")),
    rule("connection_broken", Connection, "The connection broke", true)
        .of(&["connection"])
        .says(&[
            "connection reset*", "econnreset", "connectionreseterror", "connection aborted", "econnaborted", "broken pipe",
            "epipe", "brokenpipeerror", "connection broke", "connection closed", "connection was closed", "closed before*",
            "unexpected eof", "unexpected end of file", "incomplete message", "stream ended", "socket hang up",
            "remote end closed*", "peer closed*", "incompleteread",
        ])
        .so(Text(
            "Something between the worker and the provider, or the provider itself, cut the connection. Workers try \
             again by themselves; where it goes on, look at proxy and firewall, and allow fewer calls at once.",
        )),
    rule("connection", Connection, "No connection", true)
        .of(&["connection"])
        .says(&[
            "connection error", "connectionerror", "no connection", "cannot connect", "could not connect",
            "failed to connect", "network is unreachable", "enetunreach", "no route to host", "ehostunreach",
            "host is unreachable", "network error", "fetch failed", "net::err_*",
        ])
        .so(OfProvider("connection")),
    rule("quota", Auth, "The account's quota is used up", true)
        .of(&["quota"])
        .says(&["insufficient_quota", "exceeded your current quota", "quota is used up", "quota_exceeded", "usage limits"])
        .so(OfProvider("quota")),
    rule("billing", Auth, "The account is not paid for", true)
        .of(&["billing"])
        .says(&[
            "402", "payment required", "billing*", "credit balance", "insufficient credit*", "insufficient balance",
            "insufficient funds", "insufficient_balance",
        ])
        .so(OfProvider("billing")),
    rule("key", Auth, "The key is refused", true)
        .of(&["auth"])
        .says(&[
            "401", "unauthorized", "unauthorised", "unauthenticated", "authentication*", "incorrect api key",
            "invalid api key", "invalid_api_key", "api key not valid", "api_key_invalid", "api key expired",
            "invalid credentials", "bad credentials", "invalid token", "token expired", "expired token",
            "no auth credentials", "missing api key", "login failed", "not logged in",
        ])
        .so(OfProvider("auth")),
    rule("permission", Auth, "The account may not do this", true)
        .of(&["auth"])
        .says(&[
            "403", "forbidden", "permission*", "access denied", "accessdenied", "eacces", "not authorized",
            "not allowed", "location is not supported", "organization has been disabled",
        ])
        .so(Text("The account or its key may not do this. Give it the permission, or take a model that it may use.")),
    // Whatever else is the account's.
    rule("auth", Auth, "The account is refused", true).of(&["auth"]).so(OfProvider("auth")),
    rule("context_length", Data, "The conversation is longer than the model takes", false)
        .of(&["context_length"])
        .says(&[
            "context length", "context_length*", "context window", "context limit", "prompt is too long", "prompt too long",
            "input is too long", "request too large", "reduce the length of*", "maximum number of tokens", "413",
            "payload too large",
        ])
        .so(OfProvider("context_length")),
    rule("model_not_found", Data, "The model is not known there", false)
        .of(&["model_not_found"])
        .says(&["model_not_found", "model not found", "unknown model", "no such model", "invalid model", "model does not exist"])
        .so(OfProvider("model_not_found")),
    rule("content_filter", Data, "The prompt was filtered", false)
        .of(&["bad_request"])
        .says(&[
            "content filter*", "content_filter*", "content policy", "content_policy*", "content management policy",
            "safety system", "flagged", "moderation", "responsible ai", "usage policy", "usage policies",
            "content exists risk",
        ])
        .so(Text(
            "The provider does not pass these prompts on to the model. Change their words, ask for an exemption there, \
             or take another provider.",
        )),
    rule("redirect", Data, "The address is another one", false)
        .of(&["bad_request"])
        .says(&["redirects are not followed"])
        .so(Text("The provider answers from another address: correct base_url in the probity.toml of the worker.")),
    rule("parameter", Data, "A parameter is not taken", false)
        .of(&["bad_request"])
        .says(&[
            "unsupported parameter", "unsupported value", "unsupported_parameter", "unsupported_value", "unknown parameter",
            "unrecognized request argument*", "invalid parameter", "extra inputs are not permitted", "is not supported",
            "not supported with*", "does not support*", "temperature", "top_p", "max_tokens", "max_completion_tokens",
            "reasoning_effort", "unexpected keyword argument",
        ])
        .so(Text(
            "A setting of the run is not one that the model takes: its words say which. Run again without it, or say \
             what the model does not take (`setModel`, probity.toml).",
        )),
    rule("too_large", Data, "The answer is larger than the limit", false)
        .of(&["malformed"])
        .says(&["larger than the limit"])
        .so(Text("Ask for shorter answers (max_tokens), or raise answer_max_bytes.")),
    rule("malformed", Data, "The answer could not be read", true)
        .of(&["malformed"])
        .says(&[
            "malformed*", "not valid json", "invalid json", "jsondecodeerror", "is not a json object", "is not json",
            "unexpected token", "unexpected end of json*", "parse error", "parsererror", "syntaxerror", "syntax error",
            "could not be parsed", "cannot be parsed", "decode error", "unicodedecodeerror", "invalid utf-8",
            "schema validation", "validationerror", "validation error",
        ])
        .so(OfProvider("malformed")),
    rule("storage", Data, "The answer could not be stored", false).of(&["storage"]).so(OfProvider("storage")),
    rule("missing", Data, "Something that is needed is not there", false)
        .says(&[
            "no such file*", "filenotfounderror", "enoent", "file not found", "modulenotfounderror", "no module named",
            "importerror", "keyerror", "missing field", "missing required", "no such table", "no such column",
            "command not found", "404", "not found", "exit status: 127",
        ])
        .so(Text("Put there what the message names: a file, a module, a row, an address.")),
    rule("constraint", Data, "The data breaks a rule", false)
        .says(&[
            "violates*", "integrityerror", "duplicate key", "unique constraint*", "foreign key*", "null value",
            "valueerror", "typeerror", "attributeerror", "indexerror", "409",
        ])
        .so(Text("Correct the data, or the code that the message points at.")),
    rule("bad_request", Data, "The request is not taken as it is", false)
        .of(&["bad_request"])
        .so(OfProvider("bad_request")),
    rule("invalid_request", Data, "The request is not taken as it is", false)
        .says(&["400", "422", "bad request", "invalid request", "invalid_request*", "invalid argument", "unprocessable*"])
        .so(OfProvider("bad_request")),
    rule("rate_limited", Flaky, "Too many calls", true)
        .of(&["rate_limited"])
        .says(&[
            "429", "529", "rate limit*", "rate-limit*", "rate_limit*", "ratelimit*", "too many requests",
            "resource_exhausted", "resource exhausted", "throttl*", "slow down",
        ])
        .so(OfProvider("rate_limited")),
    rule("overloaded", Flaky, "The provider has no room", true)
        .of(&["overloaded"])
        .says(&["503", "overloaded*", "service unavailable", "temporarily unavailable", "at capacity", "no capacity"])
        .so(OfProvider("overloaded")),
    rule("worker_lost", Flaky, "The workers that held them died", true)
        .of(&["worker_lost"])
        .says(&["worker that held"])
        .so(OfProvider("worker_lost")),
    rule("program_failed", Flaky, "The program failed", true)
        .says(&[
            "exit status*", "exit code*", "exited with*", "signal", "segmentation fault", "sigsegv", "sigkill",
            "out of memory", "memoryerror", "core dumped",
        ])
        .so(Text("Run the program by hand with one of the prompts; what it wrote to standard error is the evidence.")),
    rule("server", Flaky, "The provider failed", true)
        .of(&["server"])
        .says(&["500", "502", "internal server error", "bad gateway", "server error", "internal error", "server_error"])
        .so(OfProvider("server")),
    rule("unsteady", Flaky, "It passes at times", true)
        .says(&[
            "flaky", "intermittent*", "passed on retry", "race condition", "stale element*", "staleelementreference*",
            "not attached to*", "deadlock*", "database is locked",
        ])
        .so(Text("Try it again alone. Where it passes then, look for what it shares with others: order, time, state.")),
    rule("assertion", Assertion, "Something else came than was expected", false)
        .says(&[
            "assert*", "expected", "expectation*", "to equal", "to be", "should be", "should have", "should equal",
            "mismatch*", "does not match", "did not match", "not equal", "comparisonfailure", "panicked at",
            "left:", "snapshot*",
        ])
        .so(Text("Compare what was expected with what came, and correct whichever is wrong.")),
    rule("unknown", Unknown, "Not recognised", true)
        .so(Text("The message is all there is: the log of the worker says more.")),
];

/// Probes that were ended without being asked. No words: only who ended them knows.
pub(super) static STOPPED: [Rule; 2] = [
    rule("deadline", Stopped, "Not asked: the deadline had passed", true).of(&["deadline"]).so(Text(
        "Try the failed probes again: the run then gets a new deadline. Or run again with a later one.",
    )),
    rule("rejected", Stopped, "Not asked: the run was rejected", false)
        .of(&["rejected"])
        .so(Text("Nothing: somebody decided so. A new run can ask them.")),
];
