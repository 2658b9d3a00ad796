//! Style sheets, script, icons and fonts, embedded in the binary (read from the source tree in a debug build).

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri, header};
use rust_embed::RustEmbed;

use crate::secret;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// One stamp for all of them: pages name it in the address, so a changed file is fetched anew and others never.
pub fn stamp() -> String {
    let mut names: Vec<_> = Assets::iter().filter(|name| !name.starts_with("fonts/")).collect();
    names.sort();
    let all: Vec<String> =
        names.iter().filter_map(|name| Some(format!("{name} {}", hex(&Assets::get(name)?)))).collect();
    secret::digest(&all.join("\n")).chars().take(12).collect()
}

fn hex(file: &rust_embed::EmbeddedFile) -> String {
    file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// `GET /assets/…`.
pub async fn serve(Path(path): Path<String>, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let Some(file) = Assets::get(&path) else {
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let tag = format!("\"{}\"", hex(&file));
    let stamped = uri.query().is_some_and(|query| query.starts_with("v="));
    let caching =
        if stamped || path.starts_with("fonts/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == tag.as_bytes());
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    if let Ok(kind) = HeaderValue::from_str(&media_type(file.metadata.mimetype())) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    *response.body_mut() = Body::from(file.data);
    response
}

fn media_type(guessed: &str) -> String {
    if guessed.starts_with("text/") { format!("{guessed}; charset=utf-8") } else { guessed.to_owned() }
}
