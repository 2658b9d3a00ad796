//! POST /matching: 同じ人としてまとめる, or 別の人. Either is an event, and is taken back like any other.

use casework::{Act, Body, Sensitivity, matching};
use platform::record::{self, Submitted};
use platform::web::view::Link;
use platform::web::{Ask, Reply};
use platform::{Problem, store::joined};
use rules::Span;

use super::{faces, page, sweep};

/// `POST /matching`
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = |name: &str| ask.form(name).parse::<i64>().map_err(|_| Problem::NotFound);
    let (one, other) = (id("one")?, id("other")?);
    let (names, evidence) = ask.read(|door| {
        let known = faces::known(door, &[one, other])?;
        let (Some(a), Some(b)) = (known.get(&one), known.get(&other)) else { return Ok((None, String::new())) };
        Ok((Some((a.name.clone(), b.name.clone())), said(a, b)))
    })?;
    let back = ask.return_to("/matching");
    let Some((name, _)) = names else {
        // Not theirs, or joined with another meanwhile.
        let led = ask.read(|door| Ok(joined::lead_all(door.db, &[one, other])?))?;
        if led == vec![one.min(other), one.max(other)] {
            return Err(Problem::NotFound);
        }
        return again(ask, vec![String::from("どちらかの台帳は、すでにまとめられています。")]);
    };
    let name = if name.is_empty() { String::from("名前未登録の子") } else { name };
    let joins = ask.form("how") == "join";
    let act = match ask.form("how") {
        "join" => Act::Join { files: [one, other], reason: evidence },
        "apart" => Act::Record {
            file: one,
            episode: None,
            day: Span::on(ask.today()),
            source: String::from("own"),
            sensitivity: Sensitivity::Ordinary,
            body: Body::ToldApart { other, reason: evidence },
        },
        _ => return again(ask, vec![String::from("「同じ人としてまとめる」か「別の人」のどちらかを選んでください。")]),
    };
    match record::submit(ask, act)? {
        Submitted::Applied(applied) => {
            let person = ask.read(|door| Ok(joined::lead(door.db, one, None)?))?;
            let undo = applied.events.first().map(|event| (person, *event));
            let text = if joins {
                format!("{name}さんの台帳をまとめました。")
            } else {
                format!("{name}さんとは別の人としました。もう候補に出ません。")
            };
            let mut notice = record::told(text, undo, &back);
            notice.link = Some(Link { label: String::from("この方の画面"), url: format!("/persons/{person}") });
            Ok(Reply::see_told(&back, notice))
        }
        Submitted::Refused(wrong) => again(ask, wrong.into_iter().map(|r| r.message).collect()),
        Submitted::Conflict(conflict) => {
            let mut why =
                vec![String::from("ほかの人の記録と重なりました。いまの内容を確かめてから、もう一度選んでください。")];
            why.extend(conflict.changes);
            again(ask, why)
        }
    }
}

/// The page again, with what was refused.
fn again(ask: &mut Ask, wrong: Vec<String>) -> Result<Reply, Problem> {
    if ask.return_to("/matching").starts_with("/matching/sweep") {
        return Reply::refused(&sweep::draw(ask, wrong)?);
    }
    Reply::refused(&page::draw(ask, wrong)?)
}

/// The evidence the decision was made on, as the record keeps it: words, no values.
fn said(one: &faces::Known, other: &faces::Known) -> String {
    use matching::Speaks::{Against, For, Nearly};
    let Some(likely) = matching::likely(&one.face, &other.face) else {
        return String::from("候補以外からの判断");
    };
    let of = |wanted: &[matching::Speaks]| {
        let found = likely.evidence.iter().filter(|e| wanted.contains(&e.speaks));
        found.map(|e| e.says).collect::<Vec<_>>().join("、")
    };
    let (agrees, against) = (of(&[For, Nearly]), of(&[Against]));
    match against.is_empty() {
        true => agrees,
        false => format!("{agrees}。合わない点：{against}"),
    }
}
