//! 家庭: who belongs, built from dated relations, never from 世帯 (the register's households are not the family).
//!
//! From the person opened one step leads to everybody they are related to, a second one to the other children of their
//! parents and to the other parent of their children. Nothing goes further.

use casework::kin::is_parent;
use rules::Day;

use crate::platform::store::ties::Tie;

/// Somebody of the family.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    pub file: i64,
    /// What they are to the person opened, as relations say it; `self` for the person.
    pub role: String,
    /// `None` for the person opened.
    pub from: Option<Day>,
    pub until: Option<Day>,
    /// The relation ended before the day.
    pub past: bool,
    /// Found through a child of the person opened, not related by themselves.
    pub through_child: bool,
}

/// Whom a second look must ask for their relations: parents and children of the person opened.
pub fn near(centre: i64, ties: &[Tie], day: Day) -> Vec<i64> {
    let mut files: Vec<i64> = ties
        .iter()
        .filter(|t| t.file == centre && holds(t, day) && (t.is_parent() || t.role == "child"))
        .map(|t| t.other)
        .collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// The family of a person on a day, everybody once; the person first.
pub fn family(centre: i64, ties: &[Tie], day: Day) -> Vec<Member> {
    let own = Member { file: centre, role: "self".into(), from: None, until: None, past: false, through_child: false };
    let mut family = vec![own];
    let mut put = |file: i64, role: &str, ties: [Option<&Tie>; 2], through_child: bool| {
        let ties = ties.into_iter().flatten();
        let (from, until) = (ties.clone().map(Tie::from).max(), ties.filter_map(Tie::until).min());
        let past = until.is_some_and(|u| u < day);
        let new = Member { file, role: role.to_owned(), from, until, past, through_child };
        match family.iter_mut().find(|m| m.file == file) {
            None => family.push(new),
            // Recorded twice: since the earlier day, and as long as the longer one.
            Some(known) if !through_child && !known.through_child && known.role == new.role => {
                known.from = known.from.min(new.from);
                known.until = known.until.zip(new.until).map(|(a, b)| a.max(b));
                known.past = known.past && past;
            }
            // What holds comes before what is past.
            Some(known) if known.past && !past => *known = new,
            Some(_) => {}
        }
    };
    let own: Vec<&Tie> = ties.iter().filter(|t| t.file == centre && t.from() <= day).collect();
    for tie in &own {
        put(tie.other, &tie.role, [Some(tie), None], false);
    }
    for tie in own.iter().filter(|t| holds(t, day)) {
        for next in ties.iter().filter(|n| n.file == tie.other && n.other != centre && holds(n, day)) {
            if tie.is_parent() && next.role == "child" {
                put(next.other, "sibling", [Some(tie), Some(next)], false);
            }
            if tie.role == "child" && is_parent(&next.role) {
                let role = format!("child_{}", next.role);
                put(next.other, &role, [Some(next), None], true);
            }
        }
    }
    family
}

fn holds(tie: &Tie, day: Day) -> bool {
    tie.from() <= day && tie.until().is_none_or(|until| until >= day)
}

/// What somebody is called on the family's page, by relation and sex.
pub fn word(role: &str, sex: &str, is_parent: bool) -> &'static str {
    match (role, sex) {
        ("self", "F") if is_parent => "母（本人）",
        ("self", "M") if is_parent => "父（本人）",
        ("self", _) => "本人",
        ("child_mother", _) => "子の母",
        ("child_father", _) => "子の父",
        ("child_parent", _) => "子の親",
        (role, _) => crate::persons::told::role_word(role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Day = Day(20_000);
    const MOTHER: i64 = 1;
    const FATHER: i64 = 2;
    const FIRST: i64 = 3;
    const SECOND: i64 = 4;

    fn tie(file: i64, other: i64, role: &str) -> Tie {
        Tie::new(file, other, role, DAY.plus(-400), None)
    }

    /// Two children of one mother; the father is the second's only.
    fn ties() -> Vec<Tie> {
        vec![
            tie(MOTHER, FIRST, "child"),
            tie(MOTHER, SECOND, "child"),
            tie(FIRST, MOTHER, "mother"),
            tie(SECOND, MOTHER, "mother"),
            tie(SECOND, FATHER, "father"),
            tie(FATHER, SECOND, "child"),
        ]
    }

    fn told(members: &[Member]) -> Vec<(i64, &str, bool)> {
        members.iter().map(|m| (m.file, m.role.as_str(), m.past)).collect()
    }

    #[test]
    fn the_family_is_the_same_few_people_from_wherever_it_is_opened_and_no_further() {
        let of = |centre| family(centre, &ties(), DAY).into_iter().map(|m| (m.file, m.role)).collect::<Vec<_>>();
        let told = |list: &[(i64, &str)]| list.iter().map(|(f, r)| (*f, (*r).to_owned())).collect::<Vec<_>>();
        let mothers = [(MOTHER, "self"), (FIRST, "child"), (SECOND, "child"), (FATHER, "child_father")];
        assert_eq!(of(MOTHER), told(&mothers));
        assert_eq!(of(SECOND), told(&[(SECOND, "self"), (MOTHER, "mother"), (FATHER, "father"), (FIRST, "sibling")]));
        let firsts = [(FIRST, "self"), (MOTHER, "mother"), (SECOND, "sibling")];
        assert_eq!(of(FIRST), told(&firsts), "another's father is no relation");
        assert_eq!(of(FATHER), told(&[(FATHER, "self"), (SECOND, "child"), (MOTHER, "child_mother")]));
        assert_eq!(near(SECOND, &ties(), DAY), [MOTHER, FATHER]);
    }

    #[test]
    fn a_relation_that_ended_is_past_and_leads_nowhere() {
        let mut ties = ties();
        ties[1] = Tie::new(MOTHER, SECOND, "child", DAY.plus(-400), Some(DAY.plus(-1)));
        let found = family(MOTHER, &ties, DAY);
        assert_eq!(told(&found), [(MOTHER, "self", false), (FIRST, "child", false), (SECOND, "child", true)]);
        let today = Tie::new(MOTHER, SECOND, "child", DAY.plus(-400), Some(DAY));
        ties[1] = today;
        assert_eq!(family(MOTHER, &ties, DAY).len(), 4, "it holds on its last day");
    }

    #[test]
    fn a_relation_recorded_twice_holds_since_the_first_day_as_long_as_one_of_them() {
        let ties = [
            Tie::new(FIRST, MOTHER, "mother", DAY.plus(-100), Some(DAY.plus(-50))),
            Tie::new(FIRST, MOTHER, "mother", DAY.plus(-20), None),
        ];
        let found = family(FIRST, &ties, DAY);
        assert_eq!((found[1].from, found[1].until, found[1].past), (Some(DAY.plus(-100)), None, false));
    }

    #[test]
    fn a_relation_of_the_future_is_not_there_yet() {
        let ties = [Tie::new(FIRST, MOTHER, "mother", DAY.plus(1), None)];
        assert_eq!(family(FIRST, &ties, DAY).len(), 1);
    }
}
