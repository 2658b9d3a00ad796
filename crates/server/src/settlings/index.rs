//! `GET /settlings`: how many lines are open, by group; progress to zero; what was settled by whom.

use rules::{Day, Rulebook, wareki};

use super::Settling;
use super::count::{self, Count};
use super::group::{By, Group, Mode, NO_DISTRICT, Part, label};
use super::since;
use super::view::{IndexPage, ProgressBar, Row};
use crate::intake::imports::pages::batches;
use crate::intake::imports::summary::grouped;
use crate::platform::store::sync;
use crate::platform::web::view::{Link, Tab};
use crate::platform::web::{Ask, Reply, words};
use crate::platform::{Door, Problem, Refusal};
use crate::today::{lines::setting, side};

/// The page.
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, &[])?)
}

/// The page with what is wrong in the form of the 稼働基準日.
///
/// # Errors
/// If the database fails.
pub fn draw(ask: &mut Ask, refusals: &[Refusal]) -> Result<IndexPage, Problem> {
    sync::catch_up_if_due(ask.doors().database(), &ask.app.books, ask.today())?;
    let mut group = Group::read(|name| ask.query(name));
    if !refusals.is_empty() {
        group.mode = Mode::Start;
    }
    let by = By::from_code(ask.query("by"));
    let book = ask.book()?;
    let frame = ask.frame("一括整理", "/settlings")?;
    let since = since::form(ask, group.mode, refusals)?;
    let mut page = ask.read(|door| table(door, &book, &group, by))?;
    page.frame = frame;
    page.since = since;
    Ok(page)
}

fn table(door: &mut Door<'_>, book: &Rulebook, group: &Group, by: By) -> Result<IndexPage, Problem> {
    let today = door.today();
    let total = count::of(door, group)?;
    let counts = count::by(door, group, by)?;
    let arrived = if by == By::Source { side::arrived(door)? } else { Vec::new() };
    let note = |code: &str| match arrived.iter().find(|(source, _)| source == code) {
        _ if by != By::Source || code == "own" => String::new(),
        Some((source, through)) => words::arrival(source, *through),
        None => String::from("まだ何も届いていません"),
    };
    let since = setting(door, "operating_since")?.and_then(|day| Day::parse_iso(&day));
    let progress = if group.mode == Mode::Start && since.is_some() { Some(progress(door)?) } else { None };
    let whole_label = if group.told(book, today).is_empty() {
        "この部屋の全部を見て決める"
    } else {
        "この条件の全部を見て決める"
    };
    Ok(IndexPage {
        rooms: rooms(group.mode),
        about: about(group.mode, since),
        progress,
        active: active(book, group, by, today),
        clear_url: Group { mode: group.mode, ..Group::default() }.address(by),
        by: By::ALL
            .into_iter()
            .map(|b| Tab { label: format!("{}ごと", b.word()), url: group.address(b), current: b == by })
            .collect(),
        by_word: by.word().to_owned(),
        total: format!("{}件・{}人", number(total.lines), number(total.persons)),
        whole: (total.lines > 0).then(|| Link { label: whole_label.to_owned(), url: decide_at(group, &total) }),
        post: post(group, total.lines),
        rows: counts.iter().map(|count| row(book, group, by, count, note, today)).collect(),
        batches: batches::<Settling>(door, |batch| {
            format!("{}件・{}", grouped(batch.progress.closed), batch.summary.reason)
        })?,
        ..IndexPage::default()
    })
}

fn rooms(mode: Mode) -> Vec<Tab> {
    let tab = |m: Mode| Tab {
        label: m.word().to_owned(),
        url: Group { mode: m, ..Group::default() }.address(By::Service),
        current: m == mode,
    };
    vec![tab(Mode::Month), tab(Mode::Start)]
}

fn about(mode: Mode, since: Option<Day>) -> String {
    match (mode, since) {
        (Mode::Month, _) => String::from(
            "月次一括の事業（第2層）で、期限を過ぎたもの・資料が届くはずなのに届かないもの・法の期間が終わったものです。",
        ),
        (Mode::Start, Some(day)) => format!(
            "稼働基準日（{}）より前に期限や期間が過ぎた対応です。一覧では「移行前」とだけ示し、赤では出しません。\
             資料が届いてから、集まりごとに理由を付けて終えます。",
            wareki::date(day)
        ),
        (Mode::Start, None) => String::from(
            "つむぎで対応を管理しはじめる日（稼働基準日）を決めると、その日より前に期限や期間が過ぎた対応をここで整理できます。",
        ),
    }
}

fn progress(door: &mut Door<'_>) -> Result<ProgressBar, Problem> {
    let open = count::of(door, &Group { mode: Mode::Start, ..Group::default() })?;
    let (done, settlings) = count::settled(door, Mode::Start)?;
    let total = done + open.lines.unsigned_abs();
    let left = if open.lines == 0 {
        String::from("のこり0件です。初期整理は終わっています。資料があとから届いて増えたときは、またここに出ます。")
    } else {
        format!(
            "のこり{}件（まとめて終えられる{}件、日を決めて持ち越せる{}件、名前を見て決める{}件）。0件になると、初期整理は終わりです。",
            number(open.lines),
            number(open.closed()),
            number(open.carried),
            number(open.named - open.carried)
        )
    };
    Ok(ProgressBar {
        done,
        total: total.max(1),
        text: format!("整理ずみ {}件／全体 {}件（{settlings}回の一括整理）", grouped(done), grouped(total)),
        left,
    })
}

fn active(book: &Rulebook, group: &Group, by: By, today: Day) -> Vec<Link> {
    let set = By::ALL.into_iter().filter(|b| !group.get(*b).is_empty());
    set.map(|b| Link { label: label(book, b, group.get(b), today), url: group.with(b, "").address(by) }).collect()
}

fn row(book: &Rulebook, group: &Group, by: By, count: &Count, note: impl Fn(&str) -> String, today: Day) -> Row {
    let code = count.code.as_deref().unwrap_or_default();
    let narrowed =
        if code.is_empty() && by == By::District { group.with(by, NO_DISTRICT) } else { group.with(by, code) };
    // Told apart by the next thing that is not yet said.
    let next = By::ALL.into_iter().find(|b| narrowed.get(*b).is_empty()).unwrap_or(by);
    Row {
        label: label(book, by, code, today),
        url: narrowed.address(next),
        note: note(code),
        lines: number(count.lines),
        persons: number(count.persons),
        closed: number(count.closed()),
        carried: number(count.carried),
        named: number(count.named),
        decide_url: decide_at(&narrowed, count),
    }
}

/// A letter goes to the persons of one service; what was sent is listed in any case.
fn post(group: &Group, lines: i64) -> Vec<Link> {
    let mut links = Vec::new();
    if group.mode == Mode::Month && !group.service.is_empty() && lines > 0 {
        let url = format!("/postings/new?{}", group.query());
        links.push(Link { label: String::from("この人たちに発送する（発送前の確認へ）"), url });
    }
    if group.mode == Mode::Month {
        links.push(Link { label: String::from("これまでの発送"), url: String::from("/postings") });
    }
    links
}

fn decide_at(group: &Group, count: &Count) -> String {
    let first = Part::ALL.into_iter().find(|part| count.of(*part) > 0);
    group.decide_at(first.unwrap_or_default())
}

pub fn number(n: i64) -> String {
    grouped(n.unsigned_abs())
}
