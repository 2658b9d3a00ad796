//! 開示請求: what is marked while writing is not given out, and the answer has its day.

use casework::{
    Body, Role, Sensitivity,
    body::{Contact, Reached},
};

use crate::stories::desk::{event, fill, hidden, mother, pregnant, record, register, send};
use crate::support::site::{Answer, BOTH, CENTRE, Site, Visitor, today};

const BLACK: &str = "■■■■■■";

fn note(visitor: &mut Visitor, file: i64, text: &str) -> Answer {
    fill(visitor, &format!("/persons/{file}/notes/new"), &[("day", "きょう"), ("note", text)])
}

/// The request is received by whoever answers for the office; the address of its page.
fn asked(head: &mut Visitor, file: i64, by: &str, name: &str) -> String {
    let typed = [("by", by), ("requester_name", name), ("day", "R8.11.24")];
    let answer = fill(head, &format!("/persons/{file}/disclosures"), &typed);
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.location().to_owned()
}

/// What is printed of a copy.
fn letter(copy: &Answer) -> &str {
    copy.body.split("<article").nth(1).and_then(|rest| rest.split("</article>").next()).unwrap_or_default()
}

/// A form of 点検版 that is not its first one.
fn decided(head: &mut Visitor, page: &str, what: &str, typed: &[(&str, &str)]) -> Answer {
    let mut fields =
        vec![("command_id".to_owned(), format!("{what}-{}", typed[0].1)), ("version".into(), String::new())];
    fields.extend(typed.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    send(head, &format!("{page}/{what}"), &fields)
}

#[test]
fn she_marks_what_the_grandmother_said_and_the_copy_does_not_tell_it() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = mother(&mut nurse);
        assert_eq!(note(&mut nurse, file, "会えた。〔第三者：祖母によると夜は泣いている。〕次は来月。").status, 303);
        assert_eq!(note(&mut nurse, file, "〔不開示：養育の見立ては保留。〕").status, 303);
        // On her page it stands as it was written, named and not hidden.
        let page = nurse.get(&format!("/persons/{file}"));
        assert!(
            page.body.contains("class=\"mk__l\">第三者</span>祖母によると夜は泣いている。</span>次は来月。"),
            "{}",
            page.body
        );
        let mut head = site.as_role(Role::Head);
        let check = asked(&mut head, file, "own", "");
        let inside = head.get(&check);
        assert!(inside.body.contains("取扱注意") && inside.body.contains("祖母によると夜は泣いている。"));
        let copy = head.get(&format!("{check}/copy"));
        assert_eq!(copy.status, 200);
        assert!(copy.body.contains("会えた。") && copy.body.contains("次は来月。"), "{}", copy.body);
        assert!(!copy.body.contains("祖母") && !copy.body.contains("見立て"));
        assert!(!letter(&copy).contains("取扱注意"));
        let blocks = copy.body.matches(BLACK).count();
        assert_eq!(blocks, 2, "as long as any other");
        assert!(copy.body.contains("（2号）") && copy.body.contains("（7号）"));
        assert!(copy.body.contains("第2号 本人以外の個人に関する情報"));
        let printed = format!(
            "select count(*) as n from reading where what = 'export' and purpose = 'disclosure' and files = '{file}'"
        );
        assert_eq!(site.count(&printed), 1, "{engine:?}");
    }
}

#[test]
fn a_mark_that_is_not_closed_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let site = Site::start(crate::support::site::Engine::Sqlite);
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    let text = "会えた。〔第三者：祖母によると";
    let answer = note(&mut nurse, file, text);
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("id=\"e-note\"") && answer.body.contains("閉じていません"), "{}", answer.body);
    assert!(answer.body.contains(text), "what she typed");
    let call = [("means", "phone"), ("result", "reached"), ("day", "きょう"), ("note", "祖母の話〕")];
    let answer = fill(&mut nurse, &format!("/persons/{file}/contacts/new"), &call);
    // The form posts to another address than it is drawn at.
    assert!(answer.status == 404 || answer.status == 405, "{}", answer.status);
    let mut fields = crate::stories::desk::filled(&mut nurse, &format!("/persons/{file}/contacts/new"), &call);
    let answer = send(&mut nurse, &format!("/persons/{file}/contacts"), &fields);
    assert!(answer.status == 422 && answer.body.contains("「〕」だけがあります"), "{}", answer.body);
    // The whole record: the tick stands in the text, like any other mark.
    fields.retain(|(name, _)| name != "note");
    fields
        .extend([("note".to_owned(), "近所の人が電話してきた".to_owned()), ("third_party".to_owned(), "1".to_owned())]);
    assert_eq!(send(&mut nurse, &format!("/persons/{file}/contacts"), &fields).status, 303);
    assert!(nurse.get(&format!("/persons/{file}")).body.contains("第三者情報"));
    let mut head = site.as_role(Role::Head);
    let check = asked(&mut head, file, "own", "");
    let copy = head.get(&format!("{check}/copy"));
    assert!(copy.body.contains("電話") && !copy.body.contains("近所"), "{}", copy.body);
}

