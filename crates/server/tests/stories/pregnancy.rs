//! From the notification to the birth, or to its end.

use casework::Role;

use super::desk::{event, fill, filled, hidden, mother, pregnant, send, site};
use crate::support::site::{BOTH, Site};

#[test]
fn weeks_on_the_day_of_notification_give_the_expected_day() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    let path = format!("/persons/{file}/pregnancies/new");
    let typed =
        [("notified_day", "R8.11.24"), ("weeks", "１０"), ("days", "2"), ("fetuses", "2"), ("interview", "done")];
    let fields = filled(&mut nurse, &path, &typed);
    assert_eq!(send(&mut nurse, &path, &fields).status, 303);
    let page = nurse.get(&format!("/persons/{file}"));
    assert!(page.body.contains("妊娠10週2日") && page.body.contains("令和9年6月20日"), "{}", page.body);
    assert!(page.body.contains("2胎"));
    // The same form sent again records nothing more, neither the notification nor the interview.
    assert_eq!(send(&mut nurse, &path, &fields).location(), format!("/persons/{file}"));
    assert_eq!(site.count("select count(*) as n from event where kind = 'pregnancy_notified'"), 1);
    assert_eq!(site.count("select count(*) as n from event where kind = 'service' and episode = 1"), 1);
    // Another notification of the same pregnancy is the commonest double entry.
    let again = fill(&mut nurse, &path, &[("notified_day", "R8.11.24"), ("due_day", "R9.6.27"), ("fetuses", "1")]);
    assert_eq!(again.status, 422);
    assert!(again.body.contains("その記録を訂正してください"));
}

#[test]
fn neither_day_nor_weeks_is_refused_in_words() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let path = format!("/persons/{}/pregnancies/new", mother(&mut nurse));
    let typed = [("notified_day", "きょう"), ("fetuses", "1"), ("away", "yes"), ("note", "二人で来所")];
    let answer = fill(&mut nurse, &path, &typed);
    assert_eq!(answer.status, 422);
    for told in ["出産予定日か、届出の日の週数を入力してください。", "里帰りの始まりを入れてください", "二人で来所"]
    {
        assert!(answer.body.contains(told), "{told}");
    }
}

#[test]
fn twins_are_born_and_everybody_knows_everybody() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.11.30");
    let path = format!("/persons/{file}/births/new");
    let fields = filled(&mut nurse, &path, &[("children", "1"), ("add_child", "1")]);
    let two = send(&mut nurse, &path, &fields);
    assert!(two.status == 200 && two.body.contains("お子さん 2") && !two.body.contains("お子さん 3"));
    let typed = [
        ("birth_day", "R8.11.23"),
        ("weeks", "38"),
        ("children", "2"),
        ("source", "birth_slip"),
        ("child_1_family_name", "架空"),
        ("child_1_given_name", "航"),
        ("child_1_sex", "M"),
        ("child_1_weight", "2,310"),
        ("child_2_family_name", "架空"),
        ("child_2_sex", "F"),
        ("child_2_weight", "30"),
    ];
    let refused = fill(&mut nurse, &path, &typed);
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("id=\"e-child_2_weight\"") && refused.body.contains("お子さん 2"));
    let mut typed = typed.to_vec();
    typed[10] = ("child_2_weight", "2250");
    let fields = filled(&mut nurse, &path, &typed);
    for _ in 0..2 {
        assert_eq!(send(&mut nurse, &path, &fields).status, 303);
    }
    assert_eq!(site.count("select count(*) as n from event where kind = 'born'"), 2);
    let page = nurse.get(&format!("/persons/{file}"));
    assert!(page.body.contains("出産後") && page.body.contains("架空 航") && page.body.contains("名前未登録の子"));
    let child = site.count("select min(file) as n from event where kind = 'born'");
    let page = nurse.get(&format!("/persons/{child}"));
    for told in ["生後1日", "多胎", "架空 美穂", "2310g", "対応すること"] {
        assert!(page.body.contains(told), "{told} is missing");
    }
    // What is worked off once a month stands apart from what is decided one by one, and HPV is a girl's.
    let of_girls = "定期接種の対象は女子です";
    assert!(page.body.contains("月次一括・記録のみ（") && page.body.contains(of_girls), "{}", page.body);
    let twin = site.count("select max(file) as n from event where kind = 'born'");
    let page = nurse.get(&format!("/persons/{twin}"));
    assert!(page.body.contains("名前未登録の子") && !page.body.contains(of_girls), "{}", page.body);
    assert!(!page.body.contains("必要な記録（性別など）がない"), "{}", page.body);
}

#[test]
fn a_child_the_register_already_opened_is_picked_not_doubled() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.11.30");
        let child = super::desk::register(&mut nurse, &[("name", "架空 凪"), ("birth", "R8.11.20"), ("sex", "F")]);
        site.sql(&format!("update person set household = '0042' where file in ({file}, {child})"));
        let path = format!("/persons/{file}/births/new");
        assert!(nurse.get(&path).body.contains("架空 凪（R8.11.20生）"));
        let typed = [
            ("birth_day", "R8.11.20"),
            ("children", "1"),
            ("source", "residents"),
            ("child_1_file", &child.to_string()),
        ];
        let files = site.count("select count(*) as n from file");
        assert_eq!(fill(&mut nurse, &path, &typed).status, 303);
        assert_eq!(site.count("select count(*) as n from file"), files);
        assert!(nurse.get(&format!("/persons/{child}")).body.contains("架空 美穂"));
        // Somebody else's child cannot be picked by hand.
        let other = pregnant(&mut nurse, "R8.12.10");
        let typed =
            [("birth_day", "R8.11.20"), ("children", "1"), ("source", "own"), ("child_1_file", &child.to_string())];
        assert_eq!(fill(&mut nurse, &format!("/persons/{other}/births/new"), &typed).status, 422);
    }
}

#[test]
fn after_a_loss_nothing_asks_about_the_pregnancy_any_more() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R9.3.1");
    let open =
        format!("select count(*) as n from duty where file = {file} and settled_how is null and service like 'pre%'");
    assert!(site.count(&open) > 0, "a pregnancy under way owes something");
    let path = format!("/persons/{file}/pregnancies/end");
    let answer = fill(&mut nurse, &path, &[("day", "R8.11.20"), ("weeks", "25"), ("note", "夫と来所")]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(site.count(&open), 0);
    let page = nurse.get(&format!("/persons/{file}"));
    assert!(page.body.contains("妊娠終了") && !page.body.contains("死産") && !page.body.contains("流産"));
    assert_eq!(nurse.get(&path).status, 404, "there is no open pregnancy any more");
    // Recorded for the wrong woman: one press takes it back, and the pregnancy goes on.
    let ended = event(&site, file, "pregnancy_ended");
    let page = nurse.get(&format!("/persons/{file}"));
    assert!(hidden(&page.body, "csrf").len() == 64);
    let undo = [("command_id", format!("undo-{ended}")), ("return_to", format!("/persons/{file}"))];
    let undo: Vec<(String, String)> = undo.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
    let answer = send(&mut nurse, &format!("/persons/{file}/events/{ended}/withdraw"), &undo);
    assert_eq!(answer.location(), format!("/persons/{file}"), "{}", answer.body);
    assert!(site.count(&open) > 0);
}
