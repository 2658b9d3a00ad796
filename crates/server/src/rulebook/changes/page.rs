//! One proposal: what differs, what it would do, and what can be done with it now; and the list of all.

use std::collections::BTreeMap;

use casework::{
    Permission,
    publication::{self, Moves, Proposal, Proposed, State},
};

use super::{
    desk::{self, OfficeFile, with_proposal},
    propose::unfit,
    run,
    view::{CountRow, FieldRow, IndexPage, PreviewView, ProgressPage, ProposalPage, Row},
    work::{self, Kind, Work},
};
use crate::{
    cli::rulebook::fields,
    intake::imports::pages::moment,
    platform::{
        Db, Door, Fault, Problem, Refusal,
        people::staff_names,
        rulebook::{self, Book, Texts, is_whole},
        web::{
            Ask, Reply,
            ask::field_errors,
            form::{Choice, Form},
        },
    },
};

/// GET /rulebook/changes
pub fn index(ask: &mut Ask) -> Result<Reply, Problem> {
    let frame = ask.frame("規則の変更", "/rulebook")?;
    let book = ask.book()?;
    let may = ask.actor()?.role.may(Permission::ChangeRules);
    let keeper = ask.actor()?.keeper;
    let rows = ask.read(|door| {
        let Some(office) = OfficeFile::of(door.db, keeper)? else { return Ok(Vec::new()) };
        let mut all = publication::proposals(&office.story());
        all.reverse();
        let names = names_in(door.db, &all)?;
        Ok(all.iter().map(|p| row(&book, &names, p)).collect())
    })?;
    let new_url = if may && !book.town.is_empty() { String::from("/rulebook/changes/new") } else { String::new() };
    Reply::page(&IndexPage { frame, rows, unfit: unfit(&book), new_url })
}

fn row(book: &Book, names: &BTreeMap<i64, String>, proposal: &Proposal<'_>) -> Row {
    let id = proposal.proposed.event;
    let state = proposal.state();
    Row {
        title: title(book, proposal.proposed.body),
        url: format!("/rulebook/changes/{id}"),
        when: moment(proposal.proposed.at),
        who: who(names, proposal.proposed.by),
        reason: proposal.proposed.body.reason.clone(),
        state: publication::word(state).to_owned(),
        open: matches!(state, State::Waiting | State::Approved | State::Published),
        receipt_url: match state {
            State::CarriedOut => format!("/rulebook/changes/{id}/receipt"),
            _ => String::new(),
        },
    }
}

/// What a proposal is about, as people say it.
pub fn title(book: &Book, proposed: &Proposed) -> String {
    if proposed.undoes.is_some() {
        return String::from("前の規則集に戻す");
    }
    format!("{}の変更", rulebook::title(book, &proposed.rule))
}

pub fn who(names: &BTreeMap<i64, String>, staff: i64) -> String {
    names.get(&staff).cloned().unwrap_or_else(|| String::from("つむぎ"))
}

/// Names of everybody who signed something in these proposals.
///
/// # Errors
/// If the database fails.
pub fn names_in(db: &mut Db, proposals: &[Proposal<'_>]) -> Result<BTreeMap<i64, String>, Fault> {
    let mut ids: Vec<i64> = Vec::new();
    for p in proposals {
        ids.push(p.proposed.by);
        ids.extend(p.decided.map(|s| s.by));
        ids.extend(p.published.map(|s| s.by));
    }
    ids.sort_unstable();
    ids.dedup();
    staff_names(db, &ids)
}

/// GET /rulebook/changes/{proposal}
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, Vec::new(), false)
}

/// GET /rulebook/changes/{proposal}/publish: the second step.
pub fn confirm(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, Vec::new(), true)
}