#[test]
fn an_old_record_is_marked_afterwards_without_changing_a_word() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = mother(&mut nurse);
        note(&mut nurse, file, "叔父の職場が変わった。母は元気。");
        let mut head = site.as_role(Role::Head);
        let check = asked(&mut head, file, "own", "");
        let inside = head.get(&check);
        assert!(inside.body.contains("しるしなし"), "nobody has looked at it: {}", inside.body);
        let path = format!("/persons/{file}/events/{}/mark", event(&site, file, "note"));
        let other = fill(&mut head, &path, &[("note", "〔第三者：叔父の仕事が変わった。〕母は元気。")]);
        assert!(other.status == 422 && other.body.contains("文が変わっています"), "{}", other.body);
        let back = format!("{path}?return_to={check}");
        let mut fields = crate::stories::desk::filled(
            &mut head,
            &back,
            &[("note", "〔第三者7号：叔父の職場が変わった。〕母は元気。")],
        );
        assert_eq!(fields[2].1, check, "marking leads back to where it was asked for");
        let answer = send(&mut head, &path, &fields);
        assert_eq!((answer.status, answer.location()), (303, check.as_str()), "{}", answer.body);
        fields[0].1 = String::from("again");
        assert_eq!(send(&mut head, &path, &fields).status, 422, "nothing new");
        let copy = head.get(&format!("{check}/copy"));
        assert!(copy.body.contains("母は元気。") && copy.body.contains("（7号）") && !copy.body.contains("叔父"));
        let page = nurse.get(&format!("/persons/{file}"));
        assert!(
            page.body.contains("開示のしるし") && page.body.contains("叔父の職場が変わった。"),
            "what was written stays"
        );
        assert_eq!(site.as_role(Role::Clerk).get(&path).status, 404, "whoever may correct");
    }
}

#[test]
fn nobody_can_tell_from_a_copy_whether_there_is_a_compartment() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let (one, other) =
            (mother(&mut nurse), register(&mut nurse, &[("name", "架空 二葉"), ("kana", "カクウ フタバ")]));
        for file in [one, other] {
            note(&mut nurse, file, "はじめの相談。");
        }
        record(&site, "narrow", one, Sensitivity::Compartment, Body::Note { text: "【通告】奥津城の話".into() });
        for file in [one, other] {
            note(&mut nurse, file, "つぎの相談。");
        }
        let mut head = site.as_role(Role::Head);
        let pages = [one, other].map(|file| {
            let check = asked(&mut head, file, "own", "");
            let pages = [head.get(&check).body, head.get(&format!("{check}/copy")).body];
            let list = |page: &str| page.matches("class=\"dis__h\"").count();
            (list(&pages[0]), list(&pages[1]), pages)
        });
        for (_, _, said) in &pages {
            assert!(said.iter().all(|page| !page.contains("奥津城") && !page.contains("【通告】")));
            assert!(said[0].contains("要対協・通告の記録は、この点検版にも写しにも入りません"), "said of everybody");
        }
        assert_eq!((pages[0].0, pages[0].1), (pages[1].0, pages[1].1), "no gap, no count: {engine:?}");
    }
}

