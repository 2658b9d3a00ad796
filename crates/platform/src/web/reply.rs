//! What a handler answers: a page, a way on (303), or a file.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};

use super::view::Notice;
use crate::{Fault, Problem};

/// A cookie to set or take away.
#[derive(Clone, Debug)]
pub struct Cookie {
    name: &'static str,
    value: String,
    /// Seconds; 0 takes it away; `None` ends with the browser.
    max_age: Option<i64>,
}

impl Cookie {
    pub const SESSION: &'static str = "tsumugi";
    pub const GUEST: &'static str = "tsumugi_guest";

    /// Somebody signed in.
    pub fn session(value: &str) -> Cookie {
        Cookie { name: Cookie::SESSION, value: value.to_owned(), max_age: None }
    }

    pub fn signed_out() -> Cookie {
        Cookie { name: Cookie::SESSION, value: String::new(), max_age: Some(0) }
    }

    /// Nobody yet: binds the sign-in form to this browser.
    pub fn guest(value: &str) -> Cookie {
        Cookie { name: Cookie::GUEST, value: value.to_owned(), max_age: None }
    }

    fn header(&self, secure: bool) -> Result<HeaderValue, Fault> {
        let age = self.max_age.map(|age| format!("; Max-Age={age}")).unwrap_or_default();
        let tls = if secure { "; Secure" } else { "" };
        let text = format!("{}={}; Path=/; HttpOnly; SameSite=Strict{age}{tls}", self.name, self.value);
        HeaderValue::from_str(&text).map_err(Fault::at("a cookie cannot be written"))
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    cookies: Vec<Cookie>,
    notice: Option<Notice>,
    body: Vec<u8>,
}

impl Reply {
    fn new(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Reply {
        let headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static(kind))];
        Reply { status, headers, cookies: Vec::new(), notice: None, body }
    }

    /// A drawn page (200).
    ///
    /// # Errors
    /// If the template cannot be drawn.
    pub fn page(template: &impl Template) -> Result<Reply, Problem> {
        let html = template.render().map_err(Fault::at("a page cannot be drawn"))?;
        Ok(Reply::new(StatusCode::OK, "text/html; charset=utf-8", html.into_bytes()))
    }

    /// The form drawn again with what could not be taken (422).
    ///
    /// # Errors
    /// If the template cannot be drawn.
    pub fn refused(template: &impl Template) -> Result<Reply, Problem> {
        Ok(Reply::page(template)?.status(StatusCode::UNPROCESSABLE_ENTITY))
    }

    /// The form drawn again because somebody else was faster (409).
    ///
    /// # Errors
    /// If the template cannot be drawn.
    pub fn conflict(template: &impl Template) -> Result<Reply, Problem> {
        Ok(Reply::page(template)?.status(StatusCode::CONFLICT))
    }

    /// Goes on to a place inside this program (303), so that reloading sends nothing again.
    pub fn see(path: &str) -> Reply {
        let safe = if super::ask::is_local(path) { path } else { "/" };
        // Japanese in an address would not be a header; filters are the only place it may come from.
        let ascii = ascii_address(safe);
        let mut reply = Reply::new(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Vec::new());
        if let Ok(value) = HeaderValue::from_str(&ascii) {
            reply.headers.push((header::LOCATION, value));
        }
        reply
    }

    /// As [`Reply::see`], and the next page says what was done.
    pub fn see_told(path: &str, notice: Notice) -> Reply {
        let mut reply = Reply::see(path);
        reply.notice = Some(notice);
        reply
    }

    pub fn text(text: impl Into<String>) -> Reply {
        Reply::new(StatusCode::OK, "text/plain; charset=utf-8", text.into().into_bytes())
    }

    /// JSON lines, one answer for each that was sent.
    pub fn lines(bytes: Vec<u8>) -> Reply {
        Reply::new(StatusCode::OK, "application/x-ndjson", bytes)
    }

    /// A picture or the like, shown in a page.
    pub fn shown(kind: &'static str, bytes: Vec<u8>) -> Reply {
        Reply::new(StatusCode::OK, kind, bytes)
    }

    /// A file to save. The name may be Japanese, never a person's.
    pub fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Reply {
        let mut reply = Reply::new(StatusCode::OK, kind, bytes);
        let value = format!("attachment; filename=\"download\"; filename*=UTF-8''{}", percent(name, false));
        if let Ok(value) = HeaderValue::from_str(&value) {
            reply.headers.push((header::CONTENT_DISPOSITION, value));
        }
        reply
    }

    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Reply {
        self.status = status;
        self
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Reply {
        self.headers.push((name, value));
        self
    }

    #[must_use]
    pub fn cookie(mut self, cookie: Cookie) -> Reply {
        self.cookies.push(cookie);
        self
    }

    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }

    fn is_html(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, kind)| *name == header::CONTENT_TYPE && kind.as_bytes().starts_with(b"text/html"))
    }

    /// Shown, or nothing but the way on: no file and no bare data.
    pub(super) fn is_page(&self) -> bool {
        let saved = self.headers.iter().any(|(name, _)| *name == header::CONTENT_DISPOSITION);
        (self.is_html() || self.body.is_empty()) && !saved
    }

    /// In 窓口モード: no word of a category and no telephone number leaves the server.
    pub(super) fn at_counter(mut self) -> Reply {
        if self.is_html()
            && let Ok(page) = std::str::from_utf8(&self.body)
        {
            self.body = super::counter::net(page).into_bytes();
        }
        self
    }

    pub(super) fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    pub(super) fn into_response(self, secure: bool) -> Result<Response<Body>, Fault> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        for cookie in &self.cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie.header(secure)?);
        }
        Ok(response)
    }
}

/// An address with everything outside ASCII written as %XX; what is percent-encoded already stays.
fn ascii_address(path: &str) -> String {
    percent(path, true)
}

/// Percent-encodes a query value or a file name; with `address`, only what may not stand in an address at all.
pub fn percent(text: &str, address: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if plain || (address && byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte)) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_redirect_never_leaves_and_never_breaks_its_header() {
        let to = |path: &str| {
            let response = Reply::see(path).into_response(false).unwrap();
            response.headers()[header::LOCATION].to_str().unwrap().to_owned()
        };
        assert_eq!(to("/today?q=%E6%B9%8A&open=3"), "/today?q=%E6%B9%8A&open=3");
        assert_eq!(to("/today?q=湊"), "/today?q=%E6%B9%8A");
        assert_eq!(to("https://evil.example/"), "/");
        assert_eq!(to("//evil.example/"), "/");
    }

    #[test]
    fn cookies_are_closed_to_scripts_and_other_sites() {
        let secure = Cookie::session("ab").header(true).unwrap();
        assert_eq!(secure.to_str().unwrap(), "tsumugi=ab; Path=/; HttpOnly; SameSite=Strict; Secure");
        assert!(!Cookie::signed_out().header(false).unwrap().to_str().unwrap().contains("Secure"));
    }
}