/// The page of a proposal; with `faults`, what was not taken stands at its top.
///
/// # Errors
/// Not found, or if the database fails.
pub fn draw(ask: &mut Ask, faults: Vec<Refusal>, confirm: bool) -> Result<Reply, Problem> {
    let id = ask.id("proposal")?;
    let (book, keeper) = (ask.book()?, ask.actor()?.keeper);
    let (title, running) = ask.read(|door| {
        with_proposal(door, id, |door, found, _| {
            let works = [Kind::Preview, Kind::Publish].map(|kind| work::find(door.db, keeper, id, kind));
            let [preview, publish] = works;
            let running = [publish?, preview?].into_iter().flatten().find(|work| work.running);
            Ok((self::title(&book, found.proposed.body), running))
        })
    })?;
    if let Some(work) = running {
        run::ensure(ask.doors(), &ask.app.books, keeper, id, work.kind);
        return Reply::page(&progress(ask, &title, &work)?);
    }
    let frame = ask.frame(&title, "/rulebook")?;
    let forms = Forms::draw(ask, id, faults)?;
    let page = ask.read(|door| {
        with_proposal(door, id, |door, found, _| {
            let page = ProposalPage { frame, title, ..of(door, &book, found)? };
            forms.place(door, &book, found, page, confirm)
        })
    })?;
    if page.told.errors.is_empty() { Reply::page(&page) } else { Reply::refused(&page) }
}

fn progress(ask: &mut Ask, title: &str, work: &Work) -> Result<ProgressPage, Problem> {
    let (heading, note) = match work.kind {
        Kind::Preview => ("影響を計算しています", "一覧にはまだ何も起きていません。"),
        Kind::Publish => (
            "公開しました。全員の対応を計算しなおしています",
            "計算がすんでいない方の一覧は、それまで前の規則のままです。この間も記録できます。",
        ),
    };
    Ok(ProgressPage {
        frame: ask.frame(heading, "/rulebook")?,
        title: format!("{heading}（{title}）"),
        done: work.done,
        total: work.total.max(1),
        text: format!("{}人のうち {}人", work.total, work.done.min(work.total)),
        note: note.to_owned(),
    })
}

/// The forms of the page, drawn before the transaction that fills it.
struct Forms {
    compute: Form,
    decide: Form,
    publish: Form,
    /// Staff id of the reader, and what they may.
    me: i64,
    approves: bool,
    changes: bool,
}

impl Forms {
    fn draw(ask: &mut Ask, id: i64, faults: Vec<Refusal>) -> Result<Forms, Problem> {
        let here = format!("/rulebook/changes/{id}");
        let labels = [("how", "判断"), ("note", "理由・意見")];
        let mut decide = ask.draw_form(&format!("{here}/decide"), &here)?;
        let publish = ask.draw_form(&format!("{here}/publish"), &here)?;
        decide.errors = field_errors(&faults, &labels);
        let role = ask.actor()?.role;
        Ok(Forms {
            compute: ask.draw_form(&format!("{here}/preview"), &here)?,
            decide,
            publish,
            me: ask.actor()?.staff,
            approves: role.may(Permission::ApproveRules),
            changes: role.may(Permission::ChangeRules),
        })
    }

    /// Only what the reader may do now.
    fn place(
        self,
        door: &mut Door<'_>,
        book: &Book,
        found: &Proposal<'_>,
        mut page: ProposalPage,
        confirm: bool,
    ) -> Result<ProposalPage, Problem> {
        page.told.errors.clone_from(&self.decide.errors);
        let open = matches!(found.state(), State::Waiting | State::Approved);
        let fresh = page.preview.as_ref().is_some_and(|p| p.stale.is_empty());
        let mine = found.proposed.by == self.me;
        let moved = found.proposed.body.base != book.hash;
        if open && moved {
            page.publish_note = String::from(
                "この案を作ったあとで規則集が変わったため、この案は公開できません。いまの規則から案を作りなおしてください。",
            );
        } else if open {
            page.compute = Some(self.compute);
        }
        if found.state() == State::Waiting && found.proposed.body.undoes.is_none() && self.approves {
            let alone = mine && desk::alone(door, self.me)?;
            page.decisions = decisions(mine, fresh && !moved, alone);
            page.decide_note = match (mine, alone) {
                (true, true) => {
                    "ほかに承認できる人がいないため、作った人が承認できます。そのことは公開の記録に残ります。"
                }
                (true, false) => "自分の案は承認できません。ほかの統括支援員・管理者が承認します。",
                _ if !fresh => "影響を計算しなおすと、承認できます。",
                _ => "",
            }
            .to_owned();
            page.decide = Some(self.decide);
        } else {
            // Nothing on the page to lead to.
            page.told.errors.iter_mut().for_each(|error| error.field.clear());
        }
        if found.may_be_published() && self.changes && fresh && !moved {
            page.confirm = confirm;
            page.publish = Some(self.publish);
        }
        Ok(page)
    }
}