#[test]
fn a_father_asks_for_the_child_of_a_protected_mother() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = pregnant(&mut nurse, "R8.11.30");
        let typed = [("birth_day", "R8.11.23"), ("children", "1"), ("source", "own"), ("child_1_sex", "F")];
        assert_eq!(fill(&mut nurse, &format!("/persons/{file}/births/new"), &typed).status, 303);
        let child = site.count("select max(file) as n from event where kind = 'born'");
        note(&mut nurse, child, "母は北町１－２－３にいる。電話は080-5550-0100。体重は順調。");
        fill(&mut nurse, &format!("/persons/{child}/caution"), &[("speak_to", "母のみ。父には話さない")]);
        // Only the mother is protected: what the child's file says of her place is not given out either.
        fill(&mut nurse, &format!("/persons/{file}/protection"), &[("on", "1"), ("note", "父から避難")]);
        let mut head = site.as_role(Role::Head);
        let check = asked(&mut head, child, "guardian", "架空 太郎");
        let inside = head.get(&check);
        assert!(inside.body.contains("支援措置・秘匿があります") && inside.body.contains("存否応答拒否"));
        let copy = head.get(&format!("{check}/copy"));
        assert!(copy.body.contains("体重は順調。"), "{}", copy.body);
        for told in ["北町", "5550", "１－２－３", "みなと産院", "父には話さない", "避難", "秘匿の設定"]
        {
            assert!(!letter(&copy).contains(told), "{engine:?} tells {told}: {}", letter(&copy));
        }
        // Protected herself, her own copy masks as well, and does not say that she is.
        let own = asked(&mut head, file, "own", "");
        let copy = head.get(&format!("{own}/copy"));
        for told in ["北町", "5550", "東浜", "みなと産院", "秘匿", "避難"] {
            assert!(!letter(&copy).contains(told), "{engine:?} tells {told}: {}", letter(&copy));
        }
    }
}

#[test]
fn the_answer_has_its_day_and_ends_with_the_decision() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = mother(&mut nurse);
        note(&mut nurse, file, "〔第三者：祖母の話〕");
        for role in Role::ALL.into_iter().filter(|r| !r.may(casework::Permission::Disclose)) {
            assert_eq!(site.as_role(role).get(&format!("/persons/{file}/disclosures")).status, 404, "{role:?}");
        }
        let mut head = site.as_role(Role::Coordinator);
        let nobody = fill(&mut head, &format!("/persons/{file}/disclosures"), &[("by", "guardian"), ("day", "きょう")]);
        assert!(nobody.status == 422 && nobody.body.contains("請求した人の氏名"), "{}", nobody.body);
        let check = asked(&mut head, file, "agent", "架空 花子");
        // 30 days, the day itself not counted; on the list without saying what it is about.
        let due = "select count(*) as n from duty where service = 'disclosure_reply' and target = ";
        let day = |text: &str| crate::stories::desk::day(text).0;
        assert_eq!(site.count(&format!("{due}{}", day("2026-12-24"))), 1);
        head.get(&check);
        let list = head.get("/today?scope=office&state=planned");
        assert!(list.body.contains("書面への回答") && !list.body.contains("開示"), "{}", list.body);
        assert!(list.body.contains(&check), "one click to it");
        let closed = Body::Closure(casework::body::Closure {
            key: format!("disclosure_reply#{}", check.rsplit('/').next().unwrap()),
            how: "ended".into(),
            reason: "不要".into(),
        });
        let act = casework::Act::Record {
            file,
            episode: None,
            day: rules::Span::on(crate::support::site::today()),
            source: "own".into(),
            sensitivity: Sensitivity::Ordinary,
            body: closed,
        };
        assert!(refused(&site, act), "a line of the law is not closed like another");
        let why = decided(&mut head, &check, "extend", &[("extend_reason", "")]);
        assert!(why.status == 422 && why.body.contains("延長の理由を入力"), "{}", why.body);
        assert_eq!(decided(&mut head, &check, "extend", &[("extend_reason", "記録が多い")]).status, 303);
        assert_eq!(site.count(&format!("{due}{}", day("2027-01-23"))), 1);
        let whole = decided(&mut head, &check, "decide", &[("outcome", "whole"), ("day", "きょう")]);
        assert!(whole.status == 422 && whole.body.contains("黒く塗るところが1か所"), "{}", whole.body);
        let bare = decided(&mut head, &check, "decide", &[("outcome", "part"), ("day", "きょう"), ("reason", "")]);
        assert!(bare.status == 422 && bare.body.contains("理由を入力"), "{}", bare.body);
        let typed = [("outcome", "part"), ("day", "きょう"), ("reason", "第2号。祖母の話")];
        let mut again = typed.to_vec();
        again.insert(0, ("once", "1"));
        assert_eq!(decided(&mut head, &check, "decide", &again).status, 303);
        let open = "select count(*) as n from duty where service = 'disclosure_reply' and settled_how is null";
        assert_eq!(site.count(open), 0);
        assert!(head.get(&check).body.contains("一部開示（"), "decided");
        assert!(!head.get(&format!("{check}/copy")).body.contains("決定前の案"));
        let unanswered = asked(&mut head, file, "agent", "架空 花子");
        let typed = [("outcome", "unanswered"), ("day", "きょう"), ("reason", "第81条")];
        assert_eq!(decided(&mut head, &unanswered, "decide", &typed).status, 303);
        let none = head.get(&format!("{unanswered}/copy"));
        assert!(none.status == 422 && none.body.contains("渡す写しがありません"), "{}", none.body);
    }
}

