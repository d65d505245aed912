//! What a request to a loopback address must look like. There is no login there, so a web page
//! of somebody else, or a name that was rebound to this machine, must not get through.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, StatusCode, Uri, header};

use super::problem::Problem;

/// Refuses what does not come from this machine's own browser or program.
pub(super) fn check(address: SocketAddr, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let refused = |message: String| Err(Problem::new(StatusCode::FORBIDDEN, "FORBIDDEN", message));
    let forwarded = headers.keys().find(|name| {
        let name = name.as_str();
        name == "forwarded" || name == "via" || name == "x-real-ip" || name.starts_with("x-forwarded-")
    });
    if let Some(name) = forwarded {
        return refused(format!(
            "The header {name} says that a proxy stands in front, where Probity is open without login. Bind it to \
             another address with a token (`probity token create`)."
        ));
    }
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = uri.authority().map(http::uri::Authority::as_str).or_else(|| text(header::HOST));
    let Some(host) = host.filter(|host| is_own(address, host)) else {
        return refused(format!(
            "Probity answers to http://localhost:{0} and http://127.0.0.1:{0} only.",
            address.port()
        ));
    };
    if text(header::ORIGIN).is_some_and(|origin| origin != format!("http://{host}")) {
        return refused("This came from the page of another site.".into());
    }
    Ok(())
}

/// Refuses a download that another site's page asked for. A download typed in or linked on our
/// own page says `none` or `same-origin`; programs say nothing.
pub(super) fn check_download(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get("sec-fetch-site").map(|value| value.as_bytes()) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            "The page of another site asked for this download; open it from Probity's own page.",
        )),
    }
}

fn is_own(address: SocketAddr, host: &str) -> bool {
    let own = ["localhost", "127.0.0.1", "[::1]"];
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse().unwrap_or(0)),
        _ => (host, 80),
    };
    let is_bound_to = || name.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| address.ip() == ip);
    port == address.port() && (own.iter().any(|own| name.eq_ignore_ascii_case(own)) || is_bound_to())
}