fn decisions(mine: bool, fresh: bool, alone: bool) -> Vec<Choice> {
    let mut choices = Vec::new();
    if fresh && (!mine || alone) {
        choices.push(Choice::new("approved", "承認する"));
    }
    choices.push(if mine {
        Choice::new("withdrawn", "取り下げる")
    } else {
        Choice::new("declined", "承認しない")
    });
    choices
}

/// Everything of the page but its frame and forms.
fn of(door: &mut Door<'_>, book: &Book, found: &Proposal<'_>) -> Result<ProposalPage, Problem> {
    let proposed = found.proposed.body;
    let id = found.proposed.event;
    let names = names_in(door.db, std::slice::from_ref(found))?;
    let (old, new) = texts(door, book, found)?;
    let preview = work::find(door.db, door.actor.keeper, id, Kind::Preview)?;
    let library = super::super::library::library_of(book)?;
    let known = library.versions(&proposed.rule);
    Ok(ProposalPage {
        rule_url: if known.is_empty() { String::new() } else { format!("/rulebook/{}", proposed.rule) },
        state: publication::word(found.state()).to_owned(),
        head: head(&names, found),
        fields: field_rows(&old, &new, &book.town)?,
        preview: preview.filter(|_| found.published.is_none()).map(|w| shown(door, book, found, &w)).transpose()?,
        receipt_url: match found.state() {
            State::CarriedOut => format!("/rulebook/changes/{id}/receipt"),
            _ => String::new(),
        },
        ..ProposalPage::default()
    })
}

/// The town's files before and after: as published, or as they would be now.
fn texts(door: &mut Door<'_>, book: &Book, found: &Proposal<'_>) -> Result<(Texts, Texts), Problem> {
    if let Some(published) = found.published {
        let before = rulebook::kept(door.db, &published.body.before)?.texts;
        return Ok((before, rulebook::kept(door.db, &published.body.after)?.texts));
    }
    let files = found.proposed.body.files.iter().map(|f| (f.path.clone(), f.text.clone()));
    Ok((Texts::clone(&book.texts), Texts::clone(&book.texts).with(files)))
}

/// What differs in the rules, field by field. Where a town says nothing the nation's word stands; a town's new file is
/// told by what it changes, not by its being there.
///
/// # Errors
/// If a kept file is no TOML.
pub fn field_rows(old: &Texts, new: &Texts, town: &str) -> Result<Vec<FieldRow>, Fault> {
    let mut rows = Vec::new();
    for change in fields::changes(old, new, town)? {
        let (rule, file) = (&change.rule, &change.file);
        let national = if is_whole(file) { BTreeMap::new() } else { national(old, town, rule) };
        let word = |text: Option<String>, field: &str| {
            text.or_else(|| national.get(field).cloned()).unwrap_or_else(|| String::from("（なし）"))
        };
        let row = |field: &str, old: Option<String>, new: Option<String>| FieldRow {
            rule: rule.clone(),
            file: file.clone(),
            field: field.to_owned(),
            old: word(old, field),
            new: word(new, field),
        };
        match (&change.old, &change.new) {
            (None, Some(_)) | (Some(_), None) if change.field.is_empty() && !is_whole(file) => {
                let comes = change.old.is_none();
                let text = if comes { new.text(file) } else { old.text(file) };
                for (field, value) in fields::of_text(text.unwrap_or_default()) {
                    if field != "id" {
                        rows.push(if comes { row(&field, None, Some(value)) } else { row(&field, Some(value), None) });
                    }
                }
            }
            _ if change.field.is_empty() => rows.push(row("ファイル全体", change.old.clone(), change.new.clone())),
            _ => rows.push(row(&change.field, change.old.clone(), change.new.clone())),
        }
    }
    Ok(rows)
}

