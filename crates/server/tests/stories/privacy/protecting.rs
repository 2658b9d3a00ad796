//! 秘匿: protected is protected everywhere.

use casework::Role;

use crate::stories::desk::{event, fill, pregnant, site};
use crate::support::site::{BOTH, Site};

const PLACES: [&str; 5] = ["北町", "5550-0100", "北部1区", "東浜", "みなと産院"];

#[test]
fn from_the_moment_it_is_set_no_page_tells_where_she_is() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    let before = nurse.get(&format!("/persons/{file}"));
    for place in PLACES {
        assert!(before.body.contains(place), "{place}");
    }
    let path = format!("/persons/{file}/protection");
    assert_eq!(fill(&mut nurse, &path, &[("on", "1")]).status, 422, "a reason is asked");
    assert_eq!(fill(&mut nurse, &path, &[("on", "1"), ("note", "本人から電話。夫に知られたくない。")]).status, 303);
    let notified = event(&site, file, "pregnancy_notified");
    let pages = [
        format!("/persons/{file}"),
        format!("/persons/{file}?as_of=2026-11-01"),
        String::from("/persons"),
        String::from("/today?scope=office&state=planned"),
        format!("/persons/{file}/caution"),
        format!("/persons/{file}/births/new"),
        format!("/persons/{file}/contacts/new"),
        format!("/persons/{file}/reveal"),
        format!("/persons/{file}/events/{notified}/correct"),
        format!("/persons/{file}/events/{notified}/withdraw"),
    ];
    for path in pages {
        let page = nurse.get(&path);
        assert_eq!(page.status, 200, "{path}");
        for place in PLACES {
            assert!(!page.body.contains(place), "{path} tells {place}");
        }
    }
    assert!(nurse.get(&format!("/persons/{file}")).body.contains("住所は表示しません"));
}

#[test]
fn a_correction_keeps_what_its_author_was_not_shown() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    let path = format!("/persons/{file}/protection");
    fill(&mut nurse, &path, &[("on", "1"), ("note", "支援措置の申出中")]);
    let notified = event(&site, file, "pregnancy_notified");
    let typed = [
        ("day", "R8.6.1"),
        ("edd", "R8.12.27"),
        ("fetuses", "1"),
        ("satogaeri_from", "R9.1.10"),
        ("satogaeri_place", "よその町"),
        ("clinic", "よその産院"),
    ];
    let answer = fill(&mut nurse, &format!("/persons/{file}/events/{notified}/correct"), &typed);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let kept = "select count(*) as n from event where corrects is not null and body like '%東浜市%' \
                and body like '%みなと産院%' and body not like '%よその%'";
    assert_eq!(site.count(kept), 1);
}

#[test]
fn the_child_of_a_protected_mother_is_protected_from_the_first_second() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.11.30");
    fill(&mut nurse, &format!("/persons/{file}/protection"), &[("on", "1"), ("note", "避難中")]);
    let typed = [("birth_day", "R8.11.23"), ("children", "1"), ("source", "own"), ("child_1_sex", "F")];
    assert_eq!(fill(&mut nurse, &format!("/persons/{file}/births/new"), &typed).status, 303);
    let child = site.count("select max(file) as n from event where kind = 'born'");
    let page = nurse.get(&format!("/persons/{child}"));
    assert!(page.body.contains("住所は表示しません"));
    assert!(PLACES.iter().all(|place| !page.body.contains(place)));
}

#[test]
fn one_item_is_shown_once_to_whoever_answers_for_her() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.12.20");
        fill(&mut nurse, &format!("/persons/{file}/protection"), &[("on", "1"), ("note", "避難中")]);
        let path = format!("/persons/{file}/reveal");
        let wanted = [("item", "address"), ("reason", "visit")];
        let refused = nurse.post(&path, &wanted);
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("担当者だけが表示できます") && !refused.body.contains("北町"));
        assert_eq!(site.count("select count(*) as n from reading where what = 'reveal'"), 0);
        site.sql(
            "insert into assignment (keeper, event, district, programme, category, staff, from_day)
         values (3, 1, '北部1区', '', '', 1, 0)",
        );
        let shown = nurse.post(&path, &wanted);
        assert!(shown.body.contains("北町1丁目2-3"), "{}", shown.body);
        for other in ["5550-0100", "東浜", "みなと産院"] {
            assert!(!shown.body.contains(other), "only one item: {other}");
        }
        let logged = format!(
            "select count(*) as n from reading where what = 'reveal' and purpose = 'address:visit' and files = '{file}'"
        );
        assert_eq!(site.count(&logged), 1);
        assert_eq!(nurse.post(&path, &[("item", "address")]).status, 422, "no reason, no item");
    }
}

