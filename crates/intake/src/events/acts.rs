//! A row as the act it is recorded by.

use casework::act::Act;
use casework::body::{Body, Contact, Pregnancy, Reached, Service};
use casework::{Person, Sensitivity};
use paperwork::events::Shape;
use rules::Span;

use super::row::Row;

/// Days before the expected day on which a pregnancy may begin to be cared for, and after which it is over.
const BEFORE_EDD: i32 = 294;
const AFTER_EDD: i32 = 28;
/// 産婦健診 lie within these days of a birth.
const AFTER_BIRTH: i32 = 120;

/// No pregnancy is on file that a row could belong to, or it cannot be told which.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoPregnancy;

/// The pregnancy a row belongs to, where its kind asks for one.
///
/// # Errors
/// If there is none, or it cannot be told which.
pub fn episode(shape: Shape, row: &Row, person: &Person<'_>) -> Result<Option<i32>, NoPregnancy> {
    let fits = |from: rules::Day, to: rules::Day| row.day.hi >= from && row.day.lo <= to;
    let of: Vec<i32> = match shape {
        Shape::Service | Shape::Visit | Shape::Pregnancy => return Ok(None),
        Shape::Pregnant => person
            .episodes
            .iter()
            .filter(|e| {
                let over = e.delivered.or(e.ended).map_or(e.notice.edd.plus(AFTER_EDD), |(day, _)| day.hi);
                fits(e.notice.edd.plus(-BEFORE_EDD), over)
            })
            .map(|e| e.no)
            .collect(),
        Shape::Delivered => person
            .episodes
            .iter()
            .filter(|e| match (e.delivered, e.ended) {
                (Some((day, _)), _) => fits(day.lo, day.hi.plus(AFTER_BIRTH)),
                (None, Some(_)) => false,
                // The birth is not known here yet.
                (None, None) => fits(e.notice.edd.plus(-140), e.notice.edd.plus(42 + AFTER_BIRTH)),
            })
            .map(|e| e.no)
            .collect(),
    };
    match of.as_slice() {
        [one] => Ok(Some(*one)),
        _ => Err(NoPregnancy),
    }
}

/// What is recorded of a row in a person's file.
pub fn act(shape: Shape, source: &str, file: i64, episode: Option<i32>, row: &Row) -> Act {
    match (shape, row.edd) {
        (Shape::Pregnancy, Some(edd)) => Act::NotifyPregnancy { file, day: row.day.hi, pregnancy: pregnancy(row, edd) },
        _ => Act::Record {
            file,
            episode,
            day: row.day,
            source: source.to_owned(),
            sensitivity: Sensitivity::Ordinary,
            body: body(shape, row),
        },
    }
}

/// The same as a correction of what is on file.
pub fn correction(shape: Shape, file: i64, event: i64, row: &Row) -> Act {
    let body = match (shape, row.edd) {
        (Shape::Pregnancy, Some(edd)) => Body::PregnancyNotified(pregnancy(row, edd)),
        _ => body(shape, row),
    };
    let day = if shape == Shape::Pregnancy { Span::on(row.day.hi) } else { row.day };
    Act::Correct { file, event, day, body }
}

fn pregnancy(row: &Row, edd: rules::Day) -> Pregnancy {
    Pregnancy {
        edd,
        fetuses: row.fetuses.unwrap_or(1),
        birth_order: row.birth_order,
        satogaeri: None,
        clinic: row.place.clone(),
        note: row.note.clone(),
        next: None,
    }
}

fn body(shape: Shape, row: &Row) -> Body {
    if shape == Shape::Visit {
        return Body::Visit(Contact {
            means: String::from("visit"),
            time: None,
            with: String::new(),
            result: match row.result.as_str() {
                "absent" => Reached::Absent,
                "refused" => Reached::Refused,
                _ => Reached::Reached,
            },
            seen: None,
            next: None,
            about: None,
            service: Some(row.service.clone()),
            note: note(row, &row.place),
        });
    }
    Body::Service(Service {
        code: row.service.clone(),
        result: row.result.clone(),
        product: row.product.clone(),
        place: row.place.clone(),
        note: note(row, ""),
        ..Service::default()
    })
}

/// 「体重 10250g 身長 80.5cm 視力」, as the form writes measures.
fn note(row: &Row, place: &str) -> String {
    let weight = row.weight.map(|w| format!("体重 {w}g"));
    let height = row.height.map(|h| format!("身長 {h}cm"));
    let texts = [place, &row.note].into_iter().filter(|t| !t.is_empty()).map(str::to_owned);
    weight.into_iter().chain(height).chain(texts).collect::<Vec<_>>().join(" ")
}
