//! GET /persons/{id}/disclosures/{event}: 点検版, for whoever answers; and GET …/copy: 写し, for whoever asked.

use axum::http::StatusCode;
use casework::{
    Person,
    disclosure::{Case, EXTENSION_DAYS, Outcome, Requester, cases},
};
use rules::{Day, wareki};

use super::{
    copy::{self, Copy, Hidden, Source},
    index::row,
    view::{CheckPage, CopyPage},
};
use crate::{
    persons::page::words,
    platform::{
        Door, Problem, Refusal,
        door::Looked,
        web::{
            Ask, Reply,
            form::{Choice, Form},
        },
    },
    subject::{Opened, preset},
    today::lines::setting,
};

/// A request of a file with its copy. The 要対協 compartment is in neither, whoever looks (第81条).
///
/// # Errors
/// Not found, for a request that is not there.
pub fn with_case<T>(
    ask: &Ask,
    work: impl FnOnce(&mut Door<'_>, &Opened, &Case<'_>, &Copy, &Hidden) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let (file, event) = (ask.id("id")?, ask.id("event")?);
    let book = ask.book()?;
    ask.read(|door| {
        let opened = Opened::for_disclosure(door, file)?;
        let story = opened.story();
        let all = cases(&story);
        let case = all.iter().find(|c| c.event == event).ok_or(Problem::NotFound)?;
        let person = Person::read(&story);
        let hidden = Hidden::of(door, opened.file)?;
        let mut words = words(door, &book, &opened, &person)?;
        hidden.unname(&mut words);
        let with_names = setting(door, "reading_names")?.as_deref() == Some("1");
        let source = Source { opened: &opened, story: &story, words: &words, hidden: &hidden, with_names };
        let copy = copy::of(&source, case.request);
        work(door, &opened, case, &copy, &hidden)
    })
}

/// GET 点検版
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, StatusCode::OK, |_| ())
}

/// Draws 点検版; `mend` puts what became of a submit into its forms.
///
/// # Errors
/// If the page cannot be drawn.
pub fn draw(ask: &mut Ask, status: StatusCode, mend: impl FnOnce(&mut CheckPage)) -> Result<Reply, Problem> {
    let (file, event) = (ask.id("id")?, ask.id("event")?);
    let here = format!("/persons/{file}/disclosures/{event}");
    let frame = ask.frame("開示請求の点検", "/persons")?;
    let mut decide = ask.draw_form(&format!("{here}/decide"), &here)?;
    let mut extend = ask.draw_form(&format!("{here}/extend"), &here)?;
    let today = ask.today();
    let mut page = with_case(ask, |door, opened, case, copy, hidden| {
        door.log_reading(Looked::Person, "disclosures", &[opened.file]);
        // What the forms were drawn from is what their author sees, the compartment included.
        let seen = Opened::of(door, opened.file)?.seen();
        preset(&mut decide, "day", "きょう");
        for form in [&mut decide, &mut extend] {
            form.version.clone_from(&seen);
        }
        Ok(CheckPage {
            frame,
            subject: opened.subject(today),
            row: row(opened.file, case, today),
            protected: opened.protected || hidden.any(),
            by_another: case.request.by != Requester::Own,
            blacked: copy.blacked(),
            unmarked: copy.unmarked(),
            imported: copy.imported(),
            absent: copy.absent.iter().map(|(title, n)| format!("{title} {n}件")).collect(),
            struck: copy.struck,
            items: copy.items.clone(),
            copy_url: format!("{here}/copy"),
            decide: case.answered.is_none().then_some(decide),
            outcomes: Outcome::ALL.iter().map(|o| Choice::new(o.names().0, o.names().1)).collect(),
            extend: open_to_extension(case).then_some(extend),
            extend_to: wareki::long(extended(case)),
            extended: case
                .extended
                .map_or_else(String::new, |x| format!("{}まで延ばしました（{}）", wareki::short(x.due), x.reason)),
            back_url: format!("/persons/{}/disclosures", opened.file),
            here: here.clone(),
        })
    })?;
    mend(&mut page);
    Ok(Reply::page(&page)?.status(status))
}

fn open_to_extension(case: &Case<'_>) -> bool {
    case.answered.is_none() && case.extended.is_none()
}

/// The last day of an extension.
pub fn extended(case: &Case<'_>) -> Day {
    case.due.plus(EXTENSION_DAYS)
}

/// GET 写し
pub fn copy(ask: &mut Ask) -> Result<Reply, Problem> {
    let (file, event) = (ask.id("id")?, ask.id("event")?);
    let frame = ask.frame("開示用の写し", "/persons")?;
    let today = ask.today();
    let page = with_case(ask, |door, opened, case, copy, hidden| {
        if case.answered.is_some_and(|(.., answered)| !answered.outcome.gives_a_copy()) {
            return Err(Refusal::new("この開示請求には、渡す写しがありません（決定をご確認ください）。").into());
        }
        door.log_reading(Looked::Export, "disclosure", &[opened.file]);
        let story = opened.story();
        Ok(CopyPage {
            frame,
            name: Person::read(&story).name().to_owned(),
            office: door.actor.office_name.clone(),
            date: wareki::date(case.answered.map_or(today, |(_, day, _)| day)),
            period: copy::period(case.request),
            received: wareki::date(case.received),
            protected: opened.protected || hidden.any(),
            draft: case.answered.is_none(),
            items: copy.items.iter().cloned().map(blacked).collect(),
            grounds: copy.grounds(),
            back_url: format!("/persons/{file}/disclosures/{event}"),
        })
    })?;
    Reply::page(&page)
}

/// What is not given out does not reach the page at all, whatever the page does.
fn blacked(item: super::view::Item) -> super::view::Item {
    let mut item = item;
    for part in item.facts.iter_mut().flat_map(|said| &mut said.parts).filter(|part| part.ground.is_some()) {
        part.text.clear();
        part.label.clear();
    }
    super::view::Item { whole: String::new(), mark_url: String::new(), id: String::new(), ..item }
}

/// Errors of one of the two forms.
pub fn put_errors(form: Option<&mut Form>, wrong: &[Refusal], labels: &[(&str, &str)]) {
    if let Some(form) = form {
        form.errors = crate::platform::web::ask::field_errors(wrong, labels);
    }
}
