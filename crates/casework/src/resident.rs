//! 住民 (resident): the register's view of a person, 仮登録, 転出, death.

use alloc::{string::String, vec, vec::Vec};

use rules::{Day, Span};

use crate::{
    act::{Decision, Known, Refusal},
    body::{Body, Resident},
    event::{FileRef, NewEvent, Sensitivity},
    person::Gone,
};

pub(crate) fn open(
    day: Span,
    source: &str,
    resident: &Resident,
    protected: bool,
    today: Day,
) -> Result<Decision, Refusal> {
    check(resident, day)?;
    if resident.birth.is_some_and(|b| b.lo > today) {
        return Err(Refusal::at("birth", "生年月日が今日より後です。"));
    }
    let event = |body| NewEvent {
        file: FileRef::Opened(0),
        episode: None,
        day,
        source: String::from(source),
        sensitivity: Sensitivity::Ordinary,
        corrects: None,
        body,
    };
    let mut events: Vec<NewEvent> = vec![event(Body::Resident(resident.clone()))];
    if protected {
        events.push(event(Body::Protection { on: true, note: String::new(), review: None }));
    }
    Ok(Decision { opens: 1, events, ..Decision::default() })
}

pub(crate) fn check(resident: &Resident, _day: Span) -> Result<(), Refusal> {
    if resident.name.trim().is_empty() && resident.birth.is_none() {
        return Err(Refusal::at("name", "氏名か生年月日のどちらかを入力してください。"));
    }
    Ok(())
}

pub(crate) fn check_gone(body: &Body, day: Span, of: &Known<'_>) -> Result<(), Refusal> {
    if let Some((Gone::Died, ..)) = of.person.gone
        && matches!(body, Body::Died)
    {
        return Err(Refusal::new("すでに死亡として記録されています。"));
    }
    if of.person.birth.is_some_and(|(birth, _)| day.hi < birth.lo) {
        return Err(Refusal::at("day", "生まれる前の日付です。日付を確かめてください。"));
    }
    Ok(())
}

/// What the first is to the second when the second is `role` to the first.
pub(crate) fn reverse_role(role: &str) -> String {
    String::from(match role {
        "mother" | "father" | "guardian" => "child",
        "child" => "parent",
        other => other,
    })
}
