//! What makes two files one person's: evidence in words, and what it comes to.
#![allow(clippy::unwrap_used)]

use casework::matching::{Face, Likeness, Speaks, What, likely, near_births};
use rules::{Day, Span};

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

/// `birth / 氏 名 / ふりがな / sex`
fn face(text: &str) -> Face {
    let mut parts = text.split('/').map(str::trim);
    let mut next = || parts.next().unwrap_or_default();
    let words = |text: &str| text.split_whitespace().map(String::from).collect();
    let birth = next();
    let (name, kana, sex) = (words(next()), words(next()), next().into());
    Face { birth: (!birth.is_empty()).then(|| Span::on(day(birth))), name, kana, sex, ..Face::default() }
}

#[test]
fn what_two_faces_come_to() {
    use Likeness::{NameOnly, Probably, Same};
    for (one, other, expected) in [
        ("1994-05-06/高崎 花/たかさき はな/F", "1994-05-06/高崎 花/たかさき はな/F", Some(Same)),
        // Order of the parts; a reading where the name is not known.
        ("1994-05-06/花 高崎//F", "1994-05-06/高崎 花/たかさき はな/", Some(Same)),
        ("1994-05-06//たかさき はな/", "1994-05-06/高崎 花/たかさき はな/F", Some(Same)),
        // Married since.
        ("1994-05-06/高崎 花//F", "1994-05-06/山本 花//F", Some(Probably)),
        // A slip of the pen in the day of birth.
        ("1994-05-07/高崎 花//F", "1994-05-06/高崎 花//F", Some(Probably)),
        ("1994-06-05/高崎 花//F", "1994-05-06/高崎 花//F", Some(Probably)),
        ("1993-05-06/高崎 花//F", "1994-05-06/高崎 花//F", Some(Probably)),
        // One sound misheard.
        ("1994-05-06//たかさき はな/F", "1994-05-06//たかざき はな/F", Some(Probably)),
        // A shared name is not more than that.
        ("1971-01-30/高崎 花//F", "1994-05-06/高崎 花//F", Some(NameOnly)),
        ("/高崎 花//F", "1994-05-06/高崎 花//F", Some(NameOnly)),
        // A box ticked wrongly: said beside it, never taken for the same without a look.
        ("1994-05-06/高崎 薫//F", "1994-05-06/高崎 薫//M", Some(Probably)),
        // A shared day of birth is nothing.
        ("1994-05-06/高崎 花//F", "1994-05-06/林 葵//F", None),
        ("1994-05-06///F", "1994-05-06/林 葵//F", None),
    ] {
        let (a, b) = (face(one), face(other));
        assert_eq!(likely(&a, &b).map(|l| l.likeness), expected, "{one} and {other}");
        assert_eq!(likely(&b, &a).map(|l| l.likeness), expected, "{other} and {one}");
    }
}

#[test]
fn newborns() {
    let slip = Face { mothers: vec![7], ..face("2026-10-12///F") };
    let row = Face { mothers: vec![7], ..face("2026-10-12/高崎 空/たかさき そら/F") };
    assert_eq!(likely(&slip, &row).unwrap().likeness, Likeness::Same, "no name yet, the same mother");
    let home = Face { mothers: vec![], household: "31".into(), ..row.clone() };
    let of_home = Face { mothers: vec![], mothers_household: "31".into(), ..slip.clone() };
    assert_eq!(likely(&of_home, &home).unwrap().likeness, Likeness::Probably, "the mother's household");
    let renamed = Face { mothers: vec![7], ..face("2026-10-12/高崎 凪/たかさき なぎ/F") };
    let found = likely(&renamed, &row).unwrap();
    assert_eq!(found.likeness, Likeness::Probably, "another name was registered");
    assert!(found.evidence.iter().any(|e| e.what == What::Name && e.speaks == Speaks::Against));
    // Twins are two, however much they share.
    let twin = Face { multiple: true, ..renamed };
    assert_eq!(likely(&twin, &row), None);
    let brother = Face { multiple: true, sex: "M".into(), ..slip.clone() };
    assert_eq!(likely(&brother, &row), None);
    let unnamed = Face { multiple: true, ..slip };
    assert_eq!(likely(&unnamed, &row).unwrap().likeness, Likeness::Probably, "one of them, but which?");
}

#[test]
fn somebody_without_a_day_of_birth_is_known_by_how_she_is_reached() {
    let call = Face { phone: "09055500100".into(), ..face("/高崎 花//F") };
    let file = Face { phone: "09055500100".into(), ..face("1994-05-06/高崎 花//F") };
    assert_eq!(likely(&call, &file).unwrap().likeness, Likeness::Probably);
    let romaji = Face { romaji: vec!["たかさきはな".into()], ..face("1994-05-06/takasaki hana//F") };
    let kana = Face { reading: "たかさきはな".into(), ..face("1994-05-06/高崎 花/たかさき はな/F") };
    assert_eq!(likely(&romaji, &kana).unwrap().likeness, Likeness::Same);
}

#[test]
fn evidence_is_said_in_words_for_every_item_in_one_order() {
    let (a, b) = (face("1994-05-06/高崎 花//F"), face("1994-05-06/高崎 花//F"));
    let evidence = likely(&a, &b).unwrap().evidence;
    assert!(evidence.windows(2).all(|pair| pair[0].what < pair[1].what));
    assert_eq!(evidence.len(), 9);
    assert!(evidence.iter().all(|e| !e.says.is_empty()));
}

#[test]
fn near_births_hold_the_day_and_its_slips() {
    let near = near_births(day("1994-05-06"));
    for slip in ["1994-05-06", "1994-05-07", "1994-06-05", "1993-05-06", "1994-03-06"] {
        assert!(near.contains(&day(slip)), "{slip}");
    }
    assert!(near.len() < 30);
    assert!(!near_births(day("2024-02-29")).is_empty(), "a leap day has no other February");
}
