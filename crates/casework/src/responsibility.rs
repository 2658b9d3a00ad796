//! Who answers for a duty: 地区 × 事業 × 区分 through a dated table, resolved for a day and stored nowhere.
//!
//! The most specific row that holds on the day wins (区分 before 地区 before 事業), then the newest. Whoever is away has
//! nothing: it is their 代行's, or of whoever stands in for that one. A post without anybody who is there falls to
//! 統括支援員, then to センター長 (practice.md §4).

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec,
    vec::Vec,
};

use rules::Day;

use crate::office::handover::SUPERVISION;

/// A row of the table of one keeper. Empty text means every one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The event that says so: later ones are newer.
    pub event: i64,
    pub district: String,
    pub programme: String,
    pub category: String,
    pub staff: i64,
    pub from: Day,
    pub until: Option<Day>,
}

/// Somebody away, and who stands in (代行). The last day belongs to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Absence {
    pub staff: i64,
    pub substitute: Option<i64>,
    pub from: Day,
    pub until: Day,
}

/// A post that matters here, in order of posts: who may answer for the whole office, or for what is narrow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    pub staff: i64,
    pub coordinator: bool,
    /// センター長・係長: answers while every 統括支援員 is away without 代行.
    pub head: bool,
    pub from: Day,
    pub until: Option<Day>,
}

/// What the table is asked with.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Charge {
    pub district: String,
    pub programme: String,
    pub category: String,
    /// Only the 要対協 compartment may know of it.
    pub narrow: bool,
}

/// How somebody came to answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// The table names them.
    Assigned,
    /// 代行: the one the table names is away.
    Substitute,
    /// No row holds, or whoever it names is away and nobody stands in who is there: 統括支援員, or their 代行.
    Vacant,
    /// As [`Vacant`](How::Vacant), and no 統括支援員 is there either: センター長, or their 代行.
    Head,
    /// Not even that: the office must see to it.
    Nobody,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owner {
    pub staff: Option<i64>,
    pub how: How,
}

/// Everything one keeper's responsibility follows from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    pub rows: Vec<Row>,
    pub absences: Vec<Absence>,
    /// Posts of the roles that may know of the compartment, 統括支援員 among them.
    pub posts: Vec<Post>,
    /// Superiors take lines up here: 区分 [`SUPERVISION`] is 統括支援員's, whoever has the district.
    pub supervised: bool,
}

/// What somebody answers for on a day: every charge of these forms. `None` in a class means any text the table does not
/// name (the rows of [`Table::named`] are left out of it).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Share {
    pub narrow: bool,
    pub programme: Option<String>,
    pub category: Option<String>,
    /// Districts by name.
    pub districts: Vec<String>,
    /// Every district the table does not name, too.
    pub others: bool,
}

/// Texts the table tells apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Named {
    pub districts: Vec<String>,
    pub programmes: Vec<String>,
    pub categories: Vec<String>,
}

fn holds(from: Day, until: Option<Day>, day: Day) -> bool {
    from <= day && until.is_none_or(|u| day <= u)
}

impl Table {
    /// Who answers for a charge on a day.
    pub fn owner(&self, charge: &Charge, day: Day) -> Owner {
        match self.row(charge, day) {
            Some(row) => self.instead(row.staff, charge, day),
            None => self.vacant(charge, day),
        }
    }

    /// Who answers on a day for a charge that is somebody's: themselves, or whoever stands in and is there.
    pub fn instead(&self, staff: i64, charge: &Charge, day: Day) -> Owner {
        match self.present(staff, charge, day) {
            Some(there) if there == staff => Owner { staff: Some(staff), how: How::Assigned },
            Some(there) => Owner { staff: Some(there), how: How::Substitute },
            None => self.vacant(charge, day),
        }
    }

    /// Whoever is there: somebody, or their 代行, or the 代行 of that one. Two who stand in for each other are both away.
    fn present(&self, staff: i64, charge: &Charge, day: Day) -> Option<i64> {
        let mut asked = vec![staff];
        let mut at = staff;
        while let Some(away) = self.away(at, day) {
            at = away.substitute.filter(|next| !asked.contains(next))?;
            asked.push(at);
        }
        (!charge.narrow || self.may_know(at, day)).then_some(at)
    }

    /// The absence of somebody on a day, the one told last.
    pub fn away(&self, staff: i64, day: Day) -> Option<&Absence> {
        self.absences.iter().rev().find(|a| a.staff == staff && holds(a.from, Some(a.until), day))
    }

