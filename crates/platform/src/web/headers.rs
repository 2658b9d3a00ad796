//! What every answer says to the browser, and what requests say in theirs.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};

const CSP: &str = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

/// `same-origin` rather than `no-referrer`: with the latter browsers send `Origin: null` with forms, and on a plain
/// HTTP network the CSRF layer has only `Origin` to go by. Other sites learn nothing either way.
const REFERRER: &str = "same-origin";

/// Sets the headers of every answer. What a page shows is never stored; assets say otherwise themselves.
pub fn harden(mut response: Response<Body>, tls: bool) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static(REFERRER));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// A cookie of the request; empty if it is not there.
pub fn cookie(headers: &HeaderMap, name: &str) -> String {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    for pair in pairs {
        if let Some((key, value)) = pair.trim().split_once('=')
            && key == name
        {
            return value.to_owned();
        }
    }
    String::new()
}

/// The page a form was sent from, as path and query; empty if the browser does not say. Only where to go back to.
pub fn referer(headers: &HeaderMap) -> String {
    let told = headers.get(header::REFERER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let rest = told.split_once("://").map_or("", |(_, rest)| rest);
    rest.find('/').map_or_else(String::new, |at| rest[at..].to_owned())
}

/// Where a request comes from, for counting failed sign-ins: of IPv6 the network, since one machine has many addresses.
pub fn origin(headers: &HeaderMap, peer: Option<std::net::IpAddr>, trust_proxy: bool) -> String {
    let told = headers.get("x-forwarded-for").and_then(|v| v.to_str().ok());
    // The last entry is the one the proxy itself wrote.
    let told = told.filter(|_| trust_proxy).and_then(|v| v.rsplit(',').next()?.trim().parse().ok());
    match told.or(peer) {
        Some(std::net::IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Some(address) => address.to_canonical().to_string(),
        None => String::from("unknown"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; tsumugi_guest=x; tsumugi=y"));
        assert_eq!(cookie(&headers, "tsumugi"), "y");
        assert_eq!(cookie(&headers, "tsumugi_guest"), "x");
        assert_eq!(cookie(&headers, "b"), "");
    }

    #[test]
    fn a_forwarded_address_is_believed_only_behind_a_trusted_proxy() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("1.1.1.1, 203.0.113.7"));
        let peer = Some("10.0.0.1".parse().unwrap());
        assert_eq!(origin(&headers, peer, false), "10.0.0.1");
        assert_eq!(origin(&headers, peer, true), "203.0.113.7");
        let v6 = Some("2001:db8:1:2:3:4:5:6".parse().unwrap());
        assert_eq!(origin(&HeaderMap::new(), v6, false), "2001:db8:1:2::/64");
    }
}
