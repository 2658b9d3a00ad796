//! GET /persons/{id}/family: the family of one person on one page.

use casework::{Permission, Person};
use rules::{Day, Rulebook, counting, wareki};

use super::{
    chart::{
        place::{self, LEFT, RIGHT},
        scale::Scale,
        table,
    },
    lanes, log, open,
    read::{self, Against, Family, One},
    ribbon,
    view::{FamilyPage, Life, MemberView},
};
use crate::{
    persons::{
        ask_purpose,
        bar::{self, link},
        came::Came,
        page::{caution, words_of},
        purpose,
        view::Bar,
    },
    platform::{
        Door, Problem,
        web::{
            Ask, Reply,
            view::{Caution, Frame},
            words::{about, name},
        },
    },
    subject::Opened,
};

/// Fiscal years side by side, unless fewer are asked for.
const YEARS: i32 = 5;
const WIDTHS: [i32; 3] = [1, 2, YEARS];

/// What the address asks for: `?from=` (first fiscal year), `?years=`, `?log=` (first record).
struct Asked {
    came: Came,
    file: i64,
    from: Option<i32>,
    years: i32,
    log: usize,
}

impl Asked {
    fn read(ask: &Ask, file: i64) -> Asked {
        let years = ask.query("years").parse().ok().filter(|n| WIDTHS.contains(n));
        Asked {
            came: Came::read(ask),
            file,
            from: ask.query("from").parse().ok().filter(|y| (1900..2200).contains(y)),
            years: years.unwrap_or(YEARS),
            log: ask.query("log").parse().unwrap_or(0),
        }
    }

    /// The page's own address with other years.
    fn address(&self, from: Option<i32>, years: i32) -> String {
        let mut query: Vec<String> = from.map(|y| format!("from={y}")).into_iter().collect();
        if years != YEARS {
            query.push(format!("years={years}"));
        }
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        self.came.keep(&format!("/persons/{}/family{query}", self.file))
    }

    /// The first fiscal year shown: three before this one, or as many as leave this one in sight.
    fn first(&self, today: Day) -> i32 {
        let this = counting::fiscal_year(today);
        self.from.unwrap_or(match self.years {
            1 => this,
            2 => this - 1,
            years => this - years + 2,
        })
    }
}

/// The page as it is drawn first, without its frame: for measuring it.
///
/// # Errors
/// Not found, for a file that is not there or not theirs.
pub fn bare(door: &mut Door<'_>, book: &Rulebook, file: i64) -> Result<FamilyPage, Problem> {
    let asked = Asked { came: Came::Elsewhere, file, from: None, years: YEARS, log: 0 };
    let opened = Opened::of(door, file)?;
    let purpose = purpose::derived(door, file)?.unwrap_or_default();
    let family = read::family(door, book, opened, &purpose)?;
    draw(door, book, &family, &asked)
}

/// GET /persons/{id}/family
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let asked = Asked::read(ask, file);
    let frame = ask.frame("家庭の画面", "/persons")?;
    let books = ask.app.books.clone();
    let drawn = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        if opened.file != file {
            return Ok(Drawn::Elsewhere(opened.file));
        }
        let Some(purpose) = purpose::derived(door, file)? else { return Ok(Drawn::Asks) };
        let book = books.of(door.db, opened.keeper())?;
        let place = asked.came.place(door, file, "/family")?;
        let family = read::family(door, &book, opened, &purpose)?;
        let mut page = draw(door, &book, &family, &asked)?;
        page.frame = frame.clone();
        page.bar = Bar { back: Some(asked.came.back()), place, tabs: asked.came.tabs(file, true), ..page.bar };
        Ok(Drawn::Page(Box::new(page)))
    })?;
    match drawn {
        Drawn::Page(page) => Reply::page(&*page),
        Drawn::Asks => ask_purpose::draw(ask, file, Vec::new()),
        Drawn::Elsewhere(person) => Ok(Reply::see(&format!("/persons/{person}/family"))),
    }
}

enum Drawn {
    Page(Box<FamilyPage>),
    /// Why the file is opened has to be asked first.
    Asks,
    /// The file is read with another.
    Elsewhere(i64),
}

