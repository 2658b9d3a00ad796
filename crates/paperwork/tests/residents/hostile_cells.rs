//! One cell or one row is wrong (or looks so): each is read, or answered with a message that names line, column, what
//! was read and what was expected.

use paperwork::residents::{Change, Sex, Standing};

use crate::{GOOD, HEADER, file, one, read, row_with, told};

/// A changed part of the good row, and a part of the message that must come.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "平成2年5月3日",
        "令和8年2月31日",
        "2行目 生年月日：「令和8年2月31日」と読みました。実在する日付（例 R8.2.28）が必要です",
    ),
    ("平成2年5月3日", "令和0年5月1日", "1年（元年）以後の和暦"),
    ("平成2年5月3日", "令和1年4月30日", "平成31年4月30日（令和は2019年5月1日から）が必要です"),
    ("平成2年5月3日", "平成31年5月1日", "令和元年5月1日（平成は2019年4月30日まで）が必要です"),
    ("平成2年5月3日", "昭和65年1月1日", "平成2年1月1日（昭和は1989年1月7日まで）が必要です"),
    ("平成2年5月3日", "33000", "Excelの通し番号"),
    ("平成2年5月3日", "", "2行目 生年月日：空欄です。"),
    ("平成2年5月3日", "不詳", "少なくとも年のわかる生年月日が必要です"),
    ("平成2年5月3日", "99999999", "少なくとも年のわかる生年月日が必要です"),
    ("平成2年5月3日", "05/03/90", "西暦4桁または元号のついた日付"),
    ("平成2年5月3日", "=TODAY()", "「=TODAY()」と読みました。日付（例 "),
    ("平成2年5月3日", "19900230", "実在する日付（例 1990-02-28）"),
    ("平成2年5月3日", "7020503", "元号コード1〜5"),
    ("平成2年5月3日", "H2.13.1", "日付（例 "),
    ("平成2年5月3日", "29900503", "日付（例 "),
    (
        "平成2年5月3日",
        "令和8年4月2日",
        "2行目 異動日：「2026-04-01」と読みました。生年月日（2026-04-02）以後の異動日が必要です",
    ),
    (",2,妻", ",3,妻", "2行目 性別：「3」と読みました。「1」「男」"),
    (",2,妻", ",,妻", "2行目 性別：空欄です。"),
    (",転入,", ",引越,", "2行目 異動事由：「引越」と読みました。"),
    ("令和8年4月1日", "", "2行目 異動日：空欄です。転入の異動日が必要です"),
    ("令和8年4月1日", "令和8年4月31日", "実在する日付（例 R8.4.30）"),
    ("令和8年4月3日", "令和8年4月", "「2026-04-01〜2026-04-30」と読みました。日までわかる日付が必要です"),
    ("0000000012", "", "2行目 宛名番号：空欄です。宛名番号が必要です"),
    ("0000000012", "1.2E+10", "Excelの指数表示"),
    ("0000000012", "=\"12\"", "引用符"),
    ("0000000012", "=12", "「=12」と読みました。20文字以内の英数字の番号"),
    ("0000000012", "123456789012345678901", "20文字以内"),
    ("0000000100", "世帯１", "世帯番号：「●●●」と読みました。20文字以内"),
    ("山田　花子", "", "2行目 氏名：空欄です。氏名（名が未定の子は「名未定」）が必要です"),
    ("山田　花子", "山\0田", "2行目 氏名：「NUL（0x00）を含む文字」"),
    ("山田　花子", "山\u{1b}田", "制御文字のない文字（2文字目にあります）"),
    ("山田　花子", "山田�", "文字化けの印"),
    ("山田　花子", "山田\u{202e}花", "文字の並びを逆にする制御文字"),
    ("山田　花子", "\"山田\n花子\"", "改行やタブのない文字"),
    ("やまだ　はなこ", "山田花子", "漢字「山」があります"),
    ("123-4567", "123-456", "「●●●」と読みました。7桁の郵便番号"),
    ("123-4567", "1234567x", "7桁の郵便番号"),
    (",0,", ",9,", "2行目 支援措置：「9」と読みました。"),
    (",0,", ",?,", "2行目 支援措置：「?」と読みました。"),
    ("山手市丘1,0,", "山手市丘1,0,謎", "2行目 住民区分：「謎」と読みました。"),
    ("港地区,", "", "2行目 行全体：「22列」と読みました。見出しと同じ23列が必要です"),
    ("山手市丘1,0,", "山手市丘1,0,0,0,0", "2行目 行全体：「25列」と読みました。見出しと同じ23列が必要です"),
    ("山手市丘1,0,", "山手市丘1,0,,x", "「24列」"),
    ("山田　花子", "\"山田　花子", "2行目 3列目："),
    ("山田　花子", "山田\"花子", "引用符（\"）で始まり引用符で終わる欄が必要です"),
    ("山田　花子", "\"山田\"花子", "閉じる引用符（\"）の直後に区切り文字"),
];

