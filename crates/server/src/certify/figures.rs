//! The figures of a check sheet: what is hashed, confirmed and compared. Counts and ids, no name.

use std::collections::BTreeMap;

use casework::{
    certify::{Ages, Subject, beyond, subject},
    duties::Standing,
};
use rules::Day;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::platform::{Fault, store::chain};
use crate::today::lines::LineState;

/// 台帳 = 次の対応あり + 終結 + 未把握.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Counts {
    pub register: u64,
    pub covered: u64,
    pub released: u64,
    pub listed: u64,
}

impl Counts {
    fn add(&mut self, standing: &str, n: u64) {
        self.register += n;
        let of = [Standing::Covered, Standing::Released, Standing::Listed].into_iter().find(|s| s.code() == standing);
        match of {
            Some(Standing::Covered) => self.covered += n,
            Some(Standing::Released) => self.released += n,
            Some(Standing::Listed) => self.listed += n,
            _ => {}
        }
    }
}

/// Lines, and how many persons they are about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Lines {
    pub lines: u64,
    pub persons: u64,
}

/// How far a source's evidence reaches.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Source {
    /// `None`: nothing of it ever arrived.
    pub through: Option<String>,
    pub usual_lag_days: i32,
    /// Where it should reach by its usual delay.
    pub expected: Option<String>,
    pub late: bool,
    /// The day its last batch was recorded.
    pub last_recorded: Option<String>,
}

/// People on file who are not on the register.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Outside {
    pub died: u64,
    pub moved_out: u64,
    /// School entry, or a year after the birth, has passed.
    pub past: u64,
    /// Never on it: adults the register merely names, pregnancies that ended.
    pub other: u64,
}

/// What of the open lines the sheet counts.
pub const STATES: [LineState; 6] = [
    LineState::Overdue,
    LineState::Judge,
    LineState::Unconfirmed,
    LineState::Waiting,
    LineState::Monthly,
    LineState::Before,
];
/// Counted by service: what a person must look at one by one.
pub const PRESSING: [LineState; 3] = [LineState::Overdue, LineState::Judge, LineState::Unconfirmed];
/// Counted by source: what has not arrived.
pub const MISSING: [LineState; 2] = [LineState::Unconfirmed, LineState::Waiting];

/// What the sheet cannot say, printed on it.
pub const LIMITS: [&str; 6] = [
    "この表が示すのは日付です。安全を示すものではありません。次の対応の日があることと、その方が無事であることは別です。",
    "台帳に載っていない方は見えません。届出や住民登録のない方、まだ知らされていない妊娠や出生、父親などです。",
    "資料が届くのが遅れる分、実際には受けた健診や接種も、未確認や期限超過に数えることがあります。「資料の届いた日」までが確かめられた範囲です。",
    "仮登録の方も数えます。同じ方が二つの台帳にある間は、二人と数えます。",
    "だれが見ても同じ表になるように、見られる人を限った記録にもとづく対応は数えていません。",
    "過去の日の表は、いま残っている記録から数えなおしたものです。抹消した記録と、あとで取り消した家族のつながりは使いません。",
];

/// The keys are part of the shape that `tsumugi certify` prints.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Figures {
    /// 団体コード
    pub municipality: String,
    pub day: String,
    pub register: Counts,
    pub by_subject: BTreeMap<&'static str, Counts>,
    /// Empty: no district, or one that is not shown (秘匿).
    pub by_district: BTreeMap<String, Counts>,
    pub outside: Outside,
    /// state → tier → lines
    pub undone: BTreeMap<&'static str, BTreeMap<i32, Lines>>,
    /// source → 未確認 / 未着 → lines of tiers 1 and 2
    pub undone_by_source: BTreeMap<String, BTreeMap<&'static str, Lines>>,
    /// service → state → lines of tier 1
    pub undone_by_service: BTreeMap<String, BTreeMap<&'static str, Lines>>,
    pub sources: BTreeMap<String, Source>,
    /// Files of those listed, in order.
    pub listed: Vec<i64>,
}

