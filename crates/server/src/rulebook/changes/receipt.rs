//! The receipt of a publication, to be printed on A4, and the way back.

use std::collections::BTreeSet;

use casework::{
    Permission,
    publication::{Moves, Proposal},
};

use super::{
    desk::with_proposal,
    page::{count_row, field_rows, head, names_in, title},
    view::ReceiptPage,
};
use crate::platform::{
    Door, Problem, Refusal,
    rulebook::{self, Book},
    web::{Ask, Reply, ask::field_errors},
};

/// GET /rulebook/changes/{proposal}/receipt
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, Vec::new())
}

/// The receipt; with `faults`, why the rules were not put back.
///
/// # Errors
/// Not found, if nothing was published or it is not carried out yet.
pub fn draw(ask: &mut Ask, faults: Vec<Refusal>) -> Result<Reply, Problem> {
    let id = ask.id("proposal")?;
    let book = ask.book()?;
    let frame = ask.frame("規則の公開の記録", "/rulebook")?;
    let here = format!("/rulebook/changes/{id}");
    let mut form = ask.draw_form(&format!("{here}/back"), &format!("{here}/receipt"))?;
    form.errors = field_errors(&faults, &[("reason", "戻す理由")]);
    let office = ask.actor()?.office_name.clone();
    let may = ask.actor()?.role.may(Permission::ChangeRules);
    let page = ask.read(|door| with_proposal(door, id, |door, found, _| of(door, &book, found)))?;
    let page = ReceiptPage { frame, office, back_url: here, back: may.then_some(form), ..page };
    if faults.is_empty() { Reply::page(&page) } else { Reply::refused(&page) }
}

fn of(door: &mut Door<'_>, book: &Book, found: &Proposal<'_>) -> Result<ReceiptPage, Problem> {
    let (Some(published), Some(carried)) = (found.published, found.carried_out) else {
        return Err(Problem::NotFound);
    };
    let (predicted, done) = (&published.body.predicted, &carried.body.done);
    let names = names_in(door.db, std::slice::from_ref(found))?;
    let mut head = head(&names, found);
    head.push((String::from("前の規則集"), published.body.before.clone()));
    head.push((String::from("新しい規則集"), published.body.after.clone()));
    let before = rulebook::kept(door.db, &published.body.before)?.texts;
    let after = rulebook::kept(door.db, &published.body.after)?.texts;
    let rules: BTreeSet<&String> = predicted.by_rule.keys().chain(done.by_rule.keys()).collect();
    let of = |all: &std::collections::BTreeMap<String, Moves>, id: &String| all.get(id).copied().unwrap_or_default();
    let by_rule = rules.into_iter().map(|id| {
        let row = |moves| count_row(rulebook::title(book, id), moves);
        (row(of(&predicted.by_rule, id)), row(of(&done.by_rule, id)))
    });
    let same = (predicted.persons, &predicted.by_rule) == (done.persons, &done.by_rule);
    let differs = "見込みと結果が違うのは、計算してから反映するまでに記録や取込があったためです。";
    Ok(ReceiptPage {
        title: title(book, found.proposed.body),
        head,
        fields: field_rows(&before, &after, &book.town)?,
        predicted: count_row(String::from("見込み"), predicted.all),
        predicted_persons: predicted.persons,
        done: count_row(String::from("結果"), done.all),
        done_persons: done.persons,
        files: done.files,
        rewritten: carried.body.rewritten,
        by_rule: by_rule.collect(),
        differs: if same { String::new() } else { String::from(differs) },
        ..ReceiptPage::default()
    })
}
