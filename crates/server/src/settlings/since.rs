//! 稼働基準日: the day from which the office works with this system. A setting, so an event of the office's file.

use casework::{Act, Body, Permission, Sensitivity};
use rules::{Day, Span, wareki};

use super::group::Mode;
use super::view::SinceForm;
use crate::platform::record::{Submitted, submit};
use crate::platform::web::view::{Notice, NoticeTone};
use crate::platform::web::{Ask, Reply, ask::field_errors};
use crate::platform::{Problem, Refusal, typed};
use crate::rulebook::changes::desk::office_file;
use crate::today::lines::setting;

/// The form, in the room where it belongs.
///
/// # Errors
/// If the database fails.
pub fn form(ask: &mut Ask, mode: Mode, refusals: &[Refusal]) -> Result<Option<SinceForm>, Problem> {
    if mode != Mode::Start {
        return Ok(None);
    }
    let since = ask.read(|door| Ok(setting(door, "operating_since")?))?.and_then(|day| Day::parse_iso(&day));
    let mut form = ask.draw_form("/settlings/since", "")?;
    form.errors = field_errors(refusals, &[("since", "稼働基準日")]);
    let now = match since {
        Some(day) => format!(
            "いまは{}です。変えると、移行前になる対応が変わります。すでに終えた対応は変わりません。",
            wareki::long(day)
        ),
        None => String::from("まだ決まっていません。"),
    };
    Ok(Some(SinceForm { form, now, may: ask.actor()?.role.may(Permission::SettleStart) }))
}

/// `POST /settlings/since`
///
/// # Errors
/// If the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let day = match read(ask) {
        Ok(day) => day,
        Err(refusal) => return Reply::refused(&super::index::draw(ask, &[refusal])?),
    };
    let act = Act::Record {
        file: ask.write(|door| Ok(office_file(door)?))?,
        episode: None,
        day: Span::on(ask.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body: Body::SettingChanged { name: String::from("operating_since"), value: day.to_string() },
    };
    match submit(ask, act)? {
        Submitted::Applied(_) => {
            let text = format!("稼働基準日を{}にしました。", wareki::date(day));
            let notice = Notice { tone: NoticeTone::Done, text, link: None, undo: None };
            Ok(Reply::see_told("/settlings?mode=start", notice))
        }
        Submitted::Refused(why) => Reply::refused(&super::index::draw(ask, &why)?),
        Submitted::Conflict(_) => Reply::conflict(&super::index::draw(ask, &[])?),
    }
}

fn read(ask: &Ask) -> Result<Day, Refusal> {
    let day = typed::span(ask, "since")?;
    let today = ask.today();
    if day.lo != day.hi || day.lo > today.plus(366) || day.lo < today.plus(-366 * 30) {
        return Err(Refusal::at("since", "稼働基準日は、30年前から1年先までの一日を入れてください。"));
    }
    Ok(day.lo)
}
