//! What a nurse finds after a file came in.

use casework::body::Service;
use server::intake::events::stage::NotStaged;

use crate::office::{
    again, assert_sound, bring_in, day, decide, done, file_of, offices, said, settled, staged, stands, take_back, typed,
};
use crate::support::city::Hall;

const SHOTS: &str = "宛名番号,予防接種種別,回数,接種日,ワクチン名,医療機関,ロット番号\r\n";

fn shots(rows: &[&str]) -> String {
    rows.iter().fold(SHOTS.to_owned(), |text, row| text + *row + "\r\n")
}

#[test]
fn what_the_old_ledger_knew_stands_in_the_childs_file_and_the_same_again_writes_nothing() {
    for hall in offices() {
        let text = shots(&[
            "0003,BCG,1,R7.3.10,,みなと小児科,A1",
            "0003,小児肺炎球菌,1,2024-12-05,PCV20,,",
            "0003,小児肺炎球菌,2,2025-01-06,PCV20,,",
            "0003,MR第1期,1,R7.10.20,,,",
        ]);
        let look = staged(&hall, "vaccination", &text).unwrap();
        assert_eq!(
            (look.summary.counts.new, look.summary.unread_columns.as_slice()),
            (4, &["ロット番号".to_owned()][..])
        );
        assert_eq!(stands(&hall, "0003", "service"), [""; 0], "{}: nothing before applying", hall.name);
        let batch = bring_in(&hall, "vaccination", &text);
        assert_eq!(
            stands(&hall, "0003", "service"),
            [
                said("pcv", "2024-12-05", "vaccination"),
                said("pcv", "2025-01-06", "vaccination"),
                said("bcg", "2025-03-10", "vaccination"),
                said("mr", "2025-10-20", "vaccination"),
            ]
        );
        assert_eq!(settled(&hall, "0003", "bcg"), ["bcg done"], "{}", hall.name);
        let through = "select source || ' ' || cast(through as text) || ' ' || cast(lag_days as text) as t from arrival \
                       where source = 'vaccination'";
        assert_eq!(hall.one(through), format!("vaccination {} 45", day("2025-10-20").0));
        let second = bring_in(&hall, "vaccination", &text);
        assert_eq!((second.progress.counts.known, second.run.events), (4, 0), "{}", hall.name);
        assert_eq!(second.summary.before.map(|(id, _)| id), Some(batch.id));
        assert_eq!(hall.one("select content as t from staged_row where state <> 'waiting' and batch > 2"), "");
        assert_sound(&hall);
    }
}

#[test]
fn what_a_nurse_typed_is_not_doubled_and_what_contradicts_it_waits() {
    for hall in offices() {
        typed(&hall, "bcg", "0003", "2025-03-10", done("bcg"));
        typed(&hall, "pcv", "0003", "2024-12-05", Service { product: Some("pcv15".into()), ..done("pcv") });
        let text = shots(&[
            "0003,BCG,1,R7.3.11,,,",
            "0003,小児肺炎球菌,1,2024-12-05,PCV20,,",
            "0003,小児肺炎球菌,2,2025-01-06,PCV20,,",
        ]);
        let batch = bring_in(&hall, "vaccination", &text);
        let counts = &batch.progress.counts;
        assert_eq!((counts.new, counts.contradicts), (1, 2), "{}: {counts:?}", hall.name);
        let waiting =
            "select cast(line as text) || ' ' || mark as t from staged_row where state = 'waiting' order by line";
        assert_eq!(hall.texts(waiting), ["2 contradicts", "3 contradicts"]);
        // The other day was a slip of the pen in the ledger: the file's day takes its place.
        assert!(decide(&hall, batch.id, 2, "replace", "", "").is_err(), "a reason is asked for");
        decide(&hall, batch.id, 2, "replace", "", "予診票で確認").unwrap();
        decide(&hall, batch.id, 3, "leave", "", "母子手帳はPCV15").unwrap();
        assert_eq!(hall.texts(waiting), [""; 0], "{}", hall.name);
        assert!(decide(&hall, batch.id, 2, "take", "", "もう一度").is_err(), "decided once");
        let settled_on =
            hall.one("select cast(settled_on as text) as t from duty where key = 'bcg' and settled_on is not null");
        assert_eq!(settled_on, day("2025-03-11").0.to_string());
        assert_eq!(again(&hall, batch.id).progress.settled, 2);
        assert_sound(&hall);
        take_back(&hall, batch.id);
        let settled_on =
            hall.one("select cast(settled_on as text) as t from duty where key = 'bcg' and settled_on is not null");
        assert_eq!(settled_on, day("2025-03-10").0.to_string(), "{}: as she had typed it", hall.name);
        assert_sound(&hall);
    }
}

