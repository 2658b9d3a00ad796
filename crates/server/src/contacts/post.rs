//! Recording a contact.

use casework::{
    Act, Body, Sensitivity,
    body::{Contact, Next, Reached},
    duties::NEXT_CONTACT,
    explain, marks,
};

use super::{form, view::ContactPage};
use crate::subject::Opened;
use crate::{
    platform::{
        Problem, Refusal, record,
        record::Submitted,
        typed,
        web::{Ask, Reply, ask::field_errors},
    },
    today::{asked::Asked, page::draw, view::Panel},
};

/// GET /persons/{id}/contacts/new
pub fn new(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&page(ask)?)
}

fn page(ask: &mut Ask) -> Result<ContactPage, Problem> {
    let file = ask.id("id")?;
    let duty = if ask.form("duty").is_empty() { ask.query("duty") } else { ask.form("duty") }.to_owned();
    let back = ask.return_to(&format!("/persons/{file}"));
    let contact = form::panel(ask, file, &duty, &back)?;
    let subject = ask.read(|door| Ok(Opened::of(door, file)?.subject(door.today())))?;
    Ok(ContactPage { frame: ask.frame("連絡を記録", "/today")?, subject, contact })
}

/// POST /persons/{id}/contacts
pub fn record(ask: &mut Ask) -> Result<Reply, Problem> {
    let read = read(ask);
    submit(ask, read, Body::Contact, again)
}

/// Records whom one reached, or did not; done, it says so where one came from and offers to take it back. `again` draws the
/// form with what was wrong.
pub fn submit(
    ask: &mut Ask,
    read: Result<(rules::Span, Contact), Refusal>,
    body: fn(Contact) -> Body,
    again: fn(&mut Ask, i64, Submitted) -> Result<Reply, Problem>,
) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let (day, contact) = match read {
        Ok(read) => read,
        Err(refusal) => return again(ask, file, Submitted::Refused(vec![refusal])),
    };
    let episode = contact.about.as_deref().and_then(Opened::episode_of);
    let body = body(contact);
    let told = explain::title(&body);
    let (source, sensitivity) = (String::from("own"), Sensitivity::Ordinary);
    match record::submit(ask, Act::Record { file, episode, day, source, sensitivity, body })? {
        Submitted::Applied(applied) => {
            let back = ask.return_to("/today");
            let undo = applied.events.first().map(|event| (file, *event));
            Ok(Reply::see_told(&back, record::told(format!("{told}を記録しました。"), undo, &back)))
        }
        other => again(ask, file, other),
    }
}

/// What was typed, with the ladder's own next date where none was.
fn read(ask: &Ask) -> Result<(rules::Span, Contact), Refusal> {
    let day = typed::span(ask, "day")?;
    let result = reached(ask.form("result")).ok_or_else(|| Refusal::at("result", "結果を選んでください。"))?;
    let about = Some(ask.form("duty").to_owned()).filter(|d| !d.is_empty());
    let ladder = ladder(&about, result, ask);
    let next = typed::next(ask, ladder.as_ref().map(|n| n.on))?.or(ladder);
    let contact = Contact {
        means: ask.form("means").to_owned(),
        time: typed::time(ask, "time")?,
        with: ask.form("spoke_with").trim().to_owned(),
        result,
        seen: typed::seen(ask)?,
        next,
        about,
        service: None,
        note: whole(ask, ask.form("note").trim()),
    };
    Ok((day, contact))
}

/// The text, marked as a whole where 「第三者から得た情報を含む」 is ticked: the mark stands in the text like any other.
pub fn whole(ask: &Ask, note: &str) -> String {
    if ask.form("third_party") == "1" { marks::as_whole(marks::What::ThirdParty, note) } else { note.to_owned() }
}

/// The thread never ends with an attempt: what was made for a duty and did not settle it has a dated next step.
pub fn ladder(about: &Option<String>, result: Reached, ask: &Ask) -> Option<Next> {
    let key = about.as_deref()?;
    if result != Reached::Reached {
        return Some(Next { on: ask.today().plus(form::RETRY_DAYS), what: String::from("call") });
    }
    (!key.starts_with(NEXT_CONTACT))
        .then(|| Next { on: ask.today().plus(form::WATCH_DAYS), what: String::from("watch") })
}

pub fn reached(text: &str) -> Option<Reached> {
    Some(match text {
        "reached" => Reached::Reached,
        "absent" => Reached::Absent,
        "call_back" => Reached::CallBack,
        "dead_number" => Reached::DeadNumber,
        "refused" => Reached::Refused,
        _ => return None,
    })
}

/// The form again, where it was posted from: inside its line, or as a page. Nothing typed is lost.
fn again(ask: &mut Ask, file: i64, why: Submitted) -> Result<Reply, Problem> {
    let in_list = Asked::of_return(ask).filter(|_| !ask.form("duty").is_empty());
    if let Some(mut asked) = in_list {
        let duty = ask.form("duty").to_owned();
        let mut contact = form::panel(ask, file, &duty, &asked.address())?;
        let conflict = put(&mut contact.form, why);
        asked.open = Some((file, duty));
        asked.act = String::from("call");
        let page = draw(ask, &asked, Some(Panel::Contact(Box::new(contact))))?;
        return if conflict { Reply::conflict(&page) } else { Reply::refused(&page) };
    }
    let mut page = page(ask)?;
    let conflict = put(&mut page.contact.form, why);
    if conflict { Reply::conflict(&page) } else { Reply::refused(&page) }
}

/// Puts the reasons into a form; true if it was a conflict. The next submit is decided on what is shown now.
fn put(form: &mut crate::platform::web::form::Form, why: Submitted) -> bool {
    put_reasons(form, why, self::form::FIELDS)
}

/// As above, for every feature's own field names.
pub fn put_reasons(form: &mut crate::platform::web::form::Form, why: Submitted, fields: &[(&str, &str)]) -> bool {
    match why {
        Submitted::Refused(refusals) => {
            form.errors = field_errors(&refusals, fields);
            // The casework word for the field is not always the form's.
            for error in &mut form.errors {
                error.field = match error.field.as_str() {
                    "next_on" => String::from("next_day"),
                    other => other.to_owned(),
                };
            }
            false
        }
        Submitted::Conflict(conflict) => {
            form.version.clone_from(&conflict.version);
            form.conflict = Some(conflict);
            true
        }
        Submitted::Applied(_) => false,
    }
}
