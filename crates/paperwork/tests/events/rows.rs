//! Good files of every kind.

use paperwork::decode::encode_cp932;
use paperwork::residents::Sex;
use rules::{Day, Span};

use crate::read;

fn day(text: &str) -> Span {
    Span::on(Day::parse_iso(text).unwrap())
}

#[test]
fn vaccinations_in_the_words_of_several_systems() {
    let text = "宛名番号,予防接種種別,回数,接種日,ワクチン名,ロット番号,CVX\r\n\
                0001,結核（BCG）,1,R7.4.10,,AB123,19\r\n\
                0001,MR第1期,第1回,20260105,ミールビック,,\r\n\
                0001,ロタ,2回目,2025/6/3,ロタリックス内用液,,\r\n\
                0001,日本脳炎,1期追加,令和8年5月,,,\r\n";
    for bytes in [text.as_bytes().to_vec(), encode_cp932(text).unwrap(), format!("\u{feff}{text}").into_bytes()] {
        let rows = read("vaccination", bytes).unwrap();
        let told: Vec<_> = rows
            .iter()
            .map(|(line, r)| (*line, r.service.as_str(), r.dose, r.product.as_deref(), r.result.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (2, "bcg", Some(1), None, "done"),
                (3, "mr", Some(1), None, "done"),
                (4, "rota", Some(2), Some("rotarix"), "done"),
                (5, "je", None, None, "done"),
            ]
        );
        assert_eq!(rows[0].1.day, day("2025-04-10"));
        let month = Span { lo: Day::parse_iso("2026-05-01").unwrap(), hi: Day::parse_iso("2026-05-31").unwrap() };
        assert_eq!(rows[3].1.day, month, "年月のみ stays 年月のみ");
    }
}

#[test]
fn results_keep_what_the_source_said() {
    let text = "宛名番号\t受診日\t総合判定\t体重(g)\t身長(cm)\t備考\n\
                0001\tR8.4.1\t要精密検査\t10,250\t80.5\t視力\n\
                0002\tR8.4.1\t要経過観察\t\t\t\n\
                0003\tR8.4.1\t未受診\t\t\t\n\
                0004\tR8.4.1\t異常なし\t\t\t\n";
    let rows = read("019063", text).unwrap();
    let told: Vec<_> = rows.iter().map(|(_, r)| (r.service.as_str(), r.result.as_str())).collect();
    assert_eq!(
        told,
        [("checkup_18m", "needs_exam"), ("checkup_18m", "watch"), ("checkup_18m", "absent"), ("checkup_18m", "normal")]
    );
    assert_eq!((rows[0].1.weight, rows[0].1.height, rows[0].1.note.as_str()), (Some(10_250.0), Some(80.5), "視力"));
}

#[test]
fn a_file_of_absences_says_absent_in_every_row() {
    let rows = read("absence", "宛名番号,未受診把握日,未受診事業\n7,20261001,3歳児健診\n").unwrap();
    assert_eq!((rows[0].1.service.as_str(), rows[0].1.result.as_str()), ("checkup_3y", "absent"));
}

#[test]
fn pregnancies_visits_and_the_months_after_a_birth() {
    let rows = read("pregnancy", "宛名番号,届出日,出産予定日,胎児数,第何子\n9,R8.5.1,R8.12.24,双胎,第2子\n").unwrap();
    let row = &rows[0].1;
    assert_eq!((row.edd, row.fetuses, row.birth_order), (Day::parse_iso("2026-12-24"), Some(2), Some(2)));
    let rows = read("visit", "宛名番号,訪問日,訪問種別,訪問結果\n9,R8.5.1,新生児訪問,不在\n9,R8.5.9,,\n").unwrap();
    let told: Vec<_> = rows.iter().map(|(_, r)| (r.service.as_str(), r.result.as_str())).collect();
    assert_eq!(told, [("home_visit_newborn", "absent"), ("home_visit_4m", "done")]);
    let rows = read("postpartum_checkup", "宛名番号,受診日,時期\n9,R8.5.1,産後2週間\n9,R8.5.20,\n").unwrap();
    let told: Vec<_> = rows.iter().map(|(_, r)| r.service.as_str()).collect();
    assert_eq!(told, ["postpartum_checkup_2w", "postpartum_checkup"]);
    let rows = read("prenatal_checkup", "宛名番号,受診日,受診票番号\n9,R8.5.1,3\n").unwrap();
    assert_eq!((rows[0].1.service.as_str(), rows[0].1.dose), ("prenatal_checkup", Some(3)));
}

#[test]
fn a_person_without_a_number_is_named_by_birth_kana_and_sex() {
    let text = "宛名番号,フリガナ,生年月日,性別,受診日\n,ヤマダ ハナ,R6.4.1,女,R7.11.1\n";
    let row = &read("checkup_18m", text).unwrap()[0].1;
    assert_eq!((row.number.as_str(), row.kana.as_str(), row.sex), ("", "やまだ　はな", Sex::Female));
    let said = read("checkup_18m", "宛名番号,生年月日,受診日\n,R6.4.1,R7.11.1\n").unwrap_err();
    assert!(said.contains("2行目 宛名番号：空欄です"), "{said}");
}
