//! Reading what a form sent: fields in memory up to 1 MB, files straight to disk up to 300 MB where a route takes them,
//! JSON lines in memory up to 1 MB where a route takes those.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{Form, FromRequest, Multipart};
use axum::http::request::Parts;
use axum::http::{Request, header};

use super::ask::{Sent, Upload};
use crate::{Fault, secret};

/// Everything typed into one form. A year of notes is a tenth of it.
const FIELDS: usize = 1 << 20;
/// One file; a residents' export of a city of a million is about 250 MB.
const FILE: u64 = 300 << 20;

/// JSON lines sent to a route that answers each; more goes through the command line, which knows no limit.
const LINES: usize = 1 << 20;

/// What a route takes besides the fields of a form.
#[derive(Clone, Copy, Debug, Default)]
pub struct Takes {
    pub files: bool,
    pub lines: bool,
}

/// Why a body cannot be taken.
pub enum Unreadable {
    TooLarge(&'static str),
    Broken,
    Fault(Fault),
}

impl From<Fault> for Unreadable {
    fn from(fault: Fault) -> Unreadable {
        Unreadable::Fault(fault)
    }
}

fn folder(data: &Path) -> PathBuf {
    data.join("uploads")
}

/// Makes the folder for uploads and clears what an earlier run left behind: it may be personal data.
pub fn prepare(data: &Path) -> Result<(), Fault> {
    let folder = folder(data);
    fs::create_dir_all(&folder).map_err(Fault::at("the data directory cannot be made"))?;
    let entries = fs::read_dir(&folder).map_err(Fault::at("the data directory cannot be read"))?;
    for entry in entries.flatten() {
        fs::remove_file(entry.path()).map_err(Fault::at("an old upload cannot be removed"))?;
    }
    Ok(())
}

/// Reads a posted form into `sent`.
pub async fn read(parts: &Parts, body: Body, data: &Path, takes: Takes, sent: &mut Sent) -> Result<(), Unreadable> {
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        if !takes.files {
            return Err(Unreadable::Broken);
        }
        return multipart(request(parts, body), &folder(data), sent).await;
    }
    if takes.lines && kind.starts_with("application/x-ndjson") {
        let read = axum::body::to_bytes(body, LINES).await;
        sent.lines = read.map_err(|_| Unreadable::TooLarge("送られた行が多すぎます（1MBまで）。"))?.into();
        return Ok(());
    }
    let bytes =
        axum::body::to_bytes(body, FIELDS).await.map_err(|_| Unreadable::TooLarge("入力が長すぎます（1MBまで）。"))?;
    if bytes.is_empty() {
        return Ok(());
    }
    let Form(pairs) =
        Form::from_request(request(parts, Body::from(bytes)), &()).await.map_err(|_| Unreadable::Broken)?;
    sent.form = pairs;
    Ok(())
}

fn request(parts: &Parts, body: Body) -> Request<Body> {
    let mut request = Request::new(body);
    *request.method_mut() = parts.method.clone();
    *request.headers_mut() = parts.headers.clone();
    *request.extensions_mut() = parts.extensions.clone();
    request
}

async fn multipart(request: Request<Body>, folder: &Path, sent: &mut Sent) -> Result<(), Unreadable> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Unreadable::Broken)?;
    let mut left = FIELDS;
    while let Some(mut field) = parts.next_field().await.map_err(|_| Unreadable::Broken)? {
        let Some(name) = field.name().map(str::to_owned) else { continue };
        if field.file_name().is_some() {
            if let Some(upload) = file(&mut field, name, folder).await? {
                sent.uploads.push(upload);
            }
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| Unreadable::Broken)? {
            left = left.checked_sub(chunk.len()).ok_or(Unreadable::TooLarge("入力が長すぎます（1MBまで）。"))?;
            bytes.extend_from_slice(&chunk);
        }
        sent.form.push((name, String::from_utf8(bytes).map_err(|_| Unreadable::Broken)?));
    }
    Ok(())
}

/// `None` if no file was chosen: browsers then send an empty one without a name.
async fn file(part: &mut Field<'_>, field: String, folder: &Path) -> Result<Option<Upload>, Unreadable> {
    let name = part.file_name().unwrap_or_default().to_owned();
    let path = folder.join(secret::token()?);
    let failed = Fault::at::<std::io::Error>;
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    let mut out: File = made.map_err(failed("an upload cannot be written"))?;
    // From here on dropping it removes the file, whatever goes wrong.
    let mut upload = Upload { field, name, path, size: 0 };
    while let Some(chunk) = part.chunk().await.map_err(|_| Unreadable::Broken)? {
        upload.size += chunk.len() as u64;
        if upload.size > FILE {
            return Err(Unreadable::TooLarge("ファイルが大きすぎます（300MBまで）。"));
        }
        tokio::task::block_in_place(|| out.write_all(&chunk)).map_err(failed("an upload cannot be written"))?;
    }
    Ok(Some(upload).filter(|u| u.size > 0 || !u.name.is_empty()))
}
