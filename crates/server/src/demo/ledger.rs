//! The old ledger (予防接種台帳, 健診台帳): what it knew of the children comes in as files, through the import of past records
//! itself, on the day before the demo opens.

use std::fmt::Write as _;
use std::io::Cursor;

use paperwork::events::Mapping;
use rules::Day;

use super::{
    arrivals::{CHECKUP, VACCINATION},
    calendar::{months, workday_from},
    children::Child,
    dice::Dice,
    plan::{Plan, Who},
};
use crate::intake::events::{Events, stage};
use crate::intake::imports::apply::{self, Work};
use crate::platform::rulebook::Books;
use crate::platform::{Actor, Clock, Database, Doors, Fault, Problem};

/// One row of a file.
#[derive(Clone, Copy, Debug)]
pub struct LedgerRow {
    who: Who,
    day: Day,
    /// As the old system wrote it: 「B型肝炎」「1か月児健診」.
    what: &'static str,
    /// 回数 of an injection; 0 for a check-up.
    dose: u8,
    product: &'static str,
}

/// 5種混合 took the place of 4種混合.
const FIVE_IN_ONE_SINCE: i32 = 2024;
/// 4種混合 from 生後2月 on.
const FROM_TWO_MONTHS: i32 = 2023;

impl Plan {
    /// On the register by number, so that a file can name the child.
    pub fn is_numbered(&self, child: Child) -> bool {
        self.people.get(child.who).is_some_and(|person| !person.number.is_empty())
    }

    /// An injection that the ledger tells of, in its words.
    pub fn ledger_shot(&mut self, child: Child, day: Day, dose: u8, code: &str, product: &str) {
        let what = match code {
            "pcv" => "小児肺炎球菌",
            "hib" => "Hib",
            "mr" => "MR",
            _ => "5種混合",
        };
        let product = match product {
            "pcv13" => "PCV13",
            "pcv15" => "PCV15",
            "pcv20" => "PCV20",
            _ => "",
        };
        self.ledger.push(LedgerRow { who: child.who, day, what, dose, product });
    }

    /// What the ledger knew of a child: everything that is not told by a record of its own. `first` and `second` are the
    /// days of its first injections, `mr1` the day on which 水痘 was given as well.
    pub fn ledger_of(&mut self, child: Child, [first, second, mr1]: [Day; 3]) {
        let mut dice = Dice::new(self.seed, "ledger", child.who);
        let (year, ..) = child.birth.ymd();
        let mut row = |what, dose, product, day: Day| {
            let sure = if dose == 0 { CHECKUP.months } else { VACCINATION.months };
            // News of the last months is not in yet.
            let known = day < child.until && day < months(self.as_of, -sure).plus(-45);
            // Every ledger has its gaps.
            if known && dice.percent(99) {
                self.ledger.push(LedgerRow { who: child.who, day, what, dose, product });
            }
        };
        row("B型肝炎", 1, "", first);
        row("B型肝炎", 2, "", second);
        row("B型肝炎", 3, "", workday_from(first.plus(142)));
        row("ロタ", 1, "ロタリックス", first);
        row("ロタ", 2, "ロタリックス", second);
        row("BCG", 1, "", workday_from(months(child.birth, 5).plus(12)));
        row("水痘", 1, "", mr1);
        row("水痘", 2, "", workday_from(months(mr1, 7)));
        if year < FIVE_IN_ONE_SINCE {
            let start = if year < FROM_TWO_MONTHS { months(child.birth, 3).plus(4) } else { first };
            for (dose, days) in [(1, 0), (2, 28), (3, 56)] {
                row("4種混合", dose, "", workday_from(start.plus(days)));
            }
            row("4種混合", 4, "", workday_from(months(child.birth, 13)));
        } else if rules::counting::months_old(child.birth, child.known_on) >= 24 {
            for (dose, day) in [(1, first), (2, second), (3, workday_from(second.plus(28)))] {
                row("5種混合", dose, "", day);
            }
            row("5種混合", 4, "", workday_from(months(child.birth, 13)));
        }
        let third_birthday = workday_from(months(child.birth, 36).plus(20));
        row("日本脳炎", 1, "", third_birthday);
        row("日本脳炎", 2, "", workday_from(third_birthday.plus(14)));
        row("日本脳炎", 3, "", workday_from(months(third_birthday, 13)));
        // Check-ups of the smallest only: those of older children closed long before the centre began.
        if rules::counting::months_old(child.birth, child.known_on) >= 24 {
            return;
        }
        row("新生児聴覚検査", 0, "", child.birth.plus(3));
        row("1か月児健診", 0, "", workday_from(child.birth.plus(30)));
        row("9〜11か月児健診", 0, "", workday_from(months(child.birth, 10)));
    }
}

/// Brings the ledger in. Returns how many rows it had.
pub fn bring_in(database: &Database, books: &Books, keeper: i64, plan: &Plan) -> Result<u64, Fault> {
    // The clock stands still: the same day gives the same city.
    let doors = Doors::new(database.clone(), Clock::standing(plan.as_of.plus(-1)));
    let actor = Actor::program(vec![keeper]);
    let mapping = Mapping::shipped().map_err(|e| Fault::new(e.to_string()))?;
    let mut shots = String::from("宛名番号,予防接種種別,回数,接種日,ワクチン名\r\n");
    let mut checkups = String::from("宛名番号,健診種別,受診日,判定\r\n");
    for row in &plan.ledger {
        let Some(number) = plan.people.get(row.who).map(|person| &person.number) else { continue };
        let _ = match row.dose {
            0 => write!(checkups, "{number},{},{},異常なし\r\n", row.what, row.day),
            dose => write!(shots, "{number},{},{dose},{},{}\r\n", row.what, row.day, row.product),
        };
    }
    for (kind, name, text) in [("vaccination", "旧予防接種台帳.csv", shots), ("checkup", "旧健診台帳.csv", checkups)]
    {
        let kind = mapping.kind(kind).ok_or_else(|| Fault::new("demo: no such kind of file"))?;
        let source = stage::Source { name, digest: name, through: None };
        let staged = stage::stage(&doors, &actor, kind, source, Cursor::new(text.into_bytes()), |_| {});
        let staged = staged.map_err(|why| Fault::new(format!("demo: {why:?}")))?;
        let work = Work { doors: &doors, actor: &actor, books };
        let failed = |why: Problem| Fault::new(format!("demo: {why:?}"));
        apply::order::<Events>(&doors, &actor, staged.id).map_err(failed)?;
        apply::run::<Events>(work, staged.id, |_| {}).map_err(failed)?;
    }
    Ok(plan.ledger.len() as u64)
}
