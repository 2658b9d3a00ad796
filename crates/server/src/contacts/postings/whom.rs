//! To whom: the lines of 月次一括 or of 今日の対応 for one service, or one person.

use rules::Rulebook;

use crate::platform::{Door, Problem, rulebook, web::Ask};
use crate::settlings::{
    group::{Group, Mode},
    lines,
};
use crate::today::{self, asked::Asked};

/// Persons one posting holds: each is looked at by name.
pub const MOST: usize = 500;

/// Where the persons come from, as the address says.
#[derive(Clone, Debug, PartialEq)]
pub enum Whom {
    Month(Group),
    Today(Box<Asked>),
    Person { file: i64, service: String },
}

impl Whom {
    pub fn read(ask: &Ask) -> Whom {
        Whom::of(&ask.sent.query)
    }

    /// As it was sent along with a form.
    pub fn sent(ask: &Ask) -> Whom {
        Whom::of(&ask.sent.form)
    }

    fn of(pairs: &[(String, String)]) -> Whom {
        let one = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        if let Ok(file) = one("person").parse() {
            return Whom::Person { file, service: one("service").to_owned() };
        }
        if one("from") == "today" {
            return Whom::Today(Box::new(Asked::read(pairs)));
        }
        Whom::Month(Group { mode: Mode::Month, ..Group::read(one) })
    }

    pub fn service(&self) -> &str {
        match self {
            Whom::Month(group) => &group.service,
            Whom::Today(asked) => &asked.service,
            Whom::Person { service, .. } => service,
        }
    }

    /// Where the list is that it began from.
    pub fn back(&self) -> (String, &'static str) {
        match self {
            Whom::Month(group) => (group.address(crate::settlings::group::By::Service), "月次一括へ戻る"),
            Whom::Today(asked) => (asked.address(), "今日の対応へ戻る"),
            Whom::Person { file, .. } => (format!("/persons/{file}"), "個人の画面へ戻る"),
        }
    }

    /// The hidden fields that say it again.
    pub fn fields(&self) -> Vec<(String, String)> {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        match self {
            Whom::Month(group) => vec![
                field("service", &group.service),
                field("cohort", &group.cohort),
                field("district", &group.district),
                field("source", &group.source),
            ],
            Whom::Today(asked) => {
                let mut fields = vec![
                    field("from", "today"),
                    field("scope", &asked.scope),
                    field("service", &asked.service),
                    field("district", &asked.district),
                    field("tier", &asked.tier.to_string()),
                    field("owner", &asked.owner.to_string()),
                    field("programme", &asked.programme),
                    field("category", &asked.category),
                ];
                fields.extend(asked.states.iter().map(|state| field("state", state)));
                fields
            }
            Whom::Person { file, service } => vec![field("person", &file.to_string()), field("service", service)],
        }
    }

    /// 「MR第2期・北部」
    pub fn told(&self, book: &Rulebook, today: rules::Day) -> String {
        match self {
            Whom::Month(group) => format!("月次一括：{}", group.told(book, today)),
            Whom::Today(asked) => format!("今日の対応：{}", rulebook::open_title(book, &asked.service)),
            Whom::Person { .. } => String::from("お一人に"),
        }
    }

    /// The persons, each once, in the order of the list; at most [`MOST`] and one more, so that more can be told.
    ///
    /// # Errors
    /// If the database fails.
    pub fn files(&self, door: &mut Door<'_>) -> Result<Vec<i64>, Problem> {
        // A person may have several lines of one service.
        const LINES: i64 = 4_000;
        let rows = match self {
            Whom::Person { file, .. } => return Ok(vec![*file]),
            _ if self.service().is_empty() => return Ok(Vec::new()),
            Whom::Month(group) => lines::first(door, group, None, LINES)?,
            Whom::Today(asked) => {
                let filter = today::page::filter_of(door, asked, true);
                let filter = today::lines::Filter { tier: 3, ..filter };
                today::lines::list(door, &filter, LINES, 0)?
            }
        };
        let mut files: Vec<i64> = Vec::new();
        for row in rows {
            if !files.contains(&row.file) && files.len() <= MOST {
                files.push(row.file);
            }
        }
        Ok(files)
    }
}