#[test]
fn wrong_cells_are_named() {
    assert!(REFUSED.len() >= 40);
    for (from, to, part) in REFUSED {
        let message = row_with(from, to).expect_err(to);
        assert!(message.contains(part), "{to}\n  said: {message}\n  want: {part}");
        assert!(!message.contains('\0') && message.starts_with("2行目"), "{message}");
    }
}

#[test]
fn text_too_long_is_named_and_shortened() {
    let message = row_with("山田　花子", &"長".repeat(101)).unwrap_err();
    assert!(message.contains("100文字以内の文字（101文字あります）") && message.contains('…'), "{message}");
    assert!(message.chars().count() < 120, "{message}");
    assert!(row_with("山田　花子", &"長".repeat(100)).is_ok());
    assert!(row_with("汐見荘101号", &"号".repeat(301)).is_err());
}

#[test]
fn all_that_is_wrong_in_a_row_is_said_at_once() {
    let bad = GOOD.replace("平成2年5月3日", "令和8年2月31日").replace(",2,妻", ",女の子,妻").replace(",0,", ",?,");
    let message = one(read(file(&[&bad]))).unwrap_err();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 3, "{message}");
    assert!(lines[0].contains("生年月日") && lines[1].contains("性別") && lines[2].contains("支援措置"), "{message}");
}

#[test]
fn what_only_looks_wrong_is_read() {
    let same = row_with("123-4567", "123-4567").unwrap();
    for (from, to) in [
        ("平成2年5月3日", "1990-05-03"),
        ("平成2年5月3日", "１９９０／５／３"),
        ("平成2年5月3日", "4020503"),
        ("平成2年5月3日", "平成０２年０５月０３日"),
        ("平成2年5月3日", " H2.5.3 "),
        (",2,妻", ",２,妻"),
        (",2,妻", ",女,妻"),
        (",2,妻", ",02,妻"),
        ("123-4567", "１２３４５６７"),
        ("123-4567", "〒123-4567"),
        ("0000000012", "００００００００１２"),
        ("0000000012", " 0000000012　"),
        (",0,", ",,"),
        ("山手市丘1,0,", "山手市丘1,0,,,,"),
        ("山手市丘1,0,", "山手市丘1,0,住民"),
        ("山田　花子", "\"山田　花子\""),
        ("山田　花子", "　山田　花子  "),
        ("汐見荘101号", "\"汐見荘101号\" "),
    ] {
        assert_eq!(row_with(from, to).as_ref(), Ok(&same), "{to}");
    }
}

#[test]
fn formula_looking_cells_are_text() {
    for formula in ["=1+1", "+81-90-0000-0000", "-12", "@SUM(A1)", "=HYPERLINK(\"\"x\"\")"] {
        let row = row_with("汐見荘101号", &format!("\"{formula}\"")).unwrap();
        assert_eq!(row.building.unwrap(), formula.replace("\"\"", "\""));
    }
    assert_eq!(row_with("山田　花子", "=cmd|calc").unwrap().name, "=cmd|calc");
}

#[test]
fn values_are_typed_and_text_is_as_received() {
    let row = row_with("0000000012", "0000000012").unwrap();
    assert_eq!((row.number.as_str(), row.name.as_str()), ("0000000012", "山田　花子"));
    assert_eq!(row.kana_hiragana.as_deref(), Some("やまだ　はなこ"));
    assert_eq!((row.birth.lo.to_string().as_str(), row.birth.is_exact()), ("1990-05-03", true));
    assert_eq!((row.sex, row.change, row.standing), (Sex::Female, Change::MoveIn, Standing::Resident));
    assert_eq!(row.changed_on.unwrap().lo.to_string(), "2026-04-01");
    assert_eq!(row.notified_on.unwrap().to_string(), "2026-04-03");
    assert_eq!((row.protected, row.former_name, row.moved_to), (Some(false), None, None));

    assert_eq!(row_with("やまだ　はなこ", "ﾔﾏﾀﾞ ﾊﾅｺ").unwrap().kana.as_deref(), Some("ﾔﾏﾀﾞ ﾊﾅｺ"));
    assert_eq!(row_with("やまだ　はなこ", "ﾔﾏﾀﾞ ﾊﾅｺ").unwrap().kana_hiragana.as_deref(), Some("やまだ　はなこ"));
    assert_eq!(row_with(",0,", ",対象,").unwrap().protected, Some(true));
    assert_eq!(row_with("山手市丘1,0,", "山手市丘1,0,住登外").unwrap().standing, Standing::Outside);
    for name in ["𠮷田　葛\u{e0100}子", "髙﨑①㈱", "\u{e001}田", "Nguyễn Thị Đào"] {
        assert_eq!(row_with("山田　花子", name).unwrap().name, name);
    }
    let birth = row_with("平成2年5月3日", "平成2年5月").unwrap().birth;
    assert_eq!((birth.lo.to_string(), birth.hi.to_string()), ("1990-05-01".into(), "1990-05-31".into()));
}