#[test]
fn whoever_is_not_found_waits_until_somebody_says_who_it_is() {
    for hall in offices() {
        let text = "宛名番号,氏名,ふりがな,生年月日,性別,受診日,判定\r\n\
                    ,試験 湊,シケン,R6.10.1,男,R8.5.12,要精密\r\n\
                    9999,だれか,だれか,R6.10.2,男,R8.5.12,異常なし\r\n\
                    0003,別の子,しけん,R5.1.1,男,R8.5.13,異常なし\r\n";
        let batch = bring_in(&hall, "checkup_18m", text);
        let counts = &batch.progress.counts;
        assert_eq!((counts.new, counts.by_name, counts.lost), (1, 1, 2), "{}: {counts:?}", hall.name);
        assert_eq!(batch.progress.named, [file_of(&hall, "0003")], "named for a look");
        let result = hall.one("select body as t from event where kind = 'service'");
        assert!(result.contains("needs_exam"), "{}: 要精密 stays what it is: {result}", hall.name);
        assert!(decide(&hall, batch.id, 3, "person", "0404", "").is_err());
        let told = decide(&hall, batch.id, 3, "person", "0005", "");
        assert!(told.is_err(), "{}: another day of birth asks for a reason: {told:?}", hall.name);
        decide(&hall, batch.id, 3, "leave", "", "転出した子").unwrap();
        let left = "select cast(count(*) as text) as t from staged_row where state = 'waiting'";
        assert_eq!(hall.one(left), "1");
        assert_eq!(
            hall.one("select content as t from staged_row where state = 'settled'"),
            "",
            "nothing is kept twice"
        );
        assert_sound(&hall);
    }
}

#[test]
fn somebody_who_comes_into_the_register_meanwhile_is_found() {
    for hall in offices() {
        let text = shots(&["0042,BCG,1,R8.5.20,,,"]);
        let look = staged(&hall, "vaccination", &text).unwrap();
        assert_eq!(look.summary.counts.lost, 1);
        let child = crate::support::city::Line {
            number: "0042",
            name: "試験 空",
            birth: "2025-12-01",
            relation: "子",
            ..Default::default()
        };
        hall.import(&crate::support::city::file(&[child]));
        server::intake::imports::apply::order::<server::intake::events::Events>(&hall.doors, &hall.actor, look.id)
            .unwrap();
        let batch = server::intake::imports::apply::run::<server::intake::events::Events>(hall.work(), look.id, |_| {})
            .unwrap();
        assert_eq!((batch.progress.counts.new, batch.progress.counts.lost), (1, 0), "{}", hall.name);
        assert_eq!(settled(&hall, "0042", "bcg"), ["bcg done"]);
    }
}

