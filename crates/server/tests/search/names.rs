//! Names: however they are written and however they are typed.

use crate::support::site::BOTH;

use super::office::{office, resident};

/// Name, reading, what finds it, what does not.
#[rustfmt::skip]
const CASES: &[(&str, &str, &[&str], &[&str])] = &[
    ("髙﨑　美穂", "たかさき みほ",
        &["高崎", "髙﨑", "髙崎", "高嵜", "たかさき", "タカサキ", "ﾀｶｻｷ", "takasaki", "ＴＡＫＡＳＡＫＩ", "た", "み", "高", "穂", "美穂",
          "高崎美穂", "高崎 美穂", "美穂 高崎", "たかさき みほ", "たかさきみほ", "みほ たかさき", "高崎 みほ", "たか みほ", "さきみ"],
        &["高橋", "だかさき", "ほ", "さ", "たかさき まほ", "高崎 美樹"]),
    ("大野 洋", "おおの よう", &["おおの", "おーの", "オオノ", "おうの", "オ－ノ", "ｵ-ﾉ", "ｵｵﾉ", "ohno", "oono", "大野洋", "よう"], &["おおね", "太野"]),
    ("斎藤 雄大", "さいとう ゆうだい", &["斉藤", "齋藤", "齊藤", "斎藤", "さいとう", "サイトー", "ユーダイ", "ゆうだい"], &["ゆうたい", "佐藤"]),
    ("渡邉\u{e0110} 朔", "わたなべ さく", &["渡辺", "渡邊", "渡邉", "渡邉\u{e0102}", "ﾜﾀﾅﾍﾞ", "邉", "辺"], &["わたなへ", "渡部"]),
    ("𠮷田 しづ", "よしだ しづ", &["吉田", "𠮷田", "よしだ", "しず", "シヅ", "しず 吉田"], &["よした"]),
    ("服部 律", "はっとり りつ", &["はっとり", "はつとり", "ハットリ", "ﾊｯﾄﾘ", "hattori"], &["ばっとり"]),
    ("グエン・ティ・ラン", "ぐえん てぃ らん", &["グエン", "ぐえん ラン", "グエン・ティ・ラン", "ｸﾞｴﾝ ﾃｨ ﾗﾝ", "ラン グエン", "グエンティラン", "てぃ"], &["クエン"]),
    ("NGUYEN THI LAN", "ぐえん てぃ らん", &["nguyen", "NGUYEN THI LAN", "Nguyễn Thị Lan", "lan nguyen", "ＮＧＵＹＥＮ", "グエン", "thi"], &["nguyet"]),
    ("Valérie Müller", "ゔぁれりー みゅらー", &["valerie", "muller", "ヴァレリー", "バレリー", "ばれりい", "ミュラー", "Müller Valérie"], &["はれりー"]),
    ("佐々木 海", "ささき うみ", &["佐佐木", "佐々木", "うみ", "ささきうみ"], &["左々木"]),
    ("佐藤 海", "さとう うみ", &["さとううみ", "さとう うみ", "サトーウミ", "うみ さとう", "うみ", "satou umi"], &["さと ゆみ"]),
    ("五十嵐 \u{e001}", "いがらし なぎ", &["五十嵐", "いがらし", "なぎ", "\u{e001}"], &["いからし"]),
];

