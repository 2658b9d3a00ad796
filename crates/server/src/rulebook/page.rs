//! GET /rulebook/{id}: one rule, so that an official can hold it against the ministry's table.

use std::collections::BTreeMap;

use casework::Permission;
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use rules::{Day, Rule, RuleOverride, Rulebook, wareki};

use super::{
    cases, doses, health,
    library::{Change, Library, Written, current, library_of},
    parts, ruler,
    sample::{self, Reckoner},
    view::{ChangeRow, RulePage, VersionRow},
    windows, words,
};
use crate::platform::{
    Problem,
    rulebook::{Book, is_whole},
    web::{Ask, Reply},
};

pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let book = ask.book()?;
    let library = library_of(&book)?;
    let today = ask.today();
    let versions = library.versions(ask.param("id"));
    let asked = versions.iter().find(|w| w.file.valid_from == ask.query("version"));
    let written = asked.copied().or(current(&versions, today)).ok_or(Problem::NotFound)?;
    let mut page = drawn(&library, written, &book, today);
    page.frame = ask.frame(&written.file.title, "/rulebook")?;
    page.changes.retain(|change| change.place != book.town);
    page.changes.extend(own_changes(&book, written));
    if ask.actor()?.role.may(Permission::ChangeRules) && !book.town.is_empty() {
        page.change_url = format!("/rulebook/{}/change", written.file.id);
    }
    let may = ask.actor()?.role.may(Permission::ReadListHealth);
    let codes: Vec<String> = page.changes.iter().map(|c| c.place.clone()).collect();
    let (names, counts) = ask.read(|door| {
        let counts = if may { Some(health::counts(door, &book, Some(&written.file.id))?) } else { None };
        Ok((places(door.db, &codes)?, counts))
    })?;
    for change in &mut page.changes {
        if let Some(name) = names.get(&change.place) {
            change.place = format!("{name}（{}）", change.place);
        }
    }
    if let Some(counts) = counts {
        page.health = Some(counts.of(written));
        page.health_since = health::since(today);
    }
    Reply::page(&page)
}

/// What this office's town changes in a version, as shipped or as published here.
fn own_changes(book: &Book, written: &Written) -> Vec<ChangeRow> {
    let folder = format!("municipalities/{}/", book.town);
    let own = book.texts.of_town(&book.town).filter(|(path, _)| path.starts_with(&folder) && !is_whole(path));
    let files = own.filter_map(|(_, text)| toml::from_str::<RuleOverride>(text).ok());
    files
        .filter(|file| file.id == written.file.id)
        .filter(|file| file.version.as_ref().is_none_or(|v| *v == written.file.valid_from))
        .map(|file| {
            let change = Change { place: book.town.clone(), file };
            let what = parts::changed(written, &change);
            ChangeRow { place: change.place, what, because: change.file.because, applies: true }
        })
        .collect()
}

/// The numbers by which this installation counts; the file's own where the rulebook in use does not know the version.
pub fn reckoner(book: &Rulebook, written: &Written) -> Vec<(String, i32)> {
    match compiled(book, written) {
        Some(rule) => rule.settings.clone(),
        None => written.file.settings.iter().map(|(name, value)| (name.clone(), *value)).collect(),
    }
}

fn compiled<'b>(book: &'b Rulebook, written: &Written) -> Option<&'b Rule> {
    book.versions(&written.file.id).iter().find(|rule| rule.valid_from == written.valid_from)
}