#[test]
fn a_foreign_resident_may_have_letters_only() {
    let letters = GOOD.replace("山田　花子,やまだ　はなこ,,,", ",アナ　ミュラー,,,MÜLLER ANA");
    assert_eq!(one(read(file(&[&letters]))).unwrap().name, "MÜLLER ANA");
    let alias = GOOD.replace("山田　花子,やまだ　はなこ,,,", ",はなこ,,花子,");
    assert_eq!(one(read(file(&[&alias]))).unwrap().name, "花子");
}

#[test]
fn gaiji_and_lost_characters_are_notes_not_errors() {
    let row = row_with("山田　花子", "山\u{e0bc}　〓子").unwrap();
    let notes: Vec<String> = row.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes.len(), 2);
    assert!(notes[0].starts_with("2行目 氏名：外字（U+E0BC）"), "{notes:?}");
    assert!(notes[1].contains('〓'), "{notes:?}");
    assert_eq!(row.name, "山\u{e0bc}　〓子");
}

#[test]
fn a_broken_row_never_stops_the_others() {
    let other = |n: u32| GOOD.replace("0000000012", &format!("{n:010}"));
    for (from, to, _) in REFUSED {
        let text = file(&[&other(1), &GOOD.replacen(from, to, 1), &other(2), &other(3)]);
        let told = told(read(&text));
        assert_eq!(told.first().map(String::as_str), Some("2 ok 0000000001"), "{to}: {told:?}");
        let rest: Vec<&str> = told[told.len() - 2..].iter().map(|t| t.split_once(' ').unwrap().1).collect();
        assert_eq!(rest, ["ok 0000000002", "ok 0000000003"], "{to}: {told:?}");
    }
}

#[test]
fn a_shifted_row_is_not_taken_for_a_trailing_separator() {
    let shifted = GOOD.replace("港地区,", "港地区,余分,");
    assert!(shifted.ends_with(','));
    let said = told(read(file(&[GOOD, &shifted])));
    assert_eq!(said[1], "3行目 行全体：「24列」と読みました。見出しと同じ23列が必要です");
    let said = told(read(file(&[&format!("{GOOD},"), &GOOD.replace("港地区,", ",")])));
    assert_eq!(said[1], "3行目 行全体：「23列」と読みました。最初の行と同じ24列が必要です");
}

#[test]
fn one_person_twice() {
    let later = GOOD.replace("転入,令和8年4月1日", "転居,令和8年9月1日");
    let same_day = GOOD.replace("転入,", "世帯変更,");
    let undated = GOOD.replace("転入,令和8年4月1日", ",");
    let other_name = GOOD.replace("山田", "山本");
    let told_of = |lines: &[&str]| told(read(file(lines)));
    assert_eq!(told_of(&[GOOD, &later]), ["2 ok 0000000012", "3 ok 0000000012"]);
    assert_eq!(told_of(&[GOOD, &same_day]), ["2 ok 0000000012", "3 ok 0000000012"]);
    assert_eq!(told_of(&[GOOD, GOOD]), ["2 ok 0000000012"]);
    for (second, why) in [
        (&other_name, "同じ日・同じ事由で内容が違います"),
        (&undated, "異動日がないため、どちらが新しいか分かりません"),
    ] {
        let told = told_of(&[GOOD, second]);
        assert!(told[1].starts_with("3行目 宛名番号：「0000000012（2行目と同じ番号。"), "{told:?}");
        assert!(told[1].contains(why), "{told:?}");
    }
    let told = told_of(&[&later, GOOD, &later]);
    assert!(told[1].contains("順序が逆です"), "{told:?}");
    assert_eq!(told.len(), 2, "the third repeats the first: {told:?}");
}

#[test]
fn the_header_line_alone_holds_nobody() {
    assert_eq!(told(read(format!("{HEADER}\r\n"))), Vec::<String>::new());
    assert_eq!(told(read(HEADER)), Vec::<String>::new());
}