/// The fields of the nation's newest version of a rule.
fn national(texts: &Texts, town: &str, rule: &str) -> BTreeMap<String, String> {
    let whole = texts.of_town(town).filter(|(path, _)| path.starts_with("national/"));
    let all = whole.map(|(_, text)| text).filter(|text| text.contains(rule)).map(fields::of_text);
    let of_rule = all.filter(|fields| fields.get("id").is_some_and(|id| id == rule));
    of_rule.max_by_key(|fields| fields.get("valid_from").cloned()).unwrap_or_default()
}

/// Who said what when.
pub fn head(names: &BTreeMap<i64, String>, found: &Proposal<'_>) -> Vec<(String, String)> {
    let proposed = found.proposed;
    let mut head = vec![
        (String::from("作成"), format!("{} {}", moment(proposed.at), who(names, proposed.by))),
        (String::from("理由"), proposed.body.reason.clone()),
    ];
    if let Some(decided) = found.decided {
        let how = match decided.body.how.as_str() {
            "approved" if decided.body.alone => "承認（ほかに承認できる人がいないため、作成者が承認）",
            "approved" => "承認",
            "declined" => "承認しない",
            _ => "取り下げ",
        };
        head.push((how.to_owned(), format!("{} {}", moment(decided.at), who(names, decided.by))));
        if !decided.body.note.is_empty() {
            head.push((String::from("意見"), decided.body.note.clone()));
        }
    } else if proposed.body.undoes.is_some() {
        let text = "前に公開されていた規則に戻すため、あらためての承認は要りません";
        head.push((String::from("承認"), String::from(text)));
    }
    if let Some(published) = found.published {
        head.push((String::from("公開"), format!("{} {}", moment(published.at), who(names, published.by))));
    }
    if let Some(done) = found.carried_out {
        head.push((String::from("反映の終わり"), moment(done.at)));
    }
    head
}

fn shown(door: &mut Door<'_>, book: &Book, found: &Proposal<'_>, work: &Work) -> Result<PreviewView, Problem> {
    let effects = &work.counts.effects;
    let staff: Vec<i64> = work.counts.by_owner.keys().copied().filter(|id| *id > 0).collect();
    let names = staff_names(door.db, &staff)?;
    let owner = |id: &i64| names.get(id).cloned().unwrap_or_else(|| String::from("（担当なし）"));
    let stale = if work.before_hash != book.hash {
        "計算のあとで規則集が変わりました。計算しなおしてください。"
    } else if work.day != door.today() {
        "計算した日から日付が変わりました。計算しなおしてください。"
    } else {
        ""
    };
    let lists = door.actor.role.may(Permission::ReadLists);
    Ok(PreviewView {
        when: moment(work.at),
        stale: stale.to_owned(),
        files: effects.files,
        persons: effects.persons,
        all: count_row(String::from("合計"), effects.all),
        by_rule: sorted(effects.by_rule.iter().map(|(id, m)| count_row(rulebook::title(book, id), *m))),
        by_owner: sorted(work.counts.by_owner.iter().map(|(id, m)| count_row(owner(id), *m))),
        names_url: if lists && effects.persons > 0 {
            format!("/rulebook/changes/{}/persons", found.proposed.event)
        } else {
            String::new()
        },
    })
}

pub fn count_row(label: String, moves: Moves) -> CountRow {
    CountRow { label, added: moves.added, removed: moves.removed, moved: moves.moved }
}

/// Most changes first.
fn sorted(rows: impl Iterator<Item = CountRow>) -> Vec<CountRow> {
    let mut rows: Vec<CountRow> = rows.collect();
    rows.sort_by(|a, b| {
        (b.added + b.removed + b.moved).cmp(&(a.added + a.removed + a.moved)).then_with(|| a.label.cmp(&b.label))
    });
    rows
}