/// Everything of the page but its frame and what the database says.
pub fn drawn(library: &Library, written: &Written, book: &Rulebook, today: Day) -> RulePage {
    let settings = reckoner(book, written);
    let reckoner = Reckoner { settings: &settings };
    let rule = compiled(book, written);
    let samples = sample::samples(written, reckoner, today);
    let courses = match (rule, samples.first()) {
        (Some(rule), Some(sample)) => doses::courses(written, rule, reckoner, sample),
        _ => Vec::new(),
    };
    let file = &written.file;
    let versions = library.versions(&file.id);
    let now = current(&versions, today);
    let is_current = now.is_some_and(|now| now.path == written.path);
    let applied = rule.map(|r| r.changed_because.clone()).unwrap_or_default();
    RulePage {
        title: file.title.clone(),
        area: file.area.clone(),
        tier: words::tier(written).to_owned(),
        about: written.about(),
        looking_back: if is_current {
            String::new()
        } else {
            format!("{}の版を表示しています。きょうの版ではありません。", in_force(written))
        },
        head: head(written),
        who: parts::who(library, written, reckoner),
        now: if is_current { births(written, reckoner, today) } else { String::new() },
        samples: samples.iter().map(|s| s.title.clone()).collect(),
        windows: windows::shown(written, reckoner, &samples),
        ruler: samples.first().and_then(|sample| ruler::draw(written, reckoner, sample, &courses)),
        starts: doses::shown(written, reckoner, &courses),
        further: parts::further(library, file, reckoner),
        settled: parts::settled(library, file, reckoner),
        settings_about: written.comment_above("[settings]"),
        settings: parts::settings(file, reckoner),
        changes: parts::changes(library, written, &applied, str::to_owned),
        notes: file.notes.clone(),
        versions: versions.iter().map(|w| version(w, written, now)).collect(),
        cases: cases::shown(library, &written.cases),
        ..RulePage::default()
    }
}

fn head(written: &Written) -> Vec<(String, String)> {
    let file = &written.file;
    let pairs = [
        ("根拠", file.law.clone()),
        ("性質", file.basis.clone()),
        ("出典と不確かな点", file.source.clone()),
        ("区分", format!("{}：{}", words::tier(written), words::tier_about(written))),
        ("何の知らせで済みになるか", words::evidence(&file.evidence).to_owned()),
        ("数え方", words::counting(file.counting).to_owned()),
        ("担当の事業", words::programme(&file.programme).to_owned()),
        ("施行", in_force(written)),
        ("事業コード", file.service.clone()),
        ("規則のファイル", format!("rulebook/{}", written.path)),
    ];
    pairs.into_iter().map(|(label, text)| (label.to_owned(), text)).collect()
}

fn in_force(written: &Written) -> String {
    let to = written.valid_to.map(|day| format!("{}まで", wareki::date(day))).unwrap_or_default();
    format!("{}から{to}", wareki::date(written.valid_from))
}

fn births(written: &Written, reckoner: Reckoner<'_>, today: Day) -> String {
    match sample::births_on(written, reckoner, today) {
        Some((first, last)) => format!(
            "きょう（{}）この期間にいるのは、{}から{}までに生まれた{}です。",
            wareki::date(today),
            wareki::date(first),
            wareki::date(last),
            if written.for_girls() { "女子" } else { "人" }
        ),
        None => String::new(),
    }
}

fn version(written: &Written, shown: &Written, now: Option<&Written>) -> VersionRow {
    let id = &written.file.id;
    VersionRow {
        label: written.file.title.clone(),
        from: wareki::date(written.valid_from),
        to: written.valid_to.map_or_else(|| String::from("定めなし"), wareki::date),
        path: format!("rulebook/{}", written.path),
        url: format!("/rulebook/{id}?version={}", written.file.valid_from),
        shown: written.path == shown.path,
        in_force: now.is_some_and(|now| now.path == written.path),
    }
}

/// Names of offices by 団体コード.
fn places(db: &mut crate::platform::Db, codes: &[String]) -> Result<BTreeMap<String, String>, crate::platform::Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        code: String,
        #[diesel(sql_type = Text)]
        name: String,
    }
    let rows: Vec<Row> = sql_query("select code, name from office where code <> '' order by id desc").load(db)?;
    Ok(rows.into_iter().filter(|r| codes.contains(&r.code)).map(|r| (r.code, r.name)).collect())
}
