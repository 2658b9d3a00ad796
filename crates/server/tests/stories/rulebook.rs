//! 規則集: an official holds the program against the law; a coordinator sees which rule is noise.

use casework::{Body, Role, Sensitivity, body::Closure};

use super::desk::{fill, record, register, site};
use crate::support::site::{BOTH, Site, Visitor};

/// The page without its markup, spaces folded.
pub fn text(body: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

pub fn read(visitor: &mut Visitor, path: &str) -> String {
    let page = visitor.get(path);
    assert_eq!(page.status, 200, "{path}");
    text(&page.body)
}

/// 「施行令第3条と実施要領の小児肺炎球菌の表と、画面がそのまま照らし合わせられる」
#[test]
fn the_official_holds_pneumococcus_against_the_ministrys_table() {
    let site = site();
    let page = read(&mut site.as_role(Role::Prefecture), "/rulebook/pcv");
    for told in [
        "予防接種法施行令第3条（小児の肺炎球菌感染症）",
        "生後2月に至る日",
        "生後60月に至る日",
        "全4回（初回接種3回・追加接種1回）",
        "全3回（初回接種2回・追加接種1回）",
        "前回から60日以上",
        "生後24月に至る日を過ぎたら行わない",
        "2回目が生後12月に至る日を過ぎたときは行わない",
        "生後12月に至る日から、生後15月に至る日まで",
        "きょう（令和8年11月24日）この期間にいるのは、令和3年11月25日から令和8年9月25日までに生まれた人です。",
        "A 接種なし：開始年齢で回数が変わる",
    ] {
        assert!(page.contains(told), "{told} is missing");
    }
    // 令和8年4月10日生まれ：2月に至る日は6月9日、27日おいて7月7日・8月4日、1歳に至る日は9年4月9日。
    let row: String = page.split_whitespace().collect();
    for day in ["R8.6.9", "R8.7.7", "R8.8.4", "R9.4.9"] {
        assert!(row.contains(day), "{day} of the example is missing");
    }
}

/// 「令和8年度のMR第2期は令和2年4月2日から令和3年4月1日生まれ、と書いてある」
#[test]
fn the_school_year_of_mr2_stands_on_its_page() {
    let site = site();
    let page = read(&mut site.as_role(Role::Clerk), "/rulebook/mr2");
    assert!(page.contains("令和2年4月2日から令和3年4月1日までに生まれた人"));
    assert!(page.contains("例：令和2年4月2日生まれ") && page.contains("例：令和3年4月1日生まれ"));
    assert!(page.contains("R8.4.1") && page.contains("R9.3.31"));
}

/// 「古い版も見られ、いまの版ではないとわかる」
#[test]
fn an_older_version_is_shown_and_says_that_it_is_not_todays() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let old = read(&mut nurse, "/rulebook/hpv?version=2013-04-01");
    assert!(old.contains("きょうの版ではありません"), "{old}");
    let now = read(&mut nurse, "/rulebook/hpv");
    assert!(!now.contains("きょうの版ではありません") && now.contains("hpv_2026.toml"));
    assert_eq!(nurse.get("/rulebook/no_such_rule").status, 404);
}

/// 「どの市が何をなぜ変えているか、うちはどちらで数えているか」
#[test]
fn what_a_town_changes_is_said_with_its_reason_and_whether_it_holds_here() {
    let site = site();
    let page = read(&mut site.as_role(Role::Admin), "/rulebook/checkup_3_4m");
    assert!(page.contains("from_month：3 → 4"), "{page}");
    assert!(page.contains("みなと市乳幼児健康診査実施要領（令和8年度）により"));
    assert!(page.contains("国の値で計算") && !page.contains("適用中"));
}

/// 「全角でも半角でもひらがなでも見つかる。さがした言葉は番地に残らない」
#[test]
fn a_rule_is_found_by_title_law_or_code_however_it_is_typed() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let all = nurse.get("/rulebook");
    assert!(text(&all.body).contains("日本脳炎 第1期") && text(&all.body).contains("1歳6か月児健診"));
    for typed in ["ﾛﾀ", "ろた", "ＲＯＴＡ"] {
        let answer = nurse.post("/rulebook", &[("term", typed)]);
        let found = text(&answer.body);
        assert!(found.contains("ロタウイルス") && found.contains("のうち1件"), "{typed}: {found}");
        assert!(!found.contains("日本脳炎"), "{typed}");
    }
    assert!(text(&nurse.post("/rulebook", &[("term", "どこにもない")]).body).contains("あてはまる規則はありません"));
}

/// A child born lately owes something by this rule; the nurse closes it for this reason.
fn close(site: &Site, nurse: &mut Visitor, n: usize, how: &str) {
    let name = format!("架空 子{n}");
    let typed =
        [("name", name.as_str()), ("kana", "カクウ コ"), ("birth", "R6.4.2"), ("sex", "F"), ("district", "北部1区")];
    let file = register(nurse, &typed);
    let body = Body::Closure(Closure {
        key: String::from("checkup_18m"),
        how: how.to_owned(),
        reason: String::from("母に確認"),
    });
    record(site, &format!("close-{n}"), file, Sensitivity::Ordinary, body);
}