#[test]
fn for_one_envelope_one_label_is_printed_and_nothing_else() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.12.20");
        fill(&mut nurse, &format!("/persons/{file}/protection"), &[("on", "1"), ("note", "避難中")]);
        let path = format!("/persons/{file}/reveal");
        let wanted = [("item", "address"), ("reason", "envelope")];
        let refused = nurse.post(&path, &wanted);
        assert!(refused.status == 422 && !refused.body.contains("北町"), "she does not answer for her");
        let label = site.as_role(Role::Head).post(&path, &wanted);
        assert_eq!(label.body.matches("class=\"label\"").count(), 1, "{}", label.body);
        assert_eq!(label.body.matches("北町1丁目2-3").count(), 1);
        for other in ["5550-0100", "東浜", "みなと産院", "北部1区"] {
            assert!(!label.body.contains(other), "{other}");
        }
        for (what, purpose) in [("reveal", "address:envelope"), ("export", "label")] {
            let row = format!(
                "select count(*) as n from reading where what = '{what}' and purpose = '{purpose}' and files = '{file}'"
            );
            assert_eq!(site.count(&row), 1, "{what}");
        }
        let told = site.as_role(Role::Head).get(&format!("/persons/{file}/readings"));
        assert!(told.body.contains("住所の表示（封書を1通送る）") && told.body.contains("宛名ラベル1枚"));
    }
}

#[test]
fn only_whoever_answers_for_her_or_for_the_office_unmasks_anything() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    fill(&mut nurse, &format!("/persons/{file}/protection"), &[("on", "1"), ("note", "避難中")]);
    let path = format!("/persons/{file}/reveal");
    for (item, told) in
        [("address", "北町1丁目2-3"), ("phone", "5550-0100"), ("satogaeri", "東浜"), ("clinic", "みなと産院")]
    {
        for role in Role::ALL {
            let answer = site.as_role(role).post(&path, &[("item", item), ("reason", "call")]);
            let status = match role {
                Role::Coordinator | Role::Head => 200,
                role if role.may(casework::Permission::RevealProtected) => 422,
                _ => 404,
            };
            assert_eq!((answer.status, answer.body.contains(told)), (status, status == 200), "{role:?} {item}");
        }
    }
    for item in ["venue", "birth_place", "destination"] {
        let none = site.as_role(Role::Head).post(&path, &[("item", item), ("reason", "call")]);
        assert!(none.body.contains("記録がありません"), "{item}");
    }
}

#[test]
fn on_her_way_to_a_visit_the_address_is_one_click_away() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    let path = format!("/persons/{file}/visits/new");
    let offer = "この訪問のために住所を表示";
    assert!(!nurse.get(&path).body.contains(offer), "nothing is hidden");
    fill(&mut nurse, &format!("/persons/{file}/protection"), &[("on", "1"), ("note", "避難中")]);
    let page = nurse.get(&path);
    assert!(page.body.contains(offer) && !page.body.contains("北町"), "{}", page.body);
    assert!(!site.as_role(Role::FamilyWorker).get(&path).body.contains(offer), "she may not");
}

#[test]
fn a_caution_stands_on_top_and_the_former_one_stays_in_the_log() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    let path = format!("/persons/{file}/caution");
    fill(&mut nurse, &path, &[("voicemail", "no"), ("introduce", "市役所の佐藤です"), ("speak_to", "本人のみ")]);
    let page = nurse.get(&format!("/persons/{file}"));
    assert!(page.body.contains("class=\"caution\"") && page.body.contains("市役所の佐藤です"));
    assert!(nurse.get(&format!("/persons/{file}/contacts/new")).body.contains("市役所の佐藤です"));
    // Drawn again, the form holds what stands.
    assert!(nurse.get(&path).body.contains("value=\"本人のみ\""));
    fill(&mut nurse, &path, &[("voicemail", "yes"), ("speak_to", "本人と夫")]);
    let page = nurse.get(&format!("/persons/{file}"));
    assert!(page.body.contains("本人と夫") && page.body.contains("話してよい相手：本人のみ"));
}