impl Figures {
    pub fn new(municipality: &str, day: Day) -> Figures {
        let mut figures = Figures { municipality: municipality.to_owned(), day: day.to_string(), ..Figures::default() };
        for subject in Subject::ALL {
            figures.by_subject.insert(subject.code(), Counts::default());
        }
        for state in STATES {
            figures.undone.insert(state.code(), BTreeMap::from([(1, Lines::default()), (2, Lines::default())]));
        }
        figures
    }

    /// Counts `n` people of one kind, each as exactly one thing.
    pub fn person(&mut self, standing: &str, (gone, subjects, age, district): (&str, &str, i32, &str), n: u64) {
        if standing == Standing::Outside.code() {
            *(match beyond(gone, subjects) {
                "died" => &mut self.outside.died,
                "moved_out" => &mut self.outside.moved_out,
                "past" => &mut self.outside.past,
                _ => &mut self.outside.other,
            }) += n;
            return;
        }
        self.register.add(standing, n);
        self.by_subject.entry(subject(subjects, age).code()).or_default().add(standing, n);
        self.by_district.entry(district.to_owned()).or_default().add(standing, n);
    }

    pub fn state(&self, state: LineState, tier: i32) -> Lines {
        self.undone.get(state.code()).and_then(|tiers| tiers.get(&tier)).copied().unwrap_or_default()
    }

    /// Promise 1, as far as figures can show it: everybody on the register is exactly one of the three, however they are
    /// told apart.
    ///
    /// # Errors
    /// If they do not add up.
    pub fn sound(self) -> Result<Figures, Fault> {
        let adds_up = |c: &Counts| c.register == c.covered + c.released + c.listed;
        let parts: [u64; 2] =
            [self.by_subject.values().map(|c| c.register).sum(), self.by_district.values().map(|c| c.register).sum()];
        let all = [&self.register].into_iter().chain(self.by_subject.values()).chain(self.by_district.values());
        let listed = u64::try_from(self.listed.len()).unwrap_or(u64::MAX);
        if all.into_iter().all(adds_up) && parts == [self.register.register; 2] && listed == self.register.listed {
            return Ok(self);
        }
        Err(Fault::new("the check sheet does not add up (promise 1): run tsumugi check"))
    }

    /// As it is hashed and printed.
    ///
    /// # Errors
    /// If the JSON writer fails.
    pub fn json(&self) -> Result<serde_json::Value, Fault> {
        Ok(serde_json::to_value(self)?)
    }

    /// SHA-256 of the figures as JSON: keys in order, no blanks.
    ///
    /// # Errors
    /// If the JSON writer fails.
    pub fn sha256(&self) -> Result<String, Fault> {
        Ok(chain::hex(&Sha256::digest(self.json()?.to_string().as_bytes())))
    }
}

/// Whose births are of infants and children on a day.
pub fn ages(day: Day) -> Ages {
    Ages::on(day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_sheet_that_does_not_add_up_is_none() {
        let day = Day::parse_iso("2026-11-24").unwrap();
        let mut figures = Figures::new("990001", day);
        figures.person("covered", ("", "child", 2, "北部"), 3);
        figures.person("released", ("moved_out", "child", 1, ""), 1);
        figures.person("outside", ("died", "child", 1, ""), 1);
        assert_eq!(figures.register, Counts { register: 4, covered: 3, released: 1, listed: 0 });
        assert_eq!(figures.outside.died, 1);
        let figures = figures.sound().unwrap();
        let hash = figures.sha256().unwrap();
        assert_eq!(hash.len(), 64);
        let mut more = figures.clone();
        more.person("listed", ("", "pregnancy", 0, "北部"), 1);
        assert!(more.clone().sound().is_err(), "listed, and on no list");
        more.listed.push(7);
        assert_ne!(more.sound().unwrap().sha256().unwrap(), hash);
        let mut odd = figures;
        odd.person("no such standing", ("", "child", 2, "北部"), 1);
        assert!(odd.sound().is_err(), "on the register and none of the three");
    }
}
