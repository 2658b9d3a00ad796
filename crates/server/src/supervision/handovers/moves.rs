//! What is asked to move, read from an address or a form: a row of the table to whom, and a charge cut out of a wider one.

use casework::office::handover::{Move, NOT_BEFORE_TODAY};
use rules::{Day, wareki};

use super::super::{
    charges::{PROGRAMMES, said},
    desk::Desk,
};
use super::Moved;
use crate::platform::{Refusal, web::Ask};

/// What the fields ask for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Whose rows; 0: what nobody has by name.
    pub from: i64,
    /// Whom they go to unless a row says otherwise.
    pub to: i64,
    pub day: Option<Day>,
    /// (row, to)
    pub rows: Vec<(i64, i64)>,
    /// A charge by its codes, and to whom.
    pub extra: Option<Move>,
    /// Charges as they stand on the form of 担当表, and its fields as sent.
    pub table: Vec<Move>,
    pub fields: Vec<(String, String)>,
    pub reason: String,
    /// What cannot be read, in words.
    pub wrong: Vec<String>,
}

/// The next 1 April, or the one that is at most two months back: what spring means now.
pub fn spring(today: Day) -> Day {
    let year = rules::counting::fiscal_year(today);
    let this = Day::from_ymd(year, 4, 1).unwrap_or(today);
    if today <= this.plus(60) { this } else { Day::from_ymd(year + 1, 4, 1).unwrap_or(today) }
}

impl Wanted {
    /// From the query (a preview) or the posted form (the decision).
    pub fn read(ask: &Ask, posted: bool) -> Wanted {
        let pairs = if posted { &ask.sent.form } else { &ask.sent.query };
        let get = |name: &str| if posted { ask.form(name) } else { ask.query(name) };
        let number = |name: &str| get(name).parse::<i64>().unwrap_or(0);
        let mut wanted = Wanted {
            from: number("from"),
            to: number("to"),
            reason: get("reason").trim().to_owned(),
            ..Wanted::default()
        };
        let typed = get("from_day").trim();
        match wareki::parse(typed, ask.today()) {
            Ok(span) => wanted.day = Some(span.hi),
            Err(_) if typed.is_empty() => {}
            Err(wrong) => wanted.wrong.push(format!("いつから：{wrong}")),
        }
        for (name, value) in pairs {
            let row = name.strip_prefix("to-").and_then(|row| row.parse().ok());
            if let (Some(row), Ok(to)) = (row, value.parse()) {
                wanted.rows.push((row, to));
            }
        }
        let (to, district) = (number("extra_to"), get("extra_district"));
        let (programme, category) = (get("extra_programme"), get("extra_category"));
        if to > 0 {
            let [district, programme, category] = [district, programme, category].map(str::to_owned);
            wanted.extra = Some(Move { row: None, district, programme, category, to });
        }
        wanted.fields = pairs.iter().filter(|(name, _)| of_the_table(name)).cloned().collect();
        wanted.table = charges_of(&wanted.fields);
        wanted
    }

    /// Whether anything was asked for yet.
    pub fn begun(&self) -> bool {
        self.to > 0 || self.extra.is_some() || !self.table.is_empty() || self.rows.iter().any(|(_, to)| *to > 0)
    }

    /// The day asked for, or the coming 1 April in autumn and winter, else today. Never one that is over.
    pub fn day_or_usual(&self, today: Day) -> Day {
        let april = spring(today);
        self.day.unwrap_or(if (0..=200).contains(&april.since(today)) { april } else { today })
    }

    /// Whom a row goes to: as its own field says, else as the whole.
    pub fn to_of(&self, row: i64) -> i64 {
        self.rows.iter().find(|(r, _)| *r == row).map_or(self.to, |(_, to)| *to)
    }