#[test]
fn not_coming_is_a_record_and_a_month_stays_a_month() {
    for hall in offices() {
        bring_in(&hall, "absence", "宛名番号,未受診把握日,未受診事業\r\n0003,R8.5.30,1歳6か月児健診\r\n");
        assert_eq!(stands(&hall, "0003", "service"), [said("checkup_18m", "2026-05-30", "checkup")]);
        assert_eq!(settled(&hall, "0003", "checkup_18m"), [""; 0], "{}: not coming settles nothing", hall.name);
        // Then he came.
        let batch = bring_in(&hall, "checkup_18m", "宛名番号,受診日,判定\r\n0003,R8.6,要観察\r\n");
        assert_eq!(batch.progress.counts.new, 1, "{}: {:?}", hall.name, batch.progress.counts);
        let (from, to) = (day("2026-06-01").0, day("2026-06-30").0);
        assert!(stands(&hall, "0003", "service").contains(&format!("checkup_18m {from} {to} checkup")));
        assert_eq!(settled(&hall, "0003", "checkup_18m"), ["checkup_18m done"]);
        // The exact day of that month says nothing new.
        let batch = bring_in(&hall, "checkup_18m", "宛名番号,受診日,判定\r\n0003,R8.6.9,要観察\r\n");
        assert_eq!((batch.progress.counts.known, batch.progress.counts.new), (1, 0), "{}", hall.name);
        let arrived = hall.one("select cast(through as text) as t from arrival where source = 'checkup'");
        assert_eq!((arrived, batch.run.events), (day("2026-06-09").0.to_string(), 1), "only its arrival is news");
        assert_sound(&hall);
    }
}

#[test]
fn a_visit_by_the_midwife_settles_the_visit_and_an_absence_does_not() {
    for hall in offices() {
        let text = "宛名番号,訪問日,訪問種別,訪問結果\r\n0005,R8.4.2,新生児訪問,不在\r\n0005,R8.4.9,新生児訪問,\r\n";
        let batch = bring_in(&hall, "visit", text);
        assert_eq!(batch.progress.counts.new, 2);
        assert_eq!(
            stands(&hall, "0005", "visit"),
            [said("home_visit_newborn", "2026-04-02", "visit"), said("home_visit_newborn", "2026-04-09", "visit")]
        );
        let on = hall.one(&format!(
            "select cast(settled_on as text) as t from duty where file = {} and service = 'home_visit_4m'",
            file_of(&hall, "0005")
        ));
        assert_eq!(on, day("2026-04-09").0.to_string(), "{}", hall.name);
        assert_sound(&hall);
    }
}

#[test]
fn a_pregnancy_opens_once_and_its_vouchers_find_it() {
    for hall in offices() {
        let text = "宛名番号,届出日,分娩予定日,胎児数\r\n0001,R8.5.1,R8.12.20,単胎\r\n";
        let batch = bring_in(&hall, "pregnancy", text);
        assert_eq!((batch.progress.counts.new, batch.progress.births), (1, 0), "{}", hall.name);
        assert_eq!(hall.one("select subjects as t from person where number = '0001'"), "pregnancy");
        assert_eq!(bring_in(&hall, "pregnancy", text).run.events, 0, "no second pregnancy");
        // Another expected day of the same pregnancy is for somebody to decide.
        let moved = bring_in(&hall, "pregnancy", &text.replace("R8.12.20", "R8.12.13"));
        assert_eq!((moved.progress.counts.contradicts, moved.progress.counts.new), (1, 0), "{}", hall.name);
        decide(&hall, moved.id, 2, "replace", "", "超音波で修正").unwrap();
        let edd = hall.one("select cast(edd as text) as t from person where number = '0001'");
        assert_eq!(edd, day("2026-12-13").0.to_string());

        let vouchers = "宛名番号,受診日,受診票番号\r\n0001,R8.5.10,1\r\n0001,R8.6.7,2\r\n0005,R8.6.7,1\r\n";
        let batch = bring_in(&hall, "prenatal_checkup", vouchers);
        assert_eq!((batch.progress.counts.new, batch.progress.counts.no_pregnancy), (2, 1), "{}", hall.name);
        let episodes = hall.texts("select cast(episode as text) as t from event where code = 'prenatal_checkup'");
        assert_eq!(episodes, ["1", "1"], "{}", hall.name);
        assert_sound(&hall);
    }
}