/// The page without its random tokens: one in some hundred of them holds the four digits that are looked for.
fn without_tokens(page: &str) -> String {
    let token = |c: char| c.is_ascii_hexdigit() || c == '-';
    let parts = page.split(|c| !token(c)).filter(|run| run.len() >= 24);
    parts.fold(page.to_owned(), |page, run| page.replace(run, ""))
}

/// What a note says of where she is, before the protection and after, is masked wherever it stands.
#[test]
fn what_was_written_in_words_does_not_tell_where_she_is_either() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.12.20");
        let note = |text: &str| [("day", "きょう"), ("note", text)].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let write = |nurse: &mut crate::support::site::Visitor, text: &str| {
            let typed = note(text);
            let typed: Vec<(&str, &str)> = typed.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            assert_eq!(fill(nurse, &format!("/persons/{file}/notes/new"), &typed).status, 303);
        };
        write(&mut nurse, "北町１－２－３のアパート。電話は０８０ ５５５０ ０１００。");
        fill(&mut nurse, &format!("/persons/{file}/caution"), &[("note", "北町の家には電話しない"), ("times", "夜")]);
        fill(&mut nurse, &format!("/persons/{file}/protection"), &[("on", "1"), ("note", "夫が北町に来た")]);
        write(&mut nurse, "みなと産院に聞いた。東浜市の実家にいる。");
        let written = event(&site, file, "note");
        let of_person = ["", "/family", "/contacts/new", "/caution"].map(|what| format!("/persons/{file}{what}"));
        let of_note = ["correct", "withdraw"].map(|what| format!("/persons/{file}/events/{written}/{what}"));
        for role in [Role::Phn, Role::Head] {
            let mut visitor = site.as_role(role);
            visitor.get("/persons");
            for path in of_person.iter().chain(&of_note) {
                let page = visitor.get(path);
                assert_eq!(page.status, 200, "{path}");
                let said = without_tokens(&page.body);
                for told in ["北町", "東浜", "みなと産院", "0100", "０１００", "１－２－３"] {
                    assert!(!said.contains(told), "{engine:?} {path} tells {told}");
                }
            }
        }
        // Mended, both keep what their author was not shown.
        let typed = [("day", "R8.11.24"), ("note", "〔表示しません〕に聞いた。〔表示しません〕にいるとのこと。")];
        let answer = fill(&mut nurse, &of_note[0], &typed);
        assert_eq!(answer.status, 303, "{}", answer.body);
        let kept = "select count(*) as n from event where corrects is not null and body like '%みなと産院に聞いた。東浜市%とのこと%'";
        assert_eq!(site.count(kept), 1);
        let typed = [("note", "〔表示しません〕の家には電話しない"), ("times", "朝")];
        assert_eq!(fill(&mut nurse, &format!("/persons/{file}/caution"), &typed).status, 303);
        assert_eq!(site.count("select count(*) as n from event where body like '%北町の家には電話しない%朝%' or body like '%朝%北町の家には電話しない%'"), 1);
    }
}