    /// The row that names somebody for a charge on a day.
    pub fn row(&self, charge: &Charge, day: Day) -> Option<&Row> {
        let fits = |row: &str, asked: &str| row.is_empty() || row == asked;
        let level = |row: &str| match self.supervised && charge.category == SUPERVISION {
            true => row == SUPERVISION,
            false => fits(row, &charge.category),
        };
        let weight = |r: &Row| {
            4 * u8::from(!r.category.is_empty())
                + 2 * u8::from(!r.district.is_empty())
                + u8::from(!r.programme.is_empty())
        };
        self.rows
            .iter()
            .filter(|r| fits(&r.district, &charge.district) && fits(&r.programme, &charge.programme))
            .filter(|r| level(&r.category) && holds(r.from, r.until, day))
            .filter(|r| !charge.narrow || self.may_know(r.staff, day))
            .max_by_key(|r| (weight(r), r.from, r.event))
    }

    fn may_know(&self, staff: i64, day: Day) -> bool {
        self.posts.iter().any(|p| p.staff == staff && holds(p.from, p.until, day))
    }

    fn vacant(&self, charge: &Charge, day: Day) -> Owner {
        let of = |is: fn(&Post) -> bool| {
            let holding = move |p: &&Post| is(p) && holds(p.from, p.until, day);
            self.posts.iter().filter(holding).map(|p| p.staff)
        };
        // Whoever is there goes before whoever stands in.
        let one = |is: fn(&Post) -> bool| {
            let here = of(is).find(|staff| self.away(*staff, day).is_none());
            here.or_else(|| of(is).find_map(|staff| self.present(staff, charge, day)))
        };
        let coordinator = |p: &Post| p.coordinator;
        if let Some(staff) = one(coordinator) {
            return Owner { staff: Some(staff), how: How::Vacant };
        }
        // Without any 統括支援員 the office has to name one; a head steps in for one who is away.
        match one(|p| p.head).filter(|_| of(coordinator).next().is_some()) {
            Some(staff) => Owner { staff: Some(staff), how: How::Head },
            None => Owner { staff: None, how: How::Nobody },
        }
    }

    /// What the table tells apart: two charges that differ in nothing of this have the same owner.
    pub fn named(&self) -> Named {
        let texts = |of: fn(&Row) -> &String| {
            let all: BTreeSet<&String> = self.rows.iter().map(of).filter(|t| !t.is_empty()).collect();
            all.into_iter().cloned().collect()
        };
        Named {
            districts: texts(|r| &r.district),
            programmes: texts(|r| &r.programme),
            categories: match self.supervised {
                true => {
                    let mut categories = texts(|r| &r.category);
                    if !categories.iter().any(|c: &String| c == SUPERVISION) {
                        categories.push(String::from(SUPERVISION));
                    }
                    categories
                }
                false => texts(|r| &r.category),
            },
        }
    }

    /// Everything a person answers for on a day.
    pub fn shares(&self, staff: i64, day: Day) -> Vec<Share> {
        let named = self.named();
        let with_other = |texts: &[String]| texts.iter().cloned().map(Some).chain([None]).collect::<Vec<_>>();
        let mut shares = Vec::new();
        for programme in with_other(&named.programmes) {
            for category in with_other(&named.categories) {
                for narrow in [false, true] {
                    let theirs = |district: &Option<String>| {
                        let text = |t: &Option<String>| t.clone().unwrap_or_else(|| String::from(OTHER));
                        let (district, programme, category) = (text(district), text(&programme), text(&category));
                        self.owner(&Charge { district, programme, category, narrow }, day).staff == Some(staff)
                    };
                    let districts: Vec<String> =
                        named.districts.iter().filter(|d| theirs(&Some((*d).clone()))).cloned().collect();
                    let others = theirs(&None);
                    if others || !districts.is_empty() {
                        let (programme, category) = (programme.clone(), category.clone());
                        shares.push(Share { narrow, programme, category, districts, others });
                    }
                }
            }
        }
        shares
    }
}

/// A text no table names.
const OTHER: &str = "\u{1}";