#[test]
fn a_pregnancy_of_years_ago_ended_with_the_child_on_file() {
    for hall in offices() {
        let open = |hall: &Hall| {
            hall.texts(
                "select file || ' ' || key as t from duty where service = 'birth_unknown' and settled_how is null",
            )
        };
        let text = "宛名番号,届出日,分娩予定日\r\n0001,R6.3.1,R6.10.5\r\n";
        let before = hall.tables();
        let batch = bring_in(&hall, "pregnancy", text);
        assert_eq!((batch.progress.counts.new, batch.progress.births), (1, 1), "{}", hall.name);
        assert_eq!(open(&hall), [""; 0], "{}: nobody is asked about that birth", hall.name);
        assert_eq!(hall.one("select subjects as t from person where number = '0001'"), "postpartum");
        let checkup = bring_in(&hall, "postpartum_checkup", "宛名番号,受診日,時期\r\n0001,R6.10.16,産後2週間\r\n");
        assert_eq!(checkup.progress.counts.new, 1, "{}", hall.name);
        assert_eq!(settled(&hall, "0001", "postpartum_checkup_2w").len(), 1);
        assert_sound(&hall);
        take_back(&hall, checkup.id);
        take_back(&hall, batch.id);
        assert_eq!(hall.tables(), before, "{}", hall.name);
    }
}

#[test]
fn doses_are_counted_by_days_and_the_sources_count_is_only_told() {
    for hall in offices() {
        let text = shots(&["0003,小児肺炎球菌,2,2025-01-06,PCV20,,", "0003,小児肺炎球菌,3,2025-02-10,PCV20,,"]);
        let batch = bring_in(&hall, "vaccination", &text);
        let counts = &batch.progress.counts;
        assert_eq!((counts.new, counts.counted_otherwise), (2, 2), "{}: {counts:?}", hall.name);
        assert!(batch.summary.notices[0].1.contains("元の記録では2回目"), "{:?}", batch.summary.notices);
        // The one that was missing comes later: now the source's count is right.
        let batch = bring_in(&hall, "vaccination", &shots(&["0003,小児肺炎球菌,1,2024-12-05,PCV20,,"]));
        assert_eq!((batch.progress.counts.new, batch.progress.counts.contradicts), (1, 0), "{}", hall.name);
        // A second first dose on another day is nobody's to believe.
        let batch = bring_in(&hall, "vaccination", &shots(&["0003,小児肺炎球菌,1,2024-12-12,PCV20,,"]));
        assert_eq!(batch.progress.counts.contradicts, 1, "{}", hall.name);
        assert_sound(&hall);
    }
}

#[test]
fn the_same_row_twice_is_one_record_and_corrected_rows_come_in_later() {
    for hall in offices() {
        let rows =
            ["0003,BCG,1,R7.3.10,,,", "0003,BCG,1,R7.3.10,,,", "0003,水痘,1,R7.2.31,,,", "0003,水痘,1,R7.10.31,,,"];
        let batch = bring_in(&hall, "vaccination", &shots(&rows));
        let counts = &batch.progress.counts;
        assert_eq!((counts.new, counts.repeated, batch.summary.broken), (2, 1, 1), "{}: {counts:?}", hall.name);
        let mended = bring_in(&hall, "vaccination", &shots(&["0003,BCG,1,R7.3.10,,,", "0003,水痘,2,R8.2.28,,,"]));
        assert_eq!((mended.progress.counts.new, mended.progress.counts.known), (1, 1), "{}", hall.name);
        assert_eq!(stands(&hall, "0003", "service").len(), 3);
    }
}

#[test]
fn a_file_that_breaks_off_leaves_nothing_behind() {
    for hall in offices() {
        let before = (hall.tables(), hall.one("select cast(count(*) as text) as t from batch"));
        let whole = shots(&["0003,BCG,1,R7.3.10,,,", "0003,水痘,1,R7.10.31,,,"]);
        for text in [&whole[..whole.len() - 9], "品名,単価\r\nりんご,100\r\n", "", &whole.replace("接種日", "日")]
        {
            let Err(NotStaged::File(why)) = staged(&hall, "vaccination", text) else { panic!("{}: {text}", hall.name) };
            assert!(!why.to_string().is_empty());
        }
        assert_eq!((hall.tables(), hall.one("select cast(count(*) as text) as t from batch")), before, "{}", hall.name);
        assert_eq!(hall.one("select content as t from staged_row"), "");
    }
}
