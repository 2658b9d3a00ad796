//! Reading rule files: layers, versions, and faults named so that their author can mend them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Case, day, national, national_files};
use rules::{Layer, RuleFile, RuleOverride, Rulebook, Standing, Status, phase_on, status};

const PATH: &str = "rulebook/national/x/x.toml";

fn rule(text: &str) -> RuleFile {
    let head = r#"
id = "x"
service = "checkup_18m"
title = "試し"
area = "健診"
law = "法"
source = "出典"
subject = "child"
programme = "checkup"
tier = 1
evidence = "own"
counting = "checkup"
basis = "市の健診"
"#;
    toml::from_str(&format!("{head}{text}")).unwrap_or_else(|e| panic!("{e}"))
}

const SIMPLE: &str = r#"
valid_from = "2020-04-01"
settings = { last = 24 }
population = { needs = ["birth"] }
settles = [{ act = "checkup_18m" }]
once = { window = [{ from = "生後18月に至る日", to = "生後{last}月に至る日" }] }
"#;

fn faults(files: Vec<(&str, RuleFile)>, overrides: Vec<(&str, &str)>) -> String {
    let files = files.into_iter().map(|(p, f)| (p.to_string(), f)).collect();
    let overrides = overrides.into_iter().map(|(p, t)| (p.to_string(), toml::from_str(t).unwrap())).collect();
    let found = Rulebook::build(files, overrides).unwrap_err();
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn child(birth: &str, acts: &[&str]) -> Case {
    let acts: Vec<String> = acts.iter().map(|a| format!("\"{a}\"")).collect();
    toml::from_str(&format!("name = \"a\"\ndates = {{ birth = \"{birth}\" }}\nacts = [{}]\non = []", acts.join(",")))
        .unwrap()
}

#[test]
fn a_fault_names_file_rule_and_reason() {
    let text = SIMPLE.replace("{last}", "12");
    assert_eq!(
        faults(vec![(PATH, rule(&text))], vec![]),
        "rulebook/national/x/x.toml（規則 x）：期間の終わり（生後12月に至る日）が始まり（生後18月に至る日）より前です"
    );
}

#[test]
fn names_outside_the_vocabulary_are_faults() {
    for (from, to, part) in [
        ("生後18月に至る日", "生後18月になった日", "「生後18月になった日」という日の言い方"),
        ("[\"birth\"]", "[\"brith\"]", "日付「brith」は用語集にありません"),
        ("act = \"checkup_18m\"", "act = \"checkup_18\"", "行為「checkup_18」は用語集にありません"),
        ("{last}", "{lst}", "設定「lst」が settings にありません"),
        ("needs = [\"birth\"]", "needs = []", "needs に birth がありません"),
        ("2020-04-01", "2020-4-1", "YYYY-MM-DD"),
        ("[{ from", "[{ when_period = [\"satogeri\"], from", "状態「satogeri」は用語集にありません"),
    ] {
        let found = faults(vec![(PATH, rule(&SIMPLE.replace(from, to)))], vec![]);
        assert!(found.contains(part), "{found}");
    }
    let mut odd = rule(SIMPLE);
    (odd.tier, odd.subject, odd.evidence, odd.programme) = (4, "baby".into(), "fax".into(), "x".into());
    let found = faults(vec![(PATH, odd)], vec![]);
    for part in ["「4」は使えません", "対象「baby」", "情報源「fax」", "事業「x」"] {
        assert!(found.contains(part), "{found}");
    }
}

/// What a rule may carry besides its dates is checked by name too.
#[test]
fn parts_are_checked_by_name() {
    for (part, reason) in [
        ("product = [{ code = \"pcv21\" }]", "製品「pcv21」は用語集にありません"),
        ("product = [{ code = \"pcv20\", after = [\"pcv7\"] }]", "製品「pcv7」は用語集にありません"),
        ("spacing = [{ after = [\"mrr\"], clear_days = 27, because = \"\" }]", "行為「mrr」は用語集にありません"),
        ("spacing = [{ after = [\"mr\"], clear_days = 0, because = \"\" }]", "spacing.clear_days"),
        ("extension = [{ to = \"いつか\", because = \"\" }]", "「いつか」という日の言い方"),
        ("extension = [{ when_ended = true, to = \"2027-03-31\", because = \"\" }]", "when_period が要ります"),
        ("extension = [{ when_period = [\"ill\"], to = \"2027-03-31\", because = \"\" }]", "状態「ill」"),
        (
            "extension = [{ born = { from = \"2022-04-02\", to = \"2022-04-01\" }, to = \"2027-03-31\", because = \"\" }]",
            "生年月日の範囲の終わり",
        ),
        ("caution = [{ from = \"出生15週後\", text = \"\" }]", "「出生15週後」という日の言い方"),
    ] {
        let found = faults(vec![(PATH, rule(&format!("{part}\n{SIMPLE}")))], vec![]);
        assert!(found.contains(reason), "{part}: {found}");
    }
    let needs = SIMPLE.replace("[\"birth\"] }", "[\"birth\"], needs_one_of = [\"woman\"] }");
    assert!(faults(vec![(PATH, rule(&needs))], vec![]).contains("状態「woman」"));
}

#[test]
fn a_rule_has_exactly_one_shape_and_no_unknown_field() {
    let none = SIMPLE.lines().filter(|l| !l.starts_with("once")).collect::<Vec<_>>().join("\n");
    assert!(faults(vec![(PATH, rule(&none))], vec![]).contains("どれか一つ"));
    let unknown = toml::from_str::<RuleFile>("id = \"x\"\nwindow = 3");
    assert!(unknown.unwrap_err().to_string().contains("unknown field"));
}

#[test]
fn the_same_rule_twice_is_a_fault() {
    let found = faults(vec![(PATH, rule(SIMPLE)), ("other.toml", rule(SIMPLE))], vec![]);
    assert!(found.contains("同じ規則が"), "{found}");
}

#[test]
fn versions_must_not_overlap() {
    let newer = SIMPLE.replace("2020-04-01", "2027-04-01");
    let found = faults(vec![(PATH, rule(SIMPLE)), ("new.toml", rule(&newer))], vec![]);
    assert!(found.contains("valid_to"), "{found}");
}

#[test]
fn a_town_changes_a_setting_and_says_why() {
    let change: RuleOverride =
        toml::from_str("id = \"mr1\"\nbecause = \"市予防接種実施要領\"\nsettings = { target_month = 20 }").unwrap();
    let town = ("rulebook/municipalities/132098/vaccination/mr1.toml".to_string(), change);
    let book = Rulebook::build(national_files(), vec![town]).unwrap();
    let changed = book.rule("mr1").unwrap();
    assert_eq!(changed.layer, Layer::Municipality);
    let case = child("2025-05-10", &[]);
    let phase = |book: &Rulebook| {
        let outcome = book.evaluate("mr1", &case.facts("child"), true);
        phase_on(&outcome, day("2026-06-01")).unwrap().clone()
    };
    assert_eq!(phase(&national()).target, Some(day("2027-03-09")));
    assert_eq!(phase(&book).target, Some(day("2027-01-09")));
    assert!(phase(&book).because.contains(&"市予防接種実施要領".to_string()));
    assert_eq!(book.rule("mr2").unwrap().layer, Layer::National);
}

#[test]
fn the_town_wins_over_the_prefecture() {
    let change =
        |tier: u8| RuleOverride {
            id: "x".into(), because: "決定".into(), tier: Some(tier), ..RuleOverride::default()
        };
    let both = vec![
        ("rulebook/municipalities/132098/x.toml".to_string(), change(3)),
        ("rulebook/prefectures/13/x.toml".to_string(), change(2)),
    ];
    let book = Rulebook::build(vec![(PATH.into(), rule(SIMPLE))], both).unwrap();
    assert_eq!(book.rule("x").unwrap().tier, 3);
}

#[test]
fn overrides_that_fit_nothing_are_faults() {
    let path = "rulebook/municipalities/132098/x.toml";
    let unknown = faults(vec![(PATH, rule(SIMPLE))], vec![(path, "id = \"y\"\nbecause = \"\"")]);
    assert!(unknown.contains("元の規則がありません"), "{unknown}");
    let setting = "id = \"x\"\nbecause = \"\"\nsettings = { first = 1 }";
    assert!(faults(vec![(PATH, rule(SIMPLE))], vec![(path, setting)]).contains("設定「first」"));
    let other = ("rulebook/municipalities/271004/x.toml", "id = \"x\"\nbecause = \"\"\ntier = 2");
    let mixed = faults(vec![(PATH, rule(SIMPLE))], vec![(path, "id = \"x\"\nbecause = \"\"\ntier = 2"), other]);
    assert!(mixed.contains("別の自治体"), "{mixed}");
    let window =
        "id = \"x\"\nbecause = \"\"\nonce = { window = [{ from = \"生後18月に至る日\", to = \"生後2月に至る日\" }] }";
    assert!(faults(vec![(PATH, rule(SIMPLE))], vec![(path, window)]).contains("より前です"));
}

/// From 2027-04-01 the window is 12 to 36 months instead of 18 to 24.
fn two_versions() -> Rulebook {
    let older = SIMPLE
        .replace("settings", "valid_to = \"2027-03-31\"\nsettings")
        .replace("once = {", "once = { only_within = true,");
    let newer = SIMPLE
        .replace("2020-04-01", "2027-04-01")
        .replace("last = 24", "last = 36")
        .replace("生後18月", "生後12月")
        .replace("once = {", "once = { only_within = true,");
    Rulebook::build(vec![("new".into(), rule(&newer)), ("old".into(), rule(&older))], vec![]).unwrap()
}

#[test]
fn an_act_is_judged_by_the_version_of_its_day() {
    let book = two_versions();
    // 13 months old: too early under the old version, in time under the new one.
    let early = child("2026-02-10", &["2027-03-20 checkup_18m"]);
    assert_eq!(status(&book.evaluate("x", &early.facts("child"), false), day("2027-05-01")), Status::Due);
    let fine = child("2026-02-10", &["2027-04-02 checkup_18m"]);
    assert_eq!(status(&book.evaluate("x", &fine.facts("child"), false), day("2027-05-01")), Status::Complete);
}

#[test]
fn a_proposed_day_is_judged_by_the_version_of_that_day() {
    let book = two_versions();
    // 18 months on 2027-08-09 under the old version, but the new one opens on its first day.
    let case = child("2026-02-10", &[]);
    let outcome = book.evaluate("x", &case.facts("child"), true);
    let phase = phase_on(&outcome, day("2027-01-01")).unwrap();
    assert_eq!((phase.legal_from, phase.legal_to), (Some(day("2027-04-01")), Some(day("2029-02-09"))));
    // Closed under the old version in 2026; the new one opens it again.
    let older = child("2024-10-10", &[]);
    let outcome = book.evaluate("x", &older.facts("child"), false);
    for (on, expected) in [
        ("2026-04-08", Status::NotYet),
        ("2026-04-09", Status::Due),
        ("2026-10-09", Status::Due),
        ("2026-10-10", Status::NotYet),
        ("2027-03-31", Status::NotYet),
        ("2027-04-01", Status::Due),
        ("2027-10-09", Status::Due),
        ("2027-10-10", Status::Expired),
    ] {
        assert_eq!(status(&outcome, day(on)), expected, "{on}");
    }
    // Open across the change: one window, to the later end.
    let across = child("2025-06-10", &[]);
    let outcome = book.evaluate("x", &across.facts("child"), false);
    let phase = phase_on(&outcome, day("2027-01-01")).unwrap();
    assert_eq!((phase.legal_from, phase.legal_to), (Some(day("2026-12-09")), Some(day("2028-06-09"))));
}

#[test]
fn an_unknown_rule_and_another_subject_say_so() {
    let book = national();
    let case = child("2025-05-10", &[]);
    let unknown = book.evaluate("nothing", &case.facts("child"), true);
    assert!(unknown.not_eligible && unknown.why_not.unwrap().contains("nothing"));
    assert!(book.evaluate("mr1", &case.facts("pregnancy"), true).not_eligible);
    assert_eq!(
        book.evaluate("home_visit_4m", &case.facts("child"), false),
        book.evaluate("home_visit", &case.facts("child"), false)
    );
}

#[test]
fn explanations_change_no_date_and_are_left_out_when_not_asked() {
    let book = national();
    let case = child("2025-05-10", &["2025-07-12 pcv"]);
    for rule in book.rules_for("child") {
        let plain = book.evaluate(rule, &case.facts("child"), false);
        let mut told = book.evaluate(rule, &case.facts("child"), true);
        assert_eq!(plain.why_not, None);
        told.why_not = None;
        for step in &mut told.steps {
            if let Standing::Open(phases) = &mut step.standing {
                for phase in phases {
                    assert!(!phase.because.is_empty(), "{}", rule.id);
                    assert!(
                        phase.because.iter().all(|s| s.ends_with('。') && !s.contains("（）")),
                        "{:?}",
                        phase.because
                    );
                    phase.because.clear();
                }
            }
        }
        assert_eq!(plain, told, "{}", rule.id);
    }
}

/// A record of a related person is named by role and by a name of the vocabulary, and counted from where it is known.
#[test]
fn records_of_related_persons_are_checked_like_everything_else() {
    let kin = |population: &str, rest: &str| {
        let text = SIMPLE.replace("needs = [\"birth\"]", &format!("needs = [\"birth\"]{population}"));
        faults(vec![(PATH, rule(&format!("{text}\n{rest}")))], vec![])
    };
    let target = |test: &str| {
        let window = "to = \"生後{last}月に至る日\"";
        let with = format!("{window}, target = [{{ at = \"記録日\", when_kin = [{test}] }}]");
        faults(vec![(PATH, rule(&SIMPLE.replace(window, &with)))], vec![])
    };
    assert!(target(r#"{ of = "grandmother", act = "epds" }"#).contains("関係者「grandmother」は用語集にありません"));
    assert!(target(r#"{ of = "mother", act = "epdz" }"#).contains("行為「epdz」は用語集にありません"));
    assert!(target(r#"{ of = "mother", period = "needs" }"#).contains("状態「needs」は用語集にありません"));
    assert!(target(r#"{ of = "mother" }"#).contains("act か period のどちらか一つ"));
    let scored = target(r#"{ of = "mother", period = "needs_support", at_least = "3" }"#);
    assert!(scored.contains("点数（at_least）はありません"));
    let unset = target(r#"{ of = "mother", act = "epds", at_least = "{score}" }"#);
    assert!(unset.contains("設定「score」が settings にありません"));
    let excuse = r#"excuses = [{ act = "bcg", of = "aunt", because = "理由" }]"#;
    assert!(kin("", excuse).contains("関係者「aunt」は用語集にありません"));
    assert!(kin(r#", kin = [{ of = "mother", act = "epds" }]"#, "").contains("needs に kin_record がありません"));
    let missing = SIMPLE.replace("needs = [\"birth\"]", "needs = [\"birth\", \"kin_record\"]");
    assert!(faults(vec![(PATH, rule(&missing))], vec![]).contains("population.kin とともに書きます"));
}

/// A letter to many answers lines of 月次一括, every kind of them; it decides nothing that is decided one by one.
#[test]
fn every_line_of_the_month_waits_for_its_letter_and_none_of_tier_1_does() {
    for (path, file) in national_files() {
        if !file.duty {
            continue;
        }
        assert_eq!(file.invitation.is_some(), file.tier == 2, "{path}");
        assert!(file.invitation.is_none() || file.settings.contains_key("reply_days"), "{path}: a town may change it");
    }
}

#[test]
fn a_letter_answers_the_step_that_was_open_and_no_later_one() {
    let book = national();
    let pcv = book.rule("pcv").unwrap();
    let phase = |acts: &[&str]| {
        let case = child("2025-04-10", acts);
        let outcome = book.evaluate(pcv, &case.facts("child"), true);
        phase_on(&outcome, day("2025-10-01")).cloned().unwrap()
    };
    let asked = phase(&["2025-06-10 pcv", "2025-09-20 invited =pcv"]);
    assert!(asked.letter.is_some() && asked.because[0].starts_with("案内を発送 R7.9.20。"), "{:?}", asked.because);
    let before = phase(&["2025-06-05 invited =pcv", "2025-06-10 pcv"]);
    assert!(before.letter.is_none(), "the first injection was the answer");
}

#[test]
fn a_town_sets_how_long_a_letter_waits_and_tier_1_waits_for_none() {
    let letter = "settings = { last = 24, reply_days = 10 }\n\
        invitation = { acts = [\"invited\"], check = \"記録日から{reply_days}日後\", what = \"受診の確認\" }\n";
    let text = SIMPLE.replace("settings = { last = 24 }\n", letter).replace(
        "to = \"生後{last}月に至る日\"",
        "to = \"生後{last}月に至る日\", target = [{ at = \"開始日から30日後\" }]",
    );
    let target = |tier: u8, change: &str| {
        let mut file = rule(&text);
        file.tier = tier;
        let over: RuleOverride = toml::from_str(&format!("id = \"x\"\nbecause = \"市\"\n{change}")).unwrap();
        let place = "rulebook/municipalities/1/x.toml".to_string();
        let book = Rulebook::build(vec![(PATH.to_string(), file)], vec![(place, over)]).unwrap();
        let case = child("2024-05-10", &["2026-02-01 invited =checkup_18m"]);
        let outcome = book.evaluate(book.rule("x").unwrap(), &case.facts("child"), true);
        phase_on(&outcome, day("2026-02-02")).unwrap().target.unwrap()
    };
    assert_eq!(target(2, ""), day("2026-02-11"));
    assert_eq!(target(2, "settings = { reply_days = 20 }"), day("2026-02-21"));
    assert_eq!(target(2, "settings = { reply_days = 0 }"), day("2026-02-01"), "late again the day after");
    assert_eq!(target(1, ""), day("2025-12-09"), "decided one by one");
    let wrong = text.replace("acts = [\"invited\"]", "acts = [\"invitd\"]");
    assert!(faults(vec![(PATH, rule(&wrong))], vec![]).contains("invitd"));
}