/// Whether the write path refuses an act.
fn refused(site: &Site, act: casework::Act) -> bool {
    use server::platform::{
        Actor,
        store::{Desk, apply, write::NotApplied},
    };
    let actor = Actor { staff: 1, post: 1, role: Role::Phn, ..Actor::program(vec![crate::support::site::CENTRE]) };
    let done: Result<_, NotApplied> = site.doors.write(&actor, |door| {
        let (today, now, keepers) = (door.today(), door.now(), &[crate::support::site::CENTRE]);
        let desk = Desk { keeper: keepers[0], keepers, actor: 1, today, now, batch: None, books: &site.books };
        apply(door.db, &desk, &casework::Command { id: "refused".into(), act, seen: Vec::new() })
    });
    matches!(done, Err(NotApplied::Refused(_)))
}

#[test]
fn only_the_time_asked_about_is_in_it() {
    let site = Site::start(crate::support::site::Engine::Sqlite);
    let mut nurse = site.as_role(Role::Phn);
    let file = mother(&mut nurse);
    let call = Contact {
        means: "phone".into(),
        time: None,
        with: "本人".into(),
        result: Reached::Reached,
        seen: None,
        next: None,
        about: None,
        service: None,
        note: "きょうの話".into(),
    };
    record(&site, "call", file, Sensitivity::Ordinary, Body::Contact(call));
    fill(&mut nurse, &format!("/persons/{file}/notes/new"), &[("day", "R8.4.2"), ("note", "春の話")]);
    let mut head = site.as_role(Role::Head);
    let typed = [("by", "own"), ("day", "きょう"), ("period_from", "R8.4.1"), ("period_to", "R8.4.30")];
    let answer = fill(&mut head, &format!("/persons/{file}/disclosures"), &typed);
    let copy = head.get(&format!("{}/copy", answer.location()));
    assert!(copy.body.contains("春の話") && !copy.body.contains("きょうの話"), "{}", copy.body);
    let wrong = [("by", "own"), ("day", "きょう"), ("period_from", "R8.5.1"), ("period_to", "R8.4.30")];
    let answer = fill(&mut head, &format!("/persons/{file}/disclosures"), &wrong);
    assert!(answer.status == 422 && answer.body.contains("始まりと終わりが逆"), "{}", answer.body);
}

#[test]
fn a_single_nurse_is_led_to_the_role_that_receives_a_request() {
    for engine in BOTH {
        let site = Site::start(engine);
        let mut nurse = site.as_role(Role::Phn);
        let file = mother(&mut nurse);
        let (person, requests) = (format!("/persons/{file}"), format!("/persons/{file}/disclosures"));
        let page = nurse.get(&person).body;
        assert!(page.contains("統括支援員かセンター長・係長が受け付けます（"), "{engine:?}: {page}");
        let off = today().0 - 1;
        site.sql(&format!("update post set until_day = {off} where role in ('coordinator', 'head')"));
        assert!(nurse.get(&person).body.contains("このセンターにまだいません"), "{engine:?}: nobody does yet");
        assert_eq!(nurse.get(&requests).status, 404);
        // As in the smallest towns: the only nurse is 統括支援員 too.
        site.sql(&format!(
            "insert into post (staff, keeper, role, from_day) values (1, {CENTRE}, 'coordinator', {off})"
        ));
        let mut nurse = site.as_role(Role::Phn);
        let page = nurse.get(&person).body;
        let button = page.split("に切り替えて、開示請求を開く").next().unwrap().rsplit("<form").next().unwrap();
        let (role, place) = (hidden(button, "role"), hidden(button, "return_to"));
        assert_eq!(place, requests);
        let switched = nurse.post("/session/role", &[("role", &role), ("return_to", &place)]);
        assert_eq!(switched.location(), requests, "{engine:?}");
        assert_eq!(nurse.get(&requests).status, 200);
        asked(&mut nurse, file, "agent", "架空 花子");
        // Elsewhere is nowhere.
        let back = nurse.post("/session/role", &[("role", &role), ("return_to", "//example.invalid/")]);
        assert_eq!(back.location(), "/");
    }
}
