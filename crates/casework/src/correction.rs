//! 訂正・取消・抹消: how a record is mended without losing what was known.

use alloc::{string::String, vec};

use rules::{Day, Span};

use crate::{
    act::{Decision, Known, Refusal, check},
    body::{Body, limits},
    contact, emergency,
    event::{Event, FileRef, NewEvent, Sensitivity},
    joining, protection,
};

/// Finds the first recording; refuses what is already taken back or erased.
fn root<'k>(event: i64, of: &'k Known<'_>) -> Result<&'k Event, Refusal> {
    let found = of.events.iter().find(|e| e.id == event);
    let Some(found) = found.filter(|e| e.corrects.is_none()) else {
        return Err(Refusal::new("訂正する記録が見つかりません。画面を開きなおしてください。"));
    };
    if !of.story.entries.iter().any(|e| e.root == event) {
        return Err(Refusal::new("この記録は、すでに取り消されているか抹消されています。"));
    }
    Ok(found)
}

pub(crate) fn correct(
    file: i64,
    event: i64,
    day: Span,
    body: &Body,
    of: &Known<'_>,
    today: Day,
) -> Result<Decision, Refusal> {
    let first = root(event, of)?;
    emergency::check_kept(first, of, false)?;
    let kind = of.story.entries.iter().find(|e| e.root == event).map(|e| e.body.kind());
    if kind != Some(body.kind()) {
        return Err(Refusal::new("訂正では記録の種類を変えられません。取り消してから記録しなおしてください。"));
    }
    // A file opened by this record keeps what it was opened with, so the word's own check may look at the file as it is.
    if !matches!(body, Body::PregnancyEnded { .. } | Body::MovedOut { .. } | Body::Died) {
        check(body, first.episode, day, of, today)?;
    }
    let event = NewEvent {
        file: FileRef::Known(file),
        episode: first.episode,
        day,
        source: first.source.clone(),
        sensitivity: first.sensitivity,
        corrects: Some(event),
        body: body.clone(),
    };
    Ok(Decision { events: vec![event], ..Decision::default() })
}

pub(crate) fn withdraw(file: i64, event: i64, reason: &str, of: &Known<'_>, today: Day) -> Result<Decision, Refusal> {
    limits::check("reason", reason, limits::REASON)?;
    let first = root(event, of)?;
    emergency::check_kept(first, of, false)?;
    protection::check_kept(first, today)?;
    if matches!(first.body, Some(Body::Born(_) | Body::Delivered { .. })) {
        return Err(Refusal::new(
            "出生の記録は、母と子の両方に関わるため取り消せません。訂正するか、統括支援員に相談してください。",
        ));
    }
    let body = Body::Withdrawn { reason: String::from(reason) };
    let mut events = vec![taking_back(file, first, body.clone(), today)];
    events.extend(joining::parted(first, of).map(|half| taking_back(file, half, body, today)));
    Ok(Decision { events, ..Decision::default() })
}

/// 抹消 (wrong family, retention ended): empties every version of the record; the reason stays.
pub(crate) fn erase(file: i64, event: i64, reason: &str, of: &Known<'_>, today: Day) -> Result<Decision, Refusal> {
    contact::check_reason(reason)?;
    limits::check("reason", reason, limits::REASON)?;
    let Some(first) = of.events.iter().find(|e| e.id == event && e.corrects.is_none() && e.body.is_some()) else {
        return Err(Refusal::new("抹消する記録が見つかりません。画面を開きなおしてください。"));
    };
    emergency::check_kept(first, of, true)?;
    if joining::parted(first, of).is_some() {
        return Err(Refusal::new("まとめた記録は、取り消してから抹消してください。"));
    }
    let erases = of
        .events
        .iter()
        .filter(|e| e.id == event || e.corrects == Some(event))
        .filter(|e| e.body.is_some())
        .map(|e| e.id)
        .collect();
    let body = Body::Erased { target: event, reason: String::from(reason) };
    let mut tombstone = taking_back(file, first, body, today);
    tombstone.corrects = None;
    Ok(Decision { events: vec![tombstone], erases, ..Decision::default() })
}

fn taking_back(file: i64, first: &Event, body: Body, today: Day) -> NewEvent {
    NewEvent {
        file: FileRef::Known(file),
        episode: first.episode,
        day: Span::on(today),
        source: String::from("own"),
        sensitivity: Sensitivity::max(first.sensitivity, Sensitivity::Ordinary),
        corrects: Some(first.id),
        body,
    }
}