    /// The moves, each with who has the charge now. What makes no sense is said in [`Wanted::wrong`].
    pub fn moves(&mut self, desk: &Desk, day: Day) -> Vec<Moved> {
        let mut moves: Vec<Moved> = Vec::new();
        let mut wrong = Vec::new();
        wrong.extend(too_early(desk, day).map(|refusal| refusal.message));
        let rows = desk.table.rows.iter().filter(|r| r.staff == self.from && r.until.is_none_or(|until| until >= day));
        for row in rows {
            let to = self.to_of(row.event);
            if to == 0 || to == row.staff {
                continue;
            }
            let (district, programme, category) = (row.district.clone(), row.programme.clone(), row.category.clone());
            let change = Move { row: Some(row.event), district, programme, category, to };
            moves.push(Moved { change, from: Some(row.staff) });
        }
        let cut = self.extra.iter().map(|change| (change, true));
        for (change, alone) in cut.chain(self.table.iter().map(|change| (change, false))) {
            let change = change.clone();
            let same = desk.table.rows.iter().find(|r| {
                (&r.district, &r.programme, &r.category) == (&change.district, &change.programme, &change.category)
                    && r.until.is_none_or(|until| until >= day)
                    && r.from <= day
            });
            match same {
                // The form of the whole table says of every row whose it is, changed or not.
                Some(row) if row.staff == change.to && !alone => {}
                // The same charge is somebody's: their row ends.
                Some(row) if row.staff == change.to => {
                    let what = said(&change.district, &change.programme, &change.category);
                    wrong.push(format!("{what} は、もう{}の担当です。", desk.name(row.staff)));
                }
                Some(row) if !moves.iter().any(|m| m.change.row == Some(row.event)) => {
                    moves.push(Moved { change: Move { row: Some(row.event), ..change }, from: Some(row.staff) });
                }
                Some(_) => wrong.push(String::from("同じ担当が2回選ばれています。")),
                None => moves.push(Moved { change, from: None }),
            }
        }
        for moved in &moves {
            let here = desk.able(day).any(|w| w.id == moved.change.to);
            if !here {
                wrong.push(format!(
                    "{}は、{}にはこのセンターで担当を持てません。",
                    desk.name(moved.change.to),
                    wareki::date(day)
                ));
            }
        }
        wrong.dedup();
        self.wrong.extend(wrong);
        moves
    }
}

/// The past stands as it was, but for the first table of an office, which says since when.
pub fn too_early(desk: &Desk, day: Day) -> Option<Refusal> {
    (day < desk.today && !desk.table.rows.is_empty()).then(|| Refusal::at("from_day", NOT_BEFORE_TODAY))
}

fn of_the_table(name: &str) -> bool {
    ["area-", "all-", "care-", "programme-"].iter().any(|prefix| name.starts_with(prefix))
}

/// The form of 担当表: `area-3` names a district, `all-3` and `care-3` (要支援) whose it is; `programme-checkup` of every one.
fn charges_of(fields: &[(String, String)]) -> Vec<Move> {
    let to = |name: &str| {
        let value = fields.iter().find(|(field, _)| field == name)?.1.parse::<i64>().ok()?;
        (value > 0).then_some(value)
    };
    let one = |district: &str, programme: &str, category: &str, to| Move {
        row: None,
        district: district.to_owned(),
        programme: programme.to_owned(),
        category: category.to_owned(),
        to,
    };
    let mut moves = Vec::new();
    for (name, district) in fields {
        let Some(n) = name.strip_prefix("area-") else { continue };
        moves.extend(to(&format!("all-{n}")).map(|to| one(district, "", "", to)));
        moves.extend(to(&format!("care-{n}")).map(|to| one(district, "", "needs_support", to)));
    }
    for (code, _) in PROGRAMMES {
        moves.extend(to(&format!("programme-{code}")).map(|to| one("", code, "", to)));
    }
    moves
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_form_of_the_table_says_whose_each_district_is() {
        let fields = [
            ("area-1", "北部"),
            ("all-1", "5"),
            ("care-1", "7"),
            ("area-2", "南部"),
            ("all-2", "0"),
            ("programme-checkup", "9"),
        ];
        let fields: Vec<(String, String)> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let moves = charges_of(&fields);
        let said: Vec<_> =
            moves.iter().map(|m| (m.district.as_str(), m.programme.as_str(), m.category.as_str(), m.to)).collect();
        assert_eq!(said, [("北部", "", "", 5), ("北部", "", "needs_support", 7), ("", "checkup", "", 9)]);
        assert!(fields.iter().all(|(name, _)| of_the_table(name)) && !of_the_table("to-3"));
    }

    #[test]
    fn spring_is_the_coming_first_of_april_and_for_two_months_the_last_one() {
        let day = |text: &str| Day::parse_iso(text).unwrap();
        assert_eq!(spring(day("2026-11-24")), day("2027-04-01"));
        assert_eq!(spring(day("2027-03-31")), day("2027-04-01"));
        assert_eq!(spring(day("2027-04-20")), day("2027-04-01"));
        assert_eq!(spring(day("2027-06-01")), day("2028-04-01"));
        assert_eq!(Wanted::default().day_or_usual(day("2027-07-01")), day("2027-07-01"));
        assert_eq!(Wanted::default().day_or_usual(day("2026-11-24")), day("2027-04-01"));
        assert_eq!(
            Wanted::default().day_or_usual(day("2027-04-20")),
            day("2027-04-20"),
            "what is over is not proposed"
        );
    }
}
