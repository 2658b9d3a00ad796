//! Short forms about a person: drawn from data, given back with what was typed, recorded through the one write path.

use casework::{Act, Body, Sensitivity};
use rules::{Span, wareki};

use super::view::{SheetField, SheetKind, SheetPage};
use crate::platform::{
    Problem, Refusal,
    record::{self, Submitted},
    store::Applied,
    web::{Ask, Reply, ask::field_errors, form::Choice, form::Form, menu},
};
use crate::subject::Opened;

/// A form about to be drawn.
pub struct Sheet {
    pub title: &'static str,
    pub action: String,
    pub about: Vec<String>,
    pub original: Vec<(String, String)>,
    pub fields: Vec<SheetField>,
    pub send: &'static str,
    /// Where it leads when done or given up.
    pub back: String,
    /// What the fields hold before anything is typed.
    pub preset: Vec<(&'static str, String)>,
}

impl Sheet {
    /// A form about one person, at `/persons/{file}/{what}`, leading back to their page.
    pub fn of(file: i64, what: &str, title: &'static str, send: &'static str, fields: Vec<SheetField>) -> Sheet {
        Sheet {
            title,
            action: format!("/persons/{file}/{what}"),
            about: Vec::new(),
            original: Vec::new(),
            fields,
            send,
            back: format!("/persons/{file}"),
            preset: Vec::new(),
        }
    }

    pub fn about(mut self, line: &str) -> Sheet {
        self.about.push(line.to_owned());
        self
    }

    pub fn preset(mut self, name: &'static str, value: impl Into<String>) -> Sheet {
        self.preset.push((name, value.into()));
        self
    }
}

pub fn field(name: &str, label: &str, need: &'static str, kind: SheetKind) -> SheetField {
    SheetField { name: name.to_owned(), label: label.to_owned(), need, hint: String::new(), kind }
}

pub fn hinted(name: &str, label: &str, need: &'static str, hint: &str, kind: SheetKind) -> SheetField {
    SheetField { hint: hint.to_owned(), ..field(name, label, need, kind) }
}

pub fn radios(pairs: &[(&str, &str)]) -> SheetKind {
    SheetKind::Radios(pairs.iter().map(|(value, label)| Choice::new(value, label)).collect())
}

/// Draws a sheet; with `why`, what was typed and why it was not taken (422, 409).
///
/// # Errors
/// If the page cannot be drawn.
pub fn draw(ask: &mut Ask, opened: Option<&Opened>, sheet: Sheet, why: Option<Submitted>) -> Result<Reply, Problem> {
    let mut form = ask.draw_form(&sheet.action, &sheet.back)?;
    let labels: Vec<(&str, &str)> = sheet.fields.iter().map(|f| (f.name.as_str(), f.label.as_str())).collect();
    if form.values.is_empty() {
        form.values = sheet.preset.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    }
    let status = put(&mut form, why, &labels, opened);
    echo(&mut form, sheet.fields.iter().filter(|f| matches!(f.kind, SheetKind::Day)).map(|f| f.name.as_str()), ask);
    let subject = opened.map(|o| o.subject(ask.today()));
    let here = menu::nearest(ask.app.menu, &sheet.back);
    let page = SheetPage {
        frame: ask.frame(sheet.title, here)?,
        title: sheet.title.to_owned(),
        subject,
        about: sheet.about,
        original: sheet.original,
        form,
        fields: sheet.fields,
        send: sheet.send.to_owned(),
    };
    Ok(Reply::page(&page)?.status(status))
}

/// Puts what became of a submit into its form; the status the page answers with.
pub fn put(
    form: &mut Form,
    why: Option<Submitted>,
    labels: &[(&str, &str)],
    opened: Option<&Opened>,
) -> axum::http::StatusCode {
    use axum::http::StatusCode;
    let seen = opened.map(Opened::seen).unwrap_or_default();
    if form.version.is_empty() {
        form.version.clone_from(&seen);
    }
    match why {
        Some(Submitted::Refused(refusals)) => {
            form.errors = field_errors(&refusals, labels);
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Some(Submitted::Conflict(conflict)) => {
            form.conflict = Some(conflict);
            // The next submit is decided on what is shown now.
            form.version = seen;
            StatusCode::CONFLICT
        }
        Some(Submitted::Applied(_)) | None => StatusCode::OK,
    }
}

/// What the program understood of the dates typed so far.
pub fn echo<'n>(form: &mut Form, days: impl Iterator<Item = &'n str>, ask: &Ask) {
    for name in days {
        if let Ok(span) = wareki::parse(form.value(name).trim(), ask.today()) {
            form.echoes.push((name.to_owned(), wareki::span(span)));
        }
    }
}

/// Keeps the refusal and goes on, so that all of them are said at once.
pub fn keep<T>(wrong: &mut Vec<Refusal>, read: Result<T, Refusal>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(refusal) => {
            wrong.push(refusal);
            None
        }
    }
}

/// A whole number that may be missing; full-width digits are fine.
///
/// # Errors
/// In words, for the field.
pub fn number<T: std::str::FromStr>(ask: &Ask, name: &'static str, example: &str) -> Result<Option<T>, Refusal> {
    use unicode_normalization::UnicodeNormalization;
    let text: String = ask.form(name).nfkc().collect::<String>().replace([',', ' '], "");
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || Refusal::at(name, format!("「{}」は数として読めません（例 {example}）。", ask.form(name).trim()));
    text.parse().map(Some).map_err(|_| wrong())
}

/// A plain record of the office's own in a person's file.
pub fn recording(file: i64, episode: Option<i32>, day: Span, body: Body) -> Act {
    Act::Record { file, episode, day, source: String::from("own"), sensitivity: Sensitivity::Ordinary, body }
}

/// Records, and leads back with the banner and its undo. `Err`: draw the form again with this.
///
/// # Errors
/// If the file is not theirs, or the database fails.
pub fn submit(ask: &Ask, file: i64, act: Act, told: &str, undo: bool) -> Result<Result<Reply, Submitted>, Problem> {
    let back = ask.return_to(&format!("/persons/{file}"));
    Ok(match record::submit(ask, act)? {
        Submitted::Applied(applied) => Ok(see(ask, file, &applied, told, undo, &back)),
        other => Err(other),
    })
}

fn see(_ask: &Ask, file: i64, applied: &Applied, told: &str, undo: bool, back: &str) -> Reply {
    let event = applied.events.first().filter(|_| undo).map(|event| (file, *event));
    Reply::see_told(back, record::told(told, event, back))
}