/// Set at once, looked at again by a day, ended by somebody else: nothing ends by itself.
#[test]
fn it_is_looked_at_again_and_ended_only_by_somebody_elses_decision() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.12.20");
        let path = format!("/persons/{file}/protection");
        assert!(nurse.get(&path).body.contains("value=\"R9.5.24\""), "half a year is proposed");
        let far = fill(&mut nurse, &path, &[("on", "1"), ("note", "避難中"), ("review_on", "R10.5.24")]);
        assert!(far.status == 422 && far.body.contains("1年以内"), "{}", far.body);
        let set = [("on", "1"), ("note", "本人から電話。夫に知られたくない。"), ("review_on", "R8.12.1")];
        assert_eq!(fill(&mut nurse, &path, &set).status, 303);
        let open =
            "select count(*) as n from duty where service = 'protection_review' and settled_how is null and target = ";
        let day = |text: &str| crate::stories::desk::day(text).0;
        assert_eq!(site.count(&format!("{open}{}", day("2026-12-01"))), 1);
        // The list does not say what it is about; the person's page does.
        nurse.get("/persons");
        let list = nurse.get("/today?scope=office&state=near");
        assert!(list.body.contains("設定の見直し") && !list.body.contains("秘匿を"), "{}", list.body);
        assert!(nurse.get(&format!("/persons/{file}")).body.contains("過ぎても秘匿は続きます"));
        let counter = nurse.get(&path);
        assert!(counter.body.contains("秘匿を続ける") && counter.body.contains("統括支援員かセンター長"));
        // A nurse does not end it, and cannot take the record back instead.
        let end = [("on", "0"), ("note", "転居して落ち着いた")];
        let refused = fill(&mut nurse, &path, &end);
        assert!(
            refused.status == 422 && refused.body.contains("統括支援員かセンター長・係長が決めます"),
            "{}",
            refused.body
        );
        let shield = event(&site, file, "protection");
        let other = site.as_role(Role::Midwife);
        let mut other = other;
        let taken = other.post(
            &format!("/persons/{file}/events/{shield}/withdraw"),
            &[("command_id", &format!("undo-{shield}")), ("reason", "mistake")],
        );
        assert_eq!(taken.status, 404, "a colleague");
        // Continued, one line with the next day.
        let go_on = [("on", "1"), ("note", "まだ続いている"), ("review_on", "R9.2.1")];
        assert_eq!(fill(&mut nurse, &path, &go_on).status, 303);
        assert_eq!(site.count(&format!("{open}{}", day("2026-12-01"))), 0);
        assert_eq!(site.count(&format!("{open}{}", day("2027-02-01"))), 1);
        let mut head = site.as_role(Role::Head);
        assert_eq!(fill(&mut head, &path, &[("on", "0"), ("note", "")]).status, 422, "a reason is asked");
        assert_eq!(fill(&mut head, &path, &end).status, 303);
        assert!(head.get(&format!("/persons/{file}")).body.contains("北町1丁目2-3"), "{engine:?}");
        assert_eq!(
            site.count("select count(*) as n from duty where service = 'protection_review' and settled_how is null"),
            0
        );
    }
}

#[test]
fn whoever_set_it_does_not_end_it_except_alone_in_a_small_town() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.12.20");
        let mut head = site.as_role(Role::Head);
        let path = format!("/persons/{file}/protection");
        assert_eq!(fill(&mut head, &path, &[("on", "1"), ("note", "避難中")]).status, 303);
        let end = [("on", "0"), ("note", "転居して落ち着いた")];
        let own = fill(&mut head, &path, &end);
        assert!(own.status == 422 && own.body.contains("設定した人は解除を決められません"), "{}", own.body);
        let typed = [("value", "1")];
        assert_eq!(fill(&mut site.as_role(Role::Admin), "/settings/protection_alone", &typed).status, 303);
        assert_eq!(fill(&mut head, &path, &end).status, 422, "there is somebody else");
        site.sql("update post set until_day = 0 where role = 'coordinator'");
        site.sql("update post set until_day = 0 where id = 102");
        assert_eq!(fill(&mut head, &path, &end).status, 303, "{engine:?}: now there is nobody else");
    }
}

#[test]
fn a_day_that_passed_keeps_the_protection_and_says_so() {
    let site = site();
    let mut nurse = site.as_role(Role::Phn);
    let file = pregnant(&mut nurse, "R8.12.20");
    let long_ago = casework::Act::Record {
        file,
        episode: None,
        day: rules::Span::on(crate::stories::desk::day("2025-11-01")),
        source: "own".into(),
        sensitivity: casework::Sensitivity::Ordinary,
        body: casework::Body::Protection { on: true, note: "避難中".into(), review: None },
    };
    crate::stories::desk::act(&site, long_ago);
    assert!(nurse.get(&format!("/persons/{file}")).body.contains("住所は表示しません"));
    let list = nurse.get("/today?scope=office&state=overdue");
    assert!(list.body.contains("設定の見直し"), "{}", list.body);
}
