//! `GET /postings/{id}/labels` and `/list`: paper of a posting. Everybody is read as they stand when it is printed: who
//! became protected, died or lost a pregnancy since gets no label and is named on the head page.

use rules::wareki;

use super::Posting;
use super::new::to;
use super::page::{letter, letters, printable};
use super::view::{Label, LabelsPage, ListPage, Listed};
use crate::intake::imports::batch::{self, State};
use crate::platform::Problem;
use crate::platform::door::Looked;
use crate::platform::web::{Ask, Reply, view::Link};

/// Labels on a sheet: two sizes that are sold everywhere.
const SHEETS: [usize; 2] = [12, 24];

/// A posting that stands: what was taken back is not printed.
///
/// # Errors
/// Not found, or if the database fails.
pub fn standing(ask: &Ask) -> Result<super::Batch, Problem> {
    let id = ask.id("id")?;
    let batch = ask.read(|door| batch::find::<Posting>(door, id))?;
    if batch.state == State::Applied { Ok(batch) } else { Err(Problem::NotFound) }
}

/// The sheets of labels behind their head page.
///
/// # Errors
/// Not found, or if the database fails.
pub fn labels(ask: &mut Ask) -> Result<Reply, Problem> {
    let batch = standing(ask)?;
    let per = SHEETS.into_iter().find(|per| per.to_string() == ask.query("per")).unwrap_or(SHEETS[0]);
    let skip = ask.query("skip").parse::<usize>().unwrap_or(0).min(per - 1);
    let frame = ask.frame("宛名ラベル", "/settlings")?;
    let all = ask.read(|door| {
        let all = letters(door, &batch)?;
        // The page is made to be printed: that it was is as certain as it can be.
        let files: Vec<i64> = printable(&all).0.iter().map(|c| c.file).collect();
        door.log_reading(Looked::Export, "posting_labels", &files);
        Ok(all)
    })?;
    let here = format!("/postings/{}", batch.id);
    let (put, left) = printable(&all);
    let alone = all.iter().filter(|c| c.sent.as_ref().is_some_and(|(_, sent)| sent.alone));
    let mut labels: Vec<Label> = vec![Label::default(); skip];
    labels.extend(put.iter().map(|c| Label {
        no: c.sent.as_ref().map(|(_, sent)| sent.no.to_string()).unwrap_or_default(),
        postcode: c.postcode.clone(),
        address: c.address.clone(),
        name: if c.guardian { format!("{}　保護者", c.name.text) } else { c.name.text.clone() },
    }));
    let other = |n: usize| Link { label: format!("{n}面にする"), url: format!("{here}/labels?per={n}") };
    Reply::page(&LabelsPage {
        frame,
        title: batch.summary.title.clone(),
        about: format!("発送日 {}", batch.summary.day.map(wareki::long).unwrap_or_default()),
        per,
        others: SHEETS.into_iter().filter(|n| *n != per).map(other).collect(),
        printed: format!("{}枚", put.len()),
        left_out: left.into_iter().filter_map(|c| letter(c, &here)).collect(),
        alone: alone.filter_map(|c| letter(c, &here)).collect(),
        sheets: if put.is_empty() { Vec::new() } else { labels.chunks(per).map(<[Label]>::to_vec).collect() },
        back: here,
    })
}

/// 発送名簿: who got a letter, without anybody's address.
///
/// # Errors
/// Not found, or if the database fails.
pub fn list(ask: &mut Ask) -> Result<Reply, Problem> {
    let batch = standing(ask)?;
    let frame = ask.frame("発送名簿", "/settlings")?;
    let office = ask.actor()?.office_name.clone();
    let all = ask.read(|door| {
        let mut all = letters(door, &batch)?;
        all.retain(|c| c.sent.is_some());
        let files: Vec<i64> = all.iter().map(|c| c.file).collect();
        door.log_reading(Looked::Export, "posting_list", &files);
        Ok(all)
    })?;
    let here = format!("/postings/{}", batch.id);
    let row = |c: &super::check::Checked| {
        let letter = letter(c, &here)?;
        Some(Listed {
            no: letter.no,
            name: letter.name,
            about: letter.about,
            to: to(c),
            district: c.district.clone(),
            marks: letter.marks.join("、"),
        })
    };
    Reply::page(&ListPage {
        frame,
        title: batch.summary.title.clone(),
        about: format!("発送日 {}", batch.summary.day.map(wareki::long).unwrap_or_default()),
        office,
        shown: format!("{}通", all.len()),
        rows: all.iter().filter_map(row).collect(),
        back: here,
    })
}
