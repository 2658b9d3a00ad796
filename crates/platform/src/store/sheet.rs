//! Everything that is derived from one file, and the digests by which it is known what of it is stored already.

use std::fmt::Write;

use rules::Day;

use super::{
    derived::Owed,
    rows::{DutyRow, Who, digest},
};

/// Everything that is derived from a person's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    pub who: Who,
    pub owed: Owed,
    pub marks: Marks,
}

impl Sheet {
    pub fn new(who: Who, owed: Owed) -> Sheet {
        let owed = owed.at_home(&who);
        let [person, relations] = who.digests;
        let place = |d: &DutyRow| digest(&(&d.key, d.phase, d.sensitivity));
        let duties: Vec<(u64, u64)> = owed.duties.iter().map(|d| (place(d), digest(d))).collect();
        let day = |day: Option<Day>| day.map(|d| d.0);
        let heading = (day(owed.rederive_on), owed.standing.code(), day(owed.covered_by));
        let marks = Marks { whole: digest(&(person, relations, &duties, heading)), person, relations, duties };
        Sheet { who, owed, marks }
    }
}

/// Digests of what is stored for a file. Another hash function (a newer compiler or version of its library) makes
/// everything be written once more, nothing worse.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Marks {
    pub whole: u64,
    pub person: u64,
    pub relations: u64,
    /// (of key and phase, of the whole row), in the order of the duties.
    pub duties: Vec<(u64, u64)>,
}

/// Digits of one digest.
const DIGITS: usize = 16;
/// The marks of a file that was just opened: nothing is stored for it.
pub const NOTHING: &str = "000000000000000000000000000000000000000000000000";

impl Marks {
    /// As kept in `file.marks`.
    pub fn text(&self) -> String {
        let duties = self.duties.iter().flat_map(|(place, row)| [place, row]);
        let all = [&self.whole, &self.person, &self.relations].into_iter().chain(duties);
        let mut text = String::with_capacity(DIGITS * (3 + 2 * self.duties.len()));
        for digest in all {
            // Writing into a text cannot fail.
            let _ = write!(text, "{digest:016x}");
        }
        text
    }

    /// Whether what is stored under these marks is the same as this.
    pub fn is_text(&self, text: &str) -> bool {
        text.get(..DIGITS).and_then(|whole| u64::from_str_radix(whole, 16).ok()) == Some(self.whole)
    }

    /// `None`: nothing is known of what is stored.
    pub fn read(text: &str) -> Option<Marks> {
        let mut all = Vec::with_capacity(text.len() / DIGITS);
        let mut rest = text;
        while !rest.is_empty() {
            all.push(u64::from_str_radix(rest.get(..DIGITS)?, 16).ok()?);
            rest = rest.get(DIGITS..)?;
        }
        let (&[whole, person, relations], duties) = all.split_first_chunk::<3>()?;
        let duties = duties.as_chunks::<2>().0.iter().map(|&[place, row]| (place, row)).collect();
        Some(Marks { whole, person, relations, duties })
    }
}
