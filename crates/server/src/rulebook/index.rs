//! GET /rulebook, POST /rulebook: all rules by area, and the search in them.

use casework::Permission;
use rules::wareki;
use unicode_normalization::UnicodeNormalization;

use super::{
    library::{Written, library_of},
    page::reckoner,
    view::{Area, IndexPage, IndexRow},
    windows, words,
};
use crate::platform::{
    Problem,
    web::{Ask, Reply},
};

pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let book = ask.book()?;
    let library = library_of(&book)?;
    let term = folded(ask.form("term"));
    let frame = ask.frame("規則集", "/rulebook")?;
    let form = ask.draw_form("/rulebook", "/rulebook")?;
    let all = library.on(ask.today());
    let found: Vec<&Written> = all.iter().filter(|w| matches(w, &term)).copied().collect();
    let shown = if term.is_empty() {
        format!("{}の規則", all.len())
    } else {
        format!("{}の規則のうち{}件", all.len(), found.len())
    };
    let role = ask.actor()?.role;
    let health = role.may(Permission::ReadListHealth);
    let changes = role.may(Permission::ReadRuleChanges);
    let row = |written: &Written| {
        let settings = reckoner(&book, written);
        row(written, &settings)
    };
    let page = IndexPage {
        frame,
        form,
        shown,
        areas: areas(&found, row),
        changes_url: if changes { String::from("/rulebook/changes") } else { String::new() },
        unfit: if changes { super::changes::propose::unfit(&book) } else { Vec::new() },
        health_url: if health { String::from("/rulebook/health") } else { String::new() },
    };
    Reply::page(&page)
}

/// In the order of the page; an area that is new stands at the end.
pub fn areas(found: &[&Written], row: impl Fn(&Written) -> IndexRow) -> Vec<Area> {
    let mut names: Vec<&str> = words::AREAS.to_vec();
    for written in found {
        if !names.contains(&written.file.area.as_str()) {
            names.push(&written.file.area);
        }
    }
    let of = |name: &&str| Area {
        name: (*name).to_owned(),
        rows: found.iter().filter(|w| w.file.area == *name).map(|w| row(w)).collect(),
    };
    names.iter().map(of).filter(|area| !area.rows.is_empty()).collect()
}

pub fn row(written: &Written, settings: &[(String, i32)]) -> IndexRow {
    let file = &written.file;
    IndexRow {
        title: file.title.clone(),
        url: format!("/rulebook/{}", file.id),
        service: file.service.clone(),
        subject: words::subject(&file.subject).to_owned(),
        window: windows::brief(written, super::sample::Reckoner { settings }),
        law: file.law.clone(),
        tier: words::tier(written).to_owned(),
        version: format!("{}から", wareki::short(written.valid_from)),
    }
}

/// Whether every word of the search stands in title, law, code, area or notes.
pub fn matches(written: &Written, term: &str) -> bool {
    let file = &written.file;
    let parts = [&file.title, &file.law, &file.service, &file.id, &file.area];
    let text: String = parts.into_iter().chain(&file.notes).map(|part| folded(part) + "\n").collect();
    term.split_whitespace().all(|word| text.contains(word))
}

/// Full width and half width, capital and small, カタカナ and ひらがな alike.
pub fn folded(text: &str) -> String {
    let hiragana = |c: char| match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    };
    text.trim().nfkc().flat_map(char::to_lowercase).map(hiragana).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rulebook::library::library;

    fn found(typed: &str) -> Vec<&'static str> {
        let day = rules::Day::parse_iso("2026-11-24").unwrap();
        let term = folded(typed);
        library().unwrap().on(day).into_iter().filter(|w| matches(w, &term)).map(|w| w.file.id.as_str()).collect()
    }

    #[test]
    fn a_search_does_not_mind_width_case_or_kana() {
        assert_eq!(found("ﾛﾀ"), ["rota"]);
        assert_eq!(found("ろたういるす"), ["rota"]);
        assert_eq!(found("ＨＩＢ"), found("hib"));
        assert!(found("hib").contains(&"hib"));
        assert_eq!(found("子宮頸がん"), ["hpv"]);
    }

    #[test]
    fn law_and_notes_are_searched_and_several_words_narrow() {
        assert!(found("母子保健法第12条").contains(&"checkup_18m"));
        assert!(found("母子保健法第12条 3歳").iter().all(|id| *id == "checkup_3y"));
        assert!(found("ケース会議").contains(&"home_visit"), "notes are searched");
        assert!(found("あるはずのない言葉").is_empty());
    }
}
