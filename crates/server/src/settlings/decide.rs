//! `POST /settlings`: the decision of a named person, with its reason.

use casework::body::limits;
use rules::Day;

use super::Settling;
use super::group::{Group, Mode, Part};
use super::lines::Named;
use super::new::{LISTED, draw, may, title};
use super::stage::{Asked, order};
use crate::closures::form::REASONS;
use crate::intake::imports::run;
use crate::platform::web::{Ask, Reply};
use crate::platform::{Problem, Refusal, typed};

/// How 初期整理 closes: the records are elsewhere.
const BEFORE: &str = "before";
/// 持ち越し closes nothing.
const DEFERRED: &str = "deferred";

/// # Errors
/// Not found without the right; or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let group = Group::read(|name| ask.form(name));
    let part = Part::from_code(ask.form("part")).unwrap_or_default();
    if !may(ask, &group)? {
        return Err(Problem::NotFound);
    }
    let ordered = read(ask, &group, part).and_then(|asked| order(ask.doors(), ask.actor()?, &ask.app.books, &asked));
    match ordered {
        Ok(id) => {
            run::ensure::<Settling>(ask.doors(), &ask.app.books, id, ask.actor()?.keeper);
            Ok(Reply::see(&format!("/settlings/{id}")))
        }
        Err(Problem::Refused(why)) => Reply::refused(&draw(ask, &group, part, &why)?),
        Err(problem) => Err(problem),
    }
}

fn read(ask: &Ask, group: &Group, part: Part) -> Result<Asked, Problem> {
    let reason = ask.form("reason").trim();
    if reason.is_empty() {
        return Err(Problem::refused("reason", "理由を入力してください。理由のない一括整理はできません。"));
    }
    limits::check("reason", reason, limits::REASON)?;
    let how = match (part, group.mode) {
        (Part::Carried, _) => DEFERRED,
        (_, Mode::Start) => BEFORE,
        (_, Mode::Month) => ask.form("how"),
    };
    let given = [DEFERRED, BEFORE].contains(&how) && (part == Part::Carried || group.mode == Mode::Start);
    let known = given || REASONS.iter().any(|(code, _)| *code == how);
    if !known {
        return Err(Problem::refused("how", "種類を選んでください。"));
    }
    let lines: Vec<Named> = ask.form_all("line").filter_map(line).collect();
    if part == Part::Named && lines.is_empty() {
        return Err(Refusal::new("終える対応に印がありません。印を付けた対応だけを終えます。").into());
    }
    if lines.len() > usize::try_from(LISTED).unwrap_or(usize::MAX) {
        return Err(Refusal::new(format!("名前を見て決めるのは、一度に{LISTED}件までです。")).into());
    }
    let once = ask.form("command_id");
    if once.is_empty() || once.len() > 80 {
        return Err(Refusal::new("画面が古くなっています。開きなおしてください。").into());
    }
    Ok(Asked {
        name: format!("{}：{}", group.mode.word(), title(group, &*ask.book()?, ask.today())),
        group: group.clone(),
        part,
        how: how.to_owned(),
        next_on: if part == Part::Carried { next_on(ask)? } else { None },
        reason: reason.to_owned(),
        lines,
        seen: ask.form("seen").parse().unwrap_or(0),
        once: once.to_owned(),
    })
}

/// The day all get; nothing: everybody's next birthday.
fn next_on(ask: &Ask) -> Result<Option<Day>, Problem> {
    match ask.form("spread") {
        "birthday" => Ok(None),
        "day" => {
            let (day, today) = (typed::span(ask, "next_on")?, ask.today());
            if day.lo != day.hi || day.lo <= today || day.lo > today.plus(366) {
                return Err(Problem::refused("next_on", "次の対応の日は、明日から1年先までの一日を入れてください。"));
            }
            Ok(Some(day.lo))
        }
        _ => Err(Problem::refused("spread", "次の対応の日の決め方を選んでください。")),
    }
}

/// `file:key`
fn line(text: &str) -> Option<Named> {
    let (file, key) = text.split_once(':')?;
    Some(Named { file: file.parse().ok()?, key: key.to_owned() })
}
