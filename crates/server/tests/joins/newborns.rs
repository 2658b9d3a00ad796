//! Newborns never double: the nurse first or the register first, twins, no name yet, another name; and files that were
//! joined meet the register again.

use crate::support::city::{Hall, Line, file, halls, today};
use casework::{
    Act, Command,
    birth::{Birth, Child},
    body::{Pregnancy, Resident},
};
use rules::{Day, Span};
use server::intake::residents::plan::Effect;
use server::platform::{
    Problem, check,
    store::{Applied, Desk, apply, joined},
};

fn act(hall: &Hall, id: &str, act: Act) -> Applied {
    let keepers = [hall.keepers[0]];
    hall.write(|door| {
        let (keeper, now) = (keepers[0], door.now());
        let desk = Desk { keeper, keepers: &keepers, actor: 1, today: today(), now, batch: None, books: &hall.books };
        apply(door.db, &desk, &Command { id: id.into(), act, seen: Vec::new() }).map_err(Problem::from)
    })
}

fn sound(hall: &Hall) {
    let report = check::check(hall.doors.database(), &hall.books, today(), |_| {}).unwrap();
    assert!(report.findings.is_empty(), "{}: {:#?}", hall.name, report.findings);
}

fn typed(hall: &Hall, id: &str, name: &str, birth: Day) -> i64 {
    let resident = Resident {
        name: name.into(),
        sex: "F".into(),
        birth: Some(Span::on(birth)),
        cause: "provisional".into(),
        ..Resident::default()
    };
    let open = Act::Open { day: Span::on(today()), source: "own".into(), resident, protected: false };
    act(hall, id, open).opened[0]
}

fn born_on() -> Day {
    today().plus(-10)
}

/// The nurse has 妊娠届 and 出生連絡票 of a mother: the children's files.
fn birth(hall: &Hall, mother: i64, children: &[(&str, &str)]) -> Vec<i64> {
    let pregnancy = Pregnancy {
        edd: born_on().plus(3),
        fetuses: u8::try_from(children.len()).unwrap(),
        birth_order: None,
        satogaeri: None,
        clinic: String::new(),
        note: String::new(),
        next: None,
    };
    act(hall, "notice", Act::NotifyPregnancy { file: mother, day: born_on().plus(-200), pregnancy });
    let child = |(name, sex): &(&str, &str)| Child { name: (*name).into(), sex: (*sex).into(), ..Child::default() };
    let birth = Birth {
        mother,
        episode: 1,
        day: born_on(),
        weeks: Some(39),
        place: String::new(),
        source: "birth_slip".into(),
        home_from: None,
        children: children.iter().map(child).collect(),
    };
    act(hall, "birth", Act::Birth(birth)).opened
}

fn mother_line() -> Line<'static> {
    Line { number: "0001", ..Line::default() }
}

fn mother(hall: &Hall) -> i64 {
    hall.import(&file(&[mother_line()]));
    hall.one("select cast(file as text) as t from person where number = '0001'").parse().unwrap()
}

fn baby<'a>(number: &'a str, name: &'a str, sex: &'a str, birth: &'a str) -> Line<'a> {
    Line { number, name, sex, birth, relation: "子", change: "出生", on: birth, ..Line::default() }
}

/// 宛名番号 and file of everybody who has a number, and how many have none.
fn numbered(hall: &Hall) -> (Vec<String>, String) {
    let on = "select number || ' ' || cast(file as text) as t from person where number like '1%' order by number";
    (hall.texts(on), hall.one("select cast(count(*) as text) as t from person where number = ''"))
}

#[test]
fn a_child_without_a_name_whose_mother_was_on_the_register_only_later() {
    for hall in halls() {
        let birth_text = born_on().to_string();
        let mother = typed(&hall, "mother", "試験 花", Day::from_ymd(1994, 5, 6).unwrap());
        let children = birth(&hall, mother, &[("", "")]);
        // First her own row: she moves in. Then the child's.
        hall.import(&file(&[mother_line()]));
        let done = hall.import(&file(&[mother_line(), baby("1001", "試験 空", "女", &birth_text)]));
        assert_eq!((done.progress.of(Effect::Matched), done.progress.of(Effect::New)), (1, 0), "{}", hall.name);
        assert_eq!(numbered(&hall), (vec![format!("1001 {}", children[0])], "0".into()), "{}", hall.name);
        sound(&hall);
    }
}

#[test]
fn twins_are_never_taken_for_each_other() {
    for hall in halls() {
        let birth_text = born_on().to_string();
        let mother = mother(&hall);
        let children = birth(&hall, mother, &[("試験 陽太", "M"), ("試験 陽向", "M")]);
        let rows = [
            mother_line(),
            // The younger one's row first, and in other 字体.
            baby("1002", "試験　陽向", "男", &birth_text),
            baby("1001", "試験陽太", "男", &birth_text),
        ];
        hall.import(&file(&rows));
        let expected = vec![format!("1001 {}", children[0]), format!("1002 {}", children[1])];
        assert_eq!(numbered(&hall), (expected, "0".into()), "{}", hall.name);
        sound(&hall);
    }
}

