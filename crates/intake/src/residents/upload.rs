//! 住民記録の取込: imports so far, and a new file.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use diesel::{OptionalExtension, QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use rules::wareki;

use super::stage::{self, NotStaged, Source};
use super::view::UploadPage;
use super::{Batch, Residents, layout};
use crate::imports::layout::{code, digest};
use crate::imports::pages::batches;
use crate::imports::summary::grouped;
use platform::web::ask::field_errors;
use platform::web::form::Choice;
use platform::web::{Ask, Reply};
use platform::{Door, Fault, Problem, Refusal, typed};

const LABELS: &[(&str, &str)] =
    &[("file", "ファイル"), ("layout", "項目の並び"), ("scope", "ファイルの範囲"), ("as_of_day", "いつ現在の記録か")];

/// `GET /residents`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, &[])?)
}

/// `POST /residents`: reads the file into staging and shows what it would do.
pub fn stage(ask: &mut Ask) -> Result<Reply, Problem> {
    match read(ask) {
        Ok(id) => Ok(Reply::see(&format!("/residents/{id}"))),
        Err(Problem::Refused(why)) => Reply::refused(&draw(ask, &why)?),
        Err(problem) => Err(problem),
    }
}

fn read(ask: &mut Ask) -> Result<i64, Problem> {
    let on = typed::span(ask, "as_of_day")?;
    if !on.is_exact() {
        return Err(Problem::refused("as_of_day", "年月日まで入力してください（例 R8.11.24）。"));
    }
    if on.hi > ask.today() {
        return Err(Problem::refused("as_of_day", "基準日が今日より後です。ファイルが作られた日を入れてください。"));
    }
    let whole = match ask.form("scope") {
        "all" => true,
        "changes" => false,
        _ => return Err(Problem::refused("scope", "全件か異動分かを選んでください。")),
    };
    let code = ask.read(|door| Ok(code(door)?))?;
    let mapping = layout::of(&ask.app.settings.data, &code)?.mapping;
    let upload = ask.upload("file").filter(|u| u.size > 0);
    let upload = upload.ok_or_else(|| Refusal::at("file", "取り込むファイルを選んでください。"))?;
    let mut bytes = File::open(&upload.path).map_err(Fault::at("an upload cannot be read"))?;
    let sum = digest(&mut bytes)?;
    bytes.seek(SeekFrom::Start(0)).map_err(Fault::at("an upload cannot be read"))?;
    let source = Source { name: &upload.name, digest: &sum, on: Some(on.hi), whole };
    match stage::stage(ask.doors(), ask.actor()?, &mapping, source, bytes, |_| {}) {
        Ok(batch) => Ok(batch.id),
        Err(NotStaged::File(why)) => Err(Problem::refused("file", why.to_string())),
        Err(NotStaged::Problem(problem)) => Err(problem),
    }
}

fn draw(ask: &mut Ask, refusals: &[Refusal]) -> Result<UploadPage, Problem> {
    let mut form = ask.draw_form("/residents", "/residents")?;
    form.errors = field_errors(refusals, LABELS);
    for (name, value) in [("scope", "changes"), ("as_of_day", "きょう")] {
        if form.value(name).is_empty() {
            form.values.push((name.to_owned(), value.to_owned()));
        }
    }
    let code = ask.read(|door| Ok(code(door)?))?;
    let own = layout::of(&ask.app.settings.data, &code).is_ok_and(|l| l.own);
    let arrival = ask.read(|door| Ok(arrival(door)?))?;
    Ok(UploadPage {
        frame: ask.frame("住民記録の取込", "/residents")?,
        form,
        layouts: vec![if own {
            Choice::new("own", "この市町村の並び")
        } else {
            Choice::new("standard", "標準（見出しから見分けます）")
        }],
        scopes: vec![Choice::new("changes", "異動分"), Choice::new("all", "全件")],
        limit: format!("300MBまで。{arrival}"),
        batches: ask.read(|door| batches::<Residents>(door, said))?,
    })
}

/// How far 住民記録 reaches, in words.
fn arrival(door: &mut Door<'_>) -> Result<String, Fault> {
    #[derive(QueryableByName)]
    struct Arrival {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        through: i32,
    }
    let found: Option<Arrival> = sql_query("select through from arrival where keeper = $1 and source = 'residents'")
        .bind::<BigInt, _>(door.actor.keeper)
        .get_result(door.db)
        .optional()?;
    Ok(found.map_or(String::from("まだ取り込まれていません。"), |a| {
        format!("いまは{}までの住民記録が入っています。", wareki::short(rules::Day(a.through)))
    }))
}

fn said(batch: &Batch) -> String {
    let broken = batch.summary.broken;
    format!("{}行・読めない行{}", grouped(batch.summary.good + broken), grouped(broken))
}