fn draw(door: &mut Door<'_>, book: &Rulebook, family: &Family, asked: &Asked) -> Result<FamilyPage, Problem> {
    let today = door.today();
    let against = read::against(door, book)?;
    let all = read::everybody(door, family, book)?;
    let files: Vec<(&Opened, &Person<'_>)> = all.iter().map(|one| (one.opened, &one.person)).collect();
    let mut words = words_of(door, book, &files)?;
    // Nobody is named in the records of the family whom the family does not show.
    words.people.retain(|file, _| family.members.iter().any(|m| m.file == *file));
    let here = asked.address(asked.from, asked.years);
    let (duties, batch) = open::duties(door, &all, &against, &words, &here);
    let (records, count) = log::page(&all, &words, door.actor.role.may(Permission::Correct), asked.log);
    let next = asked.log + records.len();
    let more = format!("{}{}log={next}#log-t", here, if here.contains('?') { '&' } else { '?' });
    let centre = all.iter().find(|one| one.opened.file == asked.file);
    Ok(FamilyPage {
        frame: Frame::default(),
        bar: centre.map(|one| bar::bar(door, one.opened, &one.person, today)).unwrap_or_default(),
        cautions: cautions(&all, &words),
        members: members(family, &all, today, asked),
        past: past(family, today),
        limits: limits(family),
        duties,
        batch,
        ribbons: ribbon::ribbons(&all, &against),
        life: life(&all, &against, asked),
        log_shown: match count {
            0 => String::from("0件"),
            _ => format!("{count}件のうち {}–{next}件", asked.log + 1),
        },
        log_more: (next < count).then(|| link(&format!("続きの{}件", count - next), &more)),
        log: records,
        involved: open::involved(&all, &against, &words),
        reading_note: match all.len() {
            1 => String::from("この画面を開いたことは、閲覧の記録に残ります。"),
            n => format!("この画面を開くと、ここに出ている{n}人の記録を開いたことが、閲覧の記録に残ります。"),
        },
    })
}

/// Each caution once, with the names of those it is about.
fn cautions(all: &[One<'_>], words: &crate::persons::told::Words<'_>) -> Vec<(String, Caution)> {
    let mut found: Vec<(String, Caution)> = Vec::new();
    for one in all {
        let Some(caution) = caution(&one.story, &one.person, words) else { continue };
        match found.iter_mut().find(|(_, known)| known.lines == caution.lines) {
            Some((names, _)) => names.push_str(&format!("・{}", one.name())),
            None => found.push((one.name(), caution)),
        }
    }
    found
}

fn members(family: &Family, all: &[One<'_>], today: Day, asked: &Asked) -> Vec<MemberView> {
    let of_centre = family.rows.get(&asked.file).map_or("", |row| row.household.as_str());
    let mut homes: Vec<&str> = vec![of_centre];
    let mut shown: Vec<MemberView> = Vec::new();
    for one in all {
        let centre = one.opened.file == asked.file;
        shown.push(MemberView {
            role: one.role().to_owned(),
            name: name(&one.row.name, &one.row.kana),
            url: if centre { String::new() } else { asked.came.keep(&format!("/persons/{}", one.opened.file)) },
            about: bar::about(&one.person, today),
            since: one.member.from.map(|d| format!("{}から", wareki::short(d))).unwrap_or_default(),
            home: if centre { String::new() } else { home(&mut homes, &one.row.household) },
            marks: bar::marks(&one.person, today),
            protected: one.opened.protected,
        });
    }
    shown
}

/// Which household of the register somebody is in, compared with the person's. Empty where either is masked or unknown.
fn home<'h>(homes: &mut Vec<&'h str>, household: &'h str) -> String {
    if household.is_empty() || homes.first().is_none_or(|own| own.is_empty()) {
        return String::new();
    }
    let at = homes.iter().position(|h| *h == household).unwrap_or_else(|| {
        homes.push(household);
        homes.len() - 1
    });
    if at == 0 { String::from("本人と同じ世帯") } else { format!("別の世帯{}", circled(at)) }
}

/// ①, ② … where there is more than one other household.
fn circled(n: usize) -> char {
    u32::try_from(n).ok().and_then(|n| char::from_u32(0x2460 + n.saturating_sub(1).min(19))).unwrap_or('①')
}

/// Relations that ended: who, and until when. Their files are not opened here.
fn past(family: &Family, today: Day) -> Vec<MemberView> {
    let ended = family.members.iter().filter(|m| m.past);
    ended
        .filter_map(|member| {
            let row = family.rows.get(&member.file)?;
            let from = member.from.map(wareki::short).unwrap_or_default();
            let until = member.until.map(wareki::short).unwrap_or_default();
            Some(MemberView {
                role: super::members::word(&member.role, &row.sex, false).to_owned(),
                name: name(&row.name, &row.kana),
                about: about(row.birth(), None, today),
                since: format!("{from}〜{until}"),
                protected: row.protected == 1,
                ..MemberView::default()
            })
        })
        .collect()
}

fn limits(family: &Family) -> Vec<String> {
    let mut limits = vec![String::from(
        "世帯ではなく、記録された続柄（本人の親・子・きょうだい、子のもう一人の親）でまとめています。子を通してつながる方のうち、秘匿の方は出しません。",
    )];
    if family.left_out > 0 {
        let most = read::MOST;
        limits.push(format!(
            "一度に開くのは{most}人までです。ほかに{}人いますが、ここには出ていません。",
            family.left_out
        ));
    }
    limits
}

/// The years asked for, drawn and as a table; nothing where nothing is on file.
fn life(all: &[One<'_>], against: &Against<'_>, asked: &Asked) -> Option<Life> {
    let picture = lanes::picture(all, against);
    let first = asked.first(against.today);
    let scale = Scale::years(first, asked.years, LEFT, RIGHT)?;
    if picture.groups.is_empty() {
        return None;
    }
    let width = |years: i32| {
        let from = asked.from.map(|from| from + asked.years - years);
        let url = if years == asked.years { String::new() } else { asked.address(from, years) };
        link(&format!("{years}年"), &url)
    };
    let (from, until) = (wareki::fiscal_year(scale.from), wareki::fiscal_year(scale.end.plus(-1)));
    Some(Life {
        drawing: place::place(&picture, &scale, against.today),
        finding: table::finding(&picture, &scale, against.today),
        rows: table::rows(&picture, &scale),
        previous: link("前の年へ", &asked.address(Some(first - 1), asked.years)),
        next: link("次の年へ", &asked.address(Some(first + 1), asked.years)),
        widths: WIDTHS.map(width).to_vec(),
        years: if from == until { from } else { format!("{from}〜{until}") },
    })
}