#[test]
fn twins_without_names_wait_for_somebody_who_knows() {
    for hall in halls() {
        let birth_text = born_on().to_string();
        let mother = mother(&hall);
        birth(&hall, mother, &[("", "M"), ("", "M")]);
        let rows = [baby("1001", "試験 陽太", "男", &birth_text), baby("1002", "試験 陽向", "男", &birth_text)];
        let done = hall.import(&file(&[mother_line(), rows[0], rows[1]]));
        assert_eq!((done.progress.of(Effect::Left), done.progress.of(Effect::New)), (2, 0), "{}", hall.name);
        assert_eq!(numbered(&hall).1, "2");
        sound(&hall);
    }
}

#[test]
fn one_of_twins_under_a_name_nobody_told_gets_a_file_and_the_other_keeps_his() {
    for hall in halls() {
        let birth_text = born_on().to_string();
        let mother = mother(&hall);
        let children = birth(&hall, mother, &[("試験 陽太", "M"), ("試験 湊", "F")]);
        // The boy was registered under another name: he may be the boy on file, or not. Nothing is guessed.
        hall.import(&file(&[mother_line(), baby("1003", "試験 蓮", "男", &birth_text)]));
        let (on, waiting) = numbered(&hall);
        assert!(on.len() == 1 && !on[0].ends_with(&format!(" {}", children[0])), "{}: {on:?}", hall.name);
        assert_eq!(waiting, "2");
        sound(&hall);
    }
}

#[test]
fn another_name_in_the_same_household_is_the_same_child() {
    for hall in halls() {
        let birth_text = born_on().to_string();
        let mother = mother(&hall);
        let children = birth(&hall, mother, &[("試験 凪", "F")]);
        hall.import(&file(&[mother_line(), baby("1001", "試験 空", "女", &birth_text)]));
        assert_eq!(numbered(&hall), (vec![format!("1001 {}", children[0])], "0".into()), "{}", hall.name);
        sound(&hall);
    }
}

#[test]
fn a_name_in_other_characters_is_the_same_name_and_another_sex_is_another_person() {
    for hall in halls() {
        let day = Day::from_ymd(1994, 5, 6).unwrap();
        let one = typed(&hall, "one", "髙﨑 花", day);
        let row = Line { number: "1001", household: "90", name: "高崎　花", ..Line::default() };
        hall.import(&file(&[row]));
        assert_eq!(numbered(&hall).0, [format!("1001 {one}")], "{}", hall.name);
        typed(&hall, "two", "高崎 薫", day);
        let row = Line { number: "1002", household: "91", name: "高崎　薫", sex: "男", ..Line::default() };
        let done = hall.import(&file(&[row]));
        assert_eq!(done.progress.of(Effect::New), 1, "{}", hall.name);
        sound(&hall);
    }
}

#[test]
fn the_register_meets_a_joined_file_again() {
    for hall in halls() {
        let day = Day::from_ymd(1994, 5, 6).unwrap();
        let row = Line { number: "1001", name: "試験 花子", ..Line::default() };
        let known = typed(&hall, "typed", "旧姓 はなこ", day);
        let batch = hall.import(&file(&[row]));
        let registered: i64 =
            hall.one("select cast(file as text) as t from person where number = '1001'").parse().unwrap();
        assert_ne!(known, registered);
        let join = Act::Join { files: [known, registered], reason: "同じ人".into() };
        act(&hall, "join", join);
        let moved = Line { address: "みなと市二丁目9", change: "転居", on: "2026-06-10", ..row };
        hall.import(&file(&[moved]));
        assert_eq!(numbered(&hall), (vec![format!("1001 {registered}")], "0".into()), "{}", hall.name);
        sound(&hall);
        // Its import is taken back: what was typed before comes back by itself, with nothing lost.
        hall.withdraw(batch.id + 1);
        hall.withdraw(batch.id);
        let left = "select name || ' ' || cast(file as text) || ' ' || cast(provisional as text) as t from person";
        assert_eq!(hall.texts(left), [format!("旧姓 はなこ {registered} 1")], "{}", hall.name);
        sound(&hall);
        // Two numbers of one person, one of them former: a row of the former one goes to the person.
        let former =
            Line {
                number: "1002", name: "試験 花子", change: "転出", on: "2026-06-01", to: "他市", ..Line::default()
            };
        hall.import(&file(&[Line { change: "", on: "", to: "", ..former }]));
        hall.import(&file(&[former]));
        hall.import(&file(&[Line { number: "1005", ..row }]));
        let of =
            |number: &str| hall.one(&format!("select cast(file as text) as t from person where number = '{number}'"));
        let files = [of("1002").parse::<i64>().unwrap(), of("1005").parse().unwrap()];
        act(&hall, "join-2", Act::Join { files, reason: "同じ人".into() });
        let before = hall.one("select cast(count(*) as text) as t from file where subject = 'person'");
        hall.import(&file(&[Line { number: "1002", address: "みなと市三丁目", ..former }]));
        assert_eq!(
            hall.one("select cast(count(*) as text) as t from file where subject = 'person'"),
            before,
            "{}",
            hall.name
        );
        let led = hall.doors.database().read_all(|db| joined::lead(db, files[0], None)).unwrap();
        assert_eq!(led, files[1], "{}: who is here stands for who was", hall.name);
        sound(&hall);
    }
}