/// 「5件に1件を超えて『実は済』なら、その規則が名ざしされる」
#[test]
fn a_rule_whose_lines_had_been_done_all_along_is_named_as_noise() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let mut coordinator = site.as_role(Role::Coordinator);
        assert!(read(&mut coordinator, "/rulebook/health").contains("まだありません"));
        site.sql("insert into setting (keeper, name, value) values (3, 'list_health_least', '5')");
        for n in 0..4 {
            close(&site, &mut nurse, n, "not_applicable");
        }
        close(&site, &mut nurse, 4, "already_done");
        // 5件のうち1件は20％：超えていない。
        let page = read(&mut coordinator, "/rulebook/checkup_18m");
        let told = "（一覧の時期が始まっていたもの）は5件。終結・対象外は5件、そのうち「実は済」は1件（20％）。";
        assert!(page.contains(told), "{page}");
        assert!(!read(&mut coordinator, "/rulebook/health").contains("見直す規則"));
        close(&site, &mut nurse, 5, "already_done");
        let health = read(&mut coordinator, "/rulebook/health");
        assert!(health.contains("見直す規則（1件）") && health.contains("33％"), "{health}");
        assert!(!health.contains("架空 子"), "counts, no persons");
        // Taken back, it no longer counts.
        let event = site.count("select max(id) as n from event where kind = 'closure'");
        let file = site.count(&format!("select file as n from event where id = {event}"));
        let path = format!("/persons/{file}/events/{event}/withdraw");
        assert_eq!(fill(&mut nurse, &path, &[("reason", "mistake")]).status, 303);
        assert!(!read(&mut coordinator, "/rulebook/health").contains("見直す規則"));
        // Older than twelve months, it no longer counts; 2025-11-25 is the first day that does.
        site.sql("update duty set settled_on = settled_on - 365 where settled_how = 'closed'");
        assert!(read(&mut coordinator, "/rulebook/health").contains("まだありません"));
        site.sql("update duty set settled_on = settled_on + 1 where settled_how = 'closed'");
        assert!(read(&mut coordinator, "/rulebook/checkup_18m").contains("もの）は5件。"));
        // Another office's lines are not ours to count.
        site.sql("update duty set keeper = 4 where settled_how = 'closed'");
        assert!(read(&mut coordinator, "/rulebook/health").contains("まだありません"));
    }
}

/// 「一覧に出る前に済んだものは、一覧の良し悪しを言わない。少ない件数では割合を言わない」
#[test]
fn what_never_stood_on_the_list_is_not_counted_and_of_few_lines_no_share_is_told() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let mut coordinator = site.as_role(Role::Coordinator);
        for n in 0..19 {
            close(&site, &mut nurse, n, if n < 8 { "already_done" } else { "not_applicable" });
        }
        // 生まれて2か月の子の1歳6か月児健診（令和10年3月20日から）は、まだ一覧に出ていない。
        let typed = [("name", "架空 乳児"), ("kana", "カクウ"), ("birth", "R8.9.20"), ("sex", "F")];
        let baby = register(&mut nurse, &typed);
        let body = Body::Closure(Closure {
            key: String::from("checkup_18m"),
            how: String::from("already_done"),
            reason: String::from("母に確認"),
        });
        record(&site, "early", baby, Sensitivity::Ordinary, body);
        let page = read(&mut coordinator, "/rulebook/checkup_18m");
        let told =
            "もの）は19件。終結・対象外は19件、そのうち「実は済」は8件（20件に満たないため、割合は出しません）。";
        assert!(page.contains(told), "{page}");
        let health = read(&mut coordinator, "/rulebook/health");
        assert!(health.contains("20件未満") && !health.contains("見直す規則"), "{health}");
        close(&site, &mut nurse, 19, "not_applicable");
        let health = read(&mut coordinator, "/rulebook/health");
        assert!(health.contains("見直す規則（1件）") && health.contains("40％"), "{health}");
    }
}

/// 「件数は管理者と統括支援員だけが見る」
#[test]
fn the_counts_are_for_the_coordinator_and_the_administrator() {
    let site = site();
    for (role, may) in [(Role::Coordinator, true), (Role::Admin, true), (Role::Phn, false), (Role::Prefecture, false)] {
        let mut visitor = site.as_role(role);
        assert_eq!(visitor.get("/rulebook/health").status, if may { 200 } else { 404 }, "{role:?}");
        assert_eq!(read(&mut visitor, "/rulebook/pcv").contains("一覧の健全性"), may, "{role:?}");
        assert_eq!(visitor.get("/rulebook").body.contains("/rulebook/health"), may, "{role:?}");
    }
}