#[test]
fn a_name_is_found_however_it_is_written_and_typed() {
    let all: usize = CASES.iter().map(|(.., finds, not)| finds.len() + not.len()).sum();
    assert!(all >= 60, "{all} cases");
    for engine in BOTH {
        let office = office(engine);
        let files: Vec<i64> = CASES.iter().map(|(name, kana, ..)| office.person(name, kana)).collect();
        let mut wrong = Vec::new();
        for (file, (name, _, finds, not)) in files.iter().zip(CASES) {
            wrong.extend(finds.iter().filter(|t| !office.files(t).contains(file)).map(|t| format!("{t} hides {name}")));
            wrong.extend(not.iter().filter(|t| office.files(t).contains(file)).map(|t| format!("{t} finds {name}")));
        }
        assert!(wrong.is_empty(), "{engine:?}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_nearest_come_first() {
    for engine in BOTH {
        let office = office(engine);
        let inside = office.person("西高橋 葵", "にしたかはし あおい");
        let given = office.person("小川 高", "おがわ たか");
        let longer = office.person("高橋本 樹", "たかはしもと いつき");
        let second = office.person("高橋 湊", "たかはし みなと");
        let first = office.person("髙橋 葵", "たかはし あおい");
        assert_eq!(office.files("高橋"), [first, second, longer, inside], "{engine:?}");
        assert_eq!(office.files("たか"), [first, second, longer, given, inside], "{engine:?}");
        assert_eq!(office.files("た"), [first, second, longer, given], "{engine:?}: one kana is a beginning");
    }
}

#[test]
fn several_words_and_a_birthday_are_all_needed() {
    for engine in BOTH {
        let office = office(engine);
        let elder = office.open(resident("髙﨑 湊", "たかさき みなと", "2023-09-12", "11", ""), false);
        let younger = office.open(resident("高崎 湊", "たかさき みなと", "2025-02-03", "12", ""), false);
        let twin = office.open(resident("高崎 葵", "たかさき あおい", "2023-09-12", "13", ""), false);
        for typed in ["高崎 R5.9.12", "ﾀｶｻｷ 2023-09-12", "令和5年9月12日 高崎", "高崎　Ｒ５．９．１２", "高崎 20230912"]
        {
            assert_eq!(office.files(typed).len(), 2, "{engine:?} {typed}");
            assert!(!office.files(typed).contains(&younger), "{engine:?} {typed}");
        }
        assert_eq!(office.files("高崎 湊 R5.9.12"), [elder], "{engine:?}");
        assert_eq!(
            office.files("みなと 令和5年"),
            [elder],
            "{engine:?}: a year is enough where a name stands beside it"
        );
        assert_eq!(office.files("R5.9.12").len(), 2, "{engine:?}");
        assert_eq!(office.files("葵 13"), [twin], "{engine:?}: a name and a number");
        assert!(office.files("高崎 R5.9.13").is_empty(), "{engine:?}");
    }
}

#[test]
fn hostile_terms_find_nobody_and_break_nothing() {
    for engine in BOTH {
        let office = office(engine);
        office.person("高崎 湊", "たかさき みなと");
        let long = "た".repeat(10_000);
        let words = "た ".repeat(200);
        for term in [
            "%",
            "_",
            "%%",
            "__",
            "'",
            "\"",
            "\\",
            "!",
            "'; drop table person; --",
            "\u{0}",
            "高%",
            "・",
            "\u{10ffff}",
            "🍊",
            &long,
        ] {
            assert!(office.files(term).is_empty(), "{engine:?} {term:.20}");
        }
        assert_eq!(office.files("高\u{0}崎").len(), 1, "{engine:?}: what nobody types is a space");
        assert!(office.find(&words).hits.len() <= 1, "{engine:?}");
        let mut nurse = office.site.as_role(casework::Role::Phn);
        for term in ["%", "\u{0}", "<script>alert(1)</script>", &long] {
            let answer = nurse.post("/persons", &[("term", term), ("from", "-1")]);
            assert_eq!(answer.status, 200, "{engine:?} {term:.20}");
            assert!(!answer.body.contains("<script>alert"), "{engine:?}");
        }
        assert!(
            nurse.post("/persons", &[("term", &long)]).body.contains("はじめの100文字"),
            "{engine:?}: the limit is said"
        );
    }
}

/// Property: whoever is found by a full name is found by each two characters of it, and by the reading.
#[test]
fn whoever_is_found_by_a_name_is_found_by_each_part_of_it() {
    let names: Vec<Vec<&str>> =
        include_str!("../../../../demo/names.tsv").lines().map(|line| line.split('\t').collect()).collect();
    let of = |kind: &str| names.iter().filter(|n| n[0] == kind).map(|n| (n[1], n[2])).collect::<Vec<_>>();
    let (surnames, given) = (of("surname"), [of("girl"), of("man")].concat());
    for engine in BOTH {
        let office = office(engine);
        let many = surnames.iter().zip(given.iter().cycle().skip(7)).step_by(4);
        for ((family, family_kana), (name, kana)) in many {
            let file = office.person(&format!("{family}　{name}"), &format!("{family_kana} {kana}"));
            let parts = |text: &str| -> Vec<String> {
                let chars: Vec<char> = text.chars().collect();
                chars.windows(2).map(|two| two.iter().collect()).collect()
            };
            let (whole, reading) = (format!("{family}{name}"), format!("{family_kana}{kana}"));
            let mut terms = [parts(&whole), parts(&reading)].concat();
            terms.extend([
                whole,
                reading,
                format!("{family} {name}"),
                format!("{kana} {family_kana}"),
                (*kana).to_owned(),
            ]);
            for term in terms {
                assert!(
                    office.files(&term).contains(&file),
                    "{engine:?}: {term} hides {family} {name} ({family_kana} {kana})"
                );
            }
        }
    }
}