/// The tables of several keepers.
pub type Tables = BTreeMap<i64, Table>;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::{collection::vec as many, prelude::*, sample::select};

    use super::*;

    fn row(event: i64, [district, programme, category]: [&str; 3], staff: i64, from: i32, until: Option<i32>) -> Row {
        Row {
            event,
            district: district.to_string(),
            programme: programme.to_string(),
            category: category.to_string(),
            staff,
            from: Day(from),
            until: until.map(Day),
        }
    }

    fn post(staff: i64, coordinator: bool) -> Post {
        Post { staff, coordinator, head: false, from: Day(0), until: None }
    }

    fn charge(district: &str, programme: &str, category: &str) -> Charge {
        Charge { district: district.into(), programme: programme.into(), category: category.into(), narrow: false }
    }

    #[test]
    fn the_most_specific_row_wins_and_then_the_newest() {
        let table = Table {
            rows: vec![
                row(1, ["", "", ""], 1, 0, None),
                row(2, ["北", "", ""], 2, 0, None),
                row(3, ["", "", "needs_support"], 3, 0, None),
                row(4, ["北", "", ""], 4, 10, None),
            ],
            posts: vec![post(9, true)],
            ..Table::default()
        };
        let owner = |c: &Charge, day| table.owner(c, Day(day)).staff;
        assert_eq!(owner(&charge("南", "visit", ""), 5), Some(1));
        assert_eq!(owner(&charge("北", "visit", ""), 9), Some(2));
        assert_eq!(owner(&charge("北", "visit", ""), 10), Some(4));
        assert_eq!(owner(&charge("北", "visit", "needs_support"), 10), Some(3), "支援区分 goes before 地区");
    }

    #[test]
    fn a_row_holds_from_its_first_to_its_last_day_and_a_vacant_post_falls_to_the_coordinator() {
        let table = Table {
            rows: vec![row(1, ["北", "", ""], 2, 10, Some(20))],
            posts: vec![post(9, true)],
            ..Table::default()
        };
        let of = |day| table.owner(&charge("北", "", ""), Day(day));
        let vacant = Owner { staff: Some(9), how: How::Vacant };
        assert_eq!(of(9), vacant);
        assert_eq!(of(10), Owner { staff: Some(2), how: How::Assigned });
        assert_eq!(of(20), Owner { staff: Some(2), how: How::Assigned });
        assert_eq!(of(21), vacant);
        assert_eq!(Table::default().owner(&charge("", "", ""), Day(1)), Owner { staff: None, how: How::Nobody });
    }

    #[test]
    fn while_somebody_is_away_the_substitute_answers_and_without_one_the_coordinator() {
        let away = |substitute| Absence { staff: 2, substitute, from: Day(10), until: Day(12) };
        let mut table = Table {
            rows: vec![row(1, ["", "", ""], 2, 0, None)],
            absences: vec![away(Some(5))],
            posts: vec![post(9, true)],
            ..Table::default()
        };
        let of = |table: &Table, day| table.owner(&charge("北", "", ""), Day(day));
        assert_eq!(of(&table, 9).how, How::Assigned);
        assert_eq!(of(&table, 10), Owner { staff: Some(5), how: How::Substitute });
        assert_eq!(of(&table, 12), Owner { staff: Some(5), how: How::Substitute });
        assert_eq!(of(&table, 13).how, How::Assigned);
        table.absences = vec![away(None)];
        assert_eq!(of(&table, 11), Owner { staff: Some(9), how: How::Vacant });
    }

    #[test]
    fn a_coordinator_away_is_stood_in_for_and_then_the_head_and_then_the_post_is_vacant() {
        let away = |staff, substitute| Absence { staff, substitute, from: Day(10), until: Day(12) };
        let mut table = Table { absences: vec![away(9, Some(5))], posts: vec![post(9, true)], ..Table::default() };
        let of = |table: &Table| table.owner(&charge("北", "", ""), Day(11));
        assert_eq!(of(&table), Owner { staff: Some(5), how: How::Vacant });
        table.absences = vec![away(9, None)];
        assert_eq!(of(&table), Owner { staff: None, how: How::Nobody }, "nobody who is away has it by herself");
        table.posts.push(Post { head: true, ..post(7, false) });
        assert_eq!(of(&table), Owner { staff: Some(7), how: How::Head });
        table.absences.push(away(7, Some(6)));
        assert_eq!(of(&table), Owner { staff: Some(6), how: How::Head });
        table.posts.push(post(8, true));
        assert_eq!(of(&table), Owner { staff: Some(8), how: How::Vacant }, "another one who is there goes first");
    }

    #[test]
    fn whoever_is_away_is_nobodys_substitute() {
        let away = |staff, substitute| Absence { staff, substitute, from: Day(10), until: Day(12) };
        let mut table = Table {
            rows: vec![row(1, ["北", "", ""], 1, 0, None), row(2, ["南", "", ""], 2, 0, None)],
            absences: vec![away(1, Some(2)), away(2, Some(1))],
            posts: vec![post(9, true)],
            ..Table::default()
        };
        let of = |table: &Table, district| table.owner(&charge(district, "", ""), Day(11));
        for district in ["北", "南"] {
            assert_eq!(of(&table, district), Owner { staff: Some(9), how: How::Vacant }, "two do not swap their lists");
        }
        table.absences = vec![away(1, Some(2)), away(2, None)];
        assert_eq!(of(&table, "北").staff, Some(9));
        table.absences = vec![away(1, Some(2)), away(2, Some(3))];
        assert_eq!(of(&table, "北"), Owner { staff: Some(3), how: How::Substitute }, "the substitute's substitute");
    }

    #[test]
    fn what_a_superior_took_up_is_the_coordinators_whoever_has_the_district() {
        let mut table = Table {
            rows: vec![row(1, ["北", "", ""], 2, 0, None)],
            posts: vec![post(9, true)],
            supervised: true,
            ..Table::default()
        };
        let taken = charge("北", SUPERVISION, SUPERVISION);
        assert_eq!(table.owner(&taken, Day(5)), Owner { staff: Some(9), how: How::Vacant });
        assert_eq!(table.owner(&charge("北", "visit", ""), Day(5)).staff, Some(2));
        table.rows.push(row(2, ["", "", SUPERVISION], 4, 0, None));
        assert_eq!(table.owner(&taken, Day(5)), Owner { staff: Some(4), how: How::Assigned });
    }

    #[test]
    fn what_is_narrow_falls_to_nobody_outside_the_compartment() {
        let mut table = Table {
            rows: vec![row(1, ["", "", ""], 2, 0, None)],
            absences: vec![Absence { staff: 7, substitute: Some(2), from: Day(0), until: Day(9) }],
            posts: vec![post(9, true), post(7, false)],
            ..Table::default()
        };
        let narrow = Charge { narrow: true, ..charge("北", "", "") };
        assert_eq!(table.owner(&narrow, Day(5)).staff, Some(9));
        table.rows.push(row(2, ["", "", ""], 7, 0, None));
        assert_eq!(table.owner(&narrow, Day(10)).staff, Some(7));
        assert_eq!(table.owner(&narrow, Day(5)).staff, Some(9), "nor through 代行");
    }

    fn category() -> impl Strategy<Value = String> {
        select(vec!["", "a", "b", SUPERVISION]).prop_map(String::from)
    }

    fn text() -> impl Strategy<Value = String> {
        select(vec!["", "a", "b", "c"]).prop_map(String::from)
    }

    proptest! {
        #[test]
        fn shares_say_the_same_as_asking_charge_by_charge(
            rows in many((text(), text(), category(), 1..5i64, 0..4i32, proptest::option::of(0..6i32)), 0..8),
            absences in many((1..5i64, proptest::option::of(1..5i64), 0..4i32, 0..4i32), 0..6),
            second in any::<bool>(),
            asked in (text(), text(), category(), any::<bool>()),
            supervised in any::<bool>(),
        ) {
            let table = Table {
                rows: rows.into_iter().enumerate().map(|(n, (d, p, c, staff, from, until))| Row {
                    event: i64::try_from(n).unwrap_or(0), district: d, programme: p, category: c, staff,
                    from: Day(from), until: until.map(Day),
                }).collect(),
                absences: absences.into_iter().map(|(staff, substitute, from, days)| Absence {
                    staff, substitute, from: Day(from), until: Day(from + days),
                }).collect(),
                posts: vec![post(1, true), Post { head: true, ..post(3, false) }, post(4, second)],
                supervised,
            };
            let (district, programme, category, narrow) = asked;
            let named = table.named();
            let day = Day(3);
            let owner = table.owner(
                &Charge { district: district.clone(), programme: programme.clone(), category: category.clone(), narrow }, day);
            if let Some(staff) = owner.staff {
                prop_assert!(table.away(staff, day).is_none(), "{} is away", staff);
                prop_assert!(!narrow || table.may_know(staff, day), "{} may not know of it", staff);
            } else {
                prop_assert!([1, 3].iter().all(|staff| table.away(*staff, day).is_some()), "somebody is there");
            }
            for staff in 1..5 {
                let fits = |class: &Option<String>, names: &[String], asked: &String| match class {
                    Some(name) => name == asked,
                    None => !names.contains(asked),
                };
                let theirs = table.shares(staff, day).iter().any(|s| {
                    s.narrow == narrow
                        && fits(&s.programme, &named.programmes, &programme)
                        && fits(&s.category, &named.categories, &category)
                        && (s.districts.contains(&district) || (s.others && !named.districts.contains(&district)))
                });
                prop_assert_eq!(theirs, owner.staff == Some(staff));
            }
        }
    }
}
