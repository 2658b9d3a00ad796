//! 過去の記録の取込: imports so far, and a new file.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use super::stage::{self, NotStaged, Source};
use super::view::UploadPage;
use super::{Batch, Events, layout};
use crate::imports::layout::{code, digest};
use crate::imports::pages::batches;
use crate::imports::summary::grouped;
use platform::web::ask::field_errors;
use platform::web::form::Choice;
use platform::web::{Ask, Reply};
use platform::{Fault, Problem, Refusal, typed};

const LABELS: &[(&str, &str)] = &[("file", "ファイル"), ("kind", "記録の種類"), ("through", "いつまでの分か")];

/// `GET /events`
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, &[])?)
}

/// `POST /events`: reads the file into staging and shows what it would do.
pub fn stage(ask: &mut Ask) -> Result<Reply, Problem> {
    match read(ask) {
        Ok(id) => Ok(Reply::see(&format!("/events/{id}"))),
        Err(Problem::Refused(why)) => Reply::refused(&draw(ask, &why)?),
        Err(problem) => Err(problem),
    }
}

fn read(ask: &mut Ask) -> Result<i64, Problem> {
    let through = typed::day(ask, "through")?;
    let code = ask.read(|door| Ok(code(door)?))?;
    let mapping = layout::of(&ask.app.settings.data, &code)?;
    let kind = mapping.kind(ask.form("kind"));
    let kind = kind.ok_or_else(|| Refusal::at("kind", "記録の種類を選んでください。"))?;
    let upload = ask.upload("file").filter(|u| u.size > 0);
    let upload = upload.ok_or_else(|| Refusal::at("file", "取り込むファイルを選んでください。"))?;
    let mut bytes = File::open(&upload.path).map_err(Fault::at("an upload cannot be read"))?;
    let sum = digest(&mut bytes)?;
    bytes.seek(SeekFrom::Start(0)).map_err(Fault::at("an upload cannot be read"))?;
    let source = Source { name: &upload.name, digest: &sum, through };
    match stage::stage(ask.doors(), ask.actor()?, kind, source, bytes, |_| {}) {
        Ok(batch) => Ok(batch.id),
        Err(NotStaged::File(why)) => Err(Problem::refused("file", why.to_string())),
        Err(NotStaged::Problem(problem)) => Err(problem),
    }
}

fn draw(ask: &mut Ask, refusals: &[Refusal]) -> Result<UploadPage, Problem> {
    let mut form = ask.draw_form("/events", "/events")?;
    form.errors = field_errors(refusals, LABELS);
    let code = ask.read(|door| Ok(code(door)?))?;
    // A layout that cannot be read is said when a file is sent.
    let kinds = layout::of(&ask.app.settings.data, &code).map(|m| m.kinds).unwrap_or_default();
    let mut choices = vec![Choice::new("", "選んでください")];
    choices.extend(kinds.iter().map(|kind| Choice::new(&kind.id, &kind.title)));
    Ok(UploadPage {
        frame: ask.frame("過去の記録の取込", "/events")?,
        form,
        kinds: choices,
        limit: String::from("300MBまで。"),
        batches: ask.read(|door| batches::<Events>(door, said))?,
    })
}

fn said(batch: &Batch) -> String {
    let summary = &batch.summary;
    let rows = grouped(summary.good + summary.broken);
    format!("{}・{rows}行・読めない行{}", summary.title, grouped(summary.broken))
}
