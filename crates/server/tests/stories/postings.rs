//! 発送: the last check before letters go out, in the words of those who send them.

use casework::{
    Act, Body, Command, Role, Sensitivity,
    body::{Caution, Resident},
};
use rules::{Day, Span};
use server::platform::{
    Actor,
    store::{Desk, apply},
};

use super::desk::{fill, hidden, record};
use crate::support::site::{Answer, BOTH, CENTRE, Site, Visitor, today};

/// Children of one year and a half whose vaccinations nobody has recorded; each lives in a street of its own.
fn children(site: &Site, names: &[&str]) -> Vec<i64> {
    (0..).zip(names).map(|(n, name)| child(site, n, name, name.starts_with("秘匿"))).collect()
}

fn child(site: &Site, n: i32, name: &str, protected: bool) -> i64 {
    let resident = Resident {
        number: format!("88{n}"),
        household: format!("55{n}"),
        name: format!("試験 {name}"),
        kana: if name.starts_with('ゑ') || name.starts_with('あ') { name.into() } else { "しけん".into() },
        sex: "F".into(),
        birth: Some(Span::on(Day::from_ymd(2025, 4, 10).unwrap().plus(n))),
        postcode: format!("999-010{n}"),
        address: format!("灯台町{n}丁目77"),
        district: "北部".into(),
        cause: "present".into(),
        ..Resident::default()
    };
    let day = Span::on(today().plus(-100));
    opened(site, &format!("open{n}"), Act::Open { day, source: "residents".into(), resident, protected })
}

fn opened(site: &Site, id: &str, act: Act) -> i64 {
    let actor = Actor { staff: 1, role: Role::Phn, ..Actor::program(vec![CENTRE]) };
    let done = site.doors.write(&actor, |door| {
        let (today, now, keepers) = (door.today(), door.now(), &[CENTRE]);
        let desk = Desk { keeper: CENTRE, keepers, actor: 1, today, now, batch: None, books: &site.books };
        apply(door.db, &desk, &Command { id: id.into(), act: act.clone(), seen: Vec::new() })
    });
    done.unwrap().files[0]
}

const LIST: &str = "/postings/new?mode=month&service=pcv";

fn protect() -> Body {
    Body::Protection { on: true, note: "母から電話".into(), review: None }
}

/// The form of the check as the browser would send it: everybody under 送る is ticked.
fn form(page: &Answer, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = page.body.split("action=\"/postings\"").nth(1).unwrap_or_else(|| panic!("{}", page.body));
    let mut fields: Vec<(String, String)> =
        ["command_id", "service"].iter().map(|n| ((*n).to_owned(), hidden(own, n))).collect();
    for part in own.split("name=\"seen\" value=\"").skip(1) {
        fields.push(("seen".into(), part.split('"').next().unwrap().to_owned()));
    }
    for part in own.split("type=\"checkbox\" name=\"").skip(1) {
        fields.push((part.split('"').next().unwrap().to_owned(), "send".into()));
    }
    let typed = [("title", "肺炎球菌 案内はがき"), ("kind", "invited"), ("day", "きょう")];
    fields.extend(typed.iter().chain(more).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    fields
}

fn post(visitor: &mut Visitor, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    visitor.post("/postings", &fields)
}

/// The part of a page under a heading.
fn under<'p>(page: &'p Answer, id: &str) -> &'p str {
    let part = page.body.split(&format!("id=\"{id}\"")).nth(1).unwrap_or("");
    part.split("</section>").next().unwrap()
}

fn sends(visitor: &mut Visitor, more: &[(&str, &str)]) -> String {
    let page = visitor.get(LIST);
    assert_eq!(page.status, 200, "{}", page.body);
    let sent = post(visitor, &form(&page, more));
    assert_eq!(sent.status, 303, "{}", sent.body);
    sent.location().to_owned()
}

#[test]
fn the_month_is_sent_after_everybody_was_looked_at() {
    for engine in BOTH {
        let site = Site::start(engine);
        let files = children(&site, &["港", "秘匿の子", "転出の子", "郵便なし", "岬", "停止の子"]);
        record(&site, "out", files[2], Sensitivity::Ordinary, Body::MovedOut { destination: "東浜市".into() });
        let caution = Caution { mail: Some(false), ..Caution::default() };
        record(&site, "mail", files[3], Sensitivity::Ordinary, Body::Caution(caution));
        let mut phn = site.as_role(Role::Phn);
        let stopped = fill(
            &mut phn,
            &format!("/persons/{}/letters/stop", files[5]),
            &[("day", "きょう"), ("until", ""), ("note", "案内は送らないでほしいと電話")],
        );
        assert_eq!(stopped.status, 303, "{}", stopped.body);
        let person = phn.get(&format!("/persons/{}", files[5]));
        assert!(person.body.contains("R8.11.24から発送停止（案内は送らないでほしいと電話）"), "{}", person.body);

        assert!(phn.get("/settlings?mode=month&service=pcv").body.contains("/postings/new?mode=month"));
        assert!(
            phn.get("/today?scope=office&tier=2&service=pcv")
                .body
                .contains("/postings/new?from=today&amp;scope=office")
                || phn
                    .get("/today?scope=office&tier=2&service=pcv")
                    .body
                    .contains("/postings/new?from=today&#38;scope=office")
        );
        let page = phn.get(LIST);
        let (judge, send, stop) = (under(&page, "judge-t"), under(&page, "send-t"), under(&page, "stop-t"));
        assert!(judge.contains("秘匿の子") && judge.contains("支援措置・秘匿"), "{}", page.body);
        assert!(judge.contains("郵便なし") && judge.contains("郵便は「しない」"), "{judge}");
        assert!(send.contains("港") && send.contains("岬") && !send.contains("秘匿の子"), "{send}");
        assert!(stop.contains("転出の子") && stop.contains("転出しています（R8.11.24）"), "{stop}");
        assert!(stop.contains("停止の子") && stop.contains("発送停止"), "{stop}");
        assert!(!page.body.contains("灯台町"), "no address before it is decided");

        let refused = post(&mut phn, &form(&page, &[]));
        assert_eq!(refused.status, 422);
        assert!(refused.body.contains("「判断が要る」のうち、2人の判断か理由がまだです"), "{}", refused.body);
        let (secret, quiet) = (format!("send-{}", files[1]), format!("send-{}", files[3]));
        let (why_secret, why_quiet) = (format!("why-{}", files[1]), format!("why-{}", files[3]));
        let decided = [
            (secret.as_str(), "send"),
            (why_secret.as_str(), "母と電話で決めた"),
            (quiet.as_str(), "hold"),
            (why_quiet.as_str(), "電話で伝える"),
        ];
        let fields = form(&page, &decided);
        let sent = post(&mut phn, &fields);
        assert_eq!(sent.status, 303, "{}", sent.body);
        let place = sent.location().to_owned();
        assert_eq!(post(&mut phn, &fields).location(), place, "pressed twice");
        assert_eq!(site.count("select count(*) as n from event where kind = 'sent'"), 3, "{engine:?}");
        assert_eq!(site.count("select count(*) as n from event where kind = 'held'"), 3);
        let posting = phn.get(&place);
        for told in ["母", "封筒で一通ずつ", "電話で伝える", "転出しています", "送らなかった人"]
        {
            assert!(told == "母" || posting.body.contains(told), "{told}: {}", posting.body);
        }
        let log = phn.get(&format!("/persons/{}", files[1]));
        assert!(log.body.contains("郵便の発送") && log.body.contains("母と電話で決めた"), "{}", log.body);

        let labels = phn.get(&format!("{place}/labels?per=12"));
        assert!(
            labels.body.contains("灯台町0丁目77") && labels.body.contains("試験 港　保護者　様"),
            "{}",
            labels.body
        );
        assert!(!labels.body.contains("灯台町1丁目"), "nobody protected on a sheet");
        assert!(under(&labels, "alone-t").contains("秘匿の子"));
        let list = phn.get(&format!("{place}/list"));
        assert!(list.body.contains("秘匿の子") && !list.body.contains("灯台町"), "{}", list.body);
        for kind in ["csv", "csv?as=cp932"] {
            let csv = phn.get(&format!("{place}/{kind}"));
            assert_eq!(csv.status, 200);
            assert!(!csv.body.contains("秘匿") && !csv.body.contains("灯台町1"), "{}", csv.body);
        }
        let exports = "select count(*) as n from reading where what = 'export' and purpose = 'posting_labels'";
        assert_eq!(site.count(exports), 1);

        // What was sent is answered; who was held is still in the month. The same again: it is in the post already.
        let left = phn.get(LIST);
        assert!(!left.body.contains("港") && left.body.contains("停止の子"), "{}", left.body);
        let again = phn.get("/postings/new?from=today&scope=office&tier=2&service=pcv&state=planned");
        assert!(under(&again, "stop-t").contains("同じものを発送ずみです（R8.11.24）"), "{}", again.body);
        assert!(phn.get("/postings").body.contains("発送 3通・送らない 3人"));

        let undone = fill(&mut phn, &place, &[]);
        drop(undone);
        let page = phn.get(&place);
        let fields = [("command_id", hidden(&page.body, "command_id")), ("reason", "宛名を間違えた".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(phn.post(&format!("{place}/withdraw"), &fields).status, 303);
        for _ in 0..5_000 {
            if phn.get(&place).body.contains("が取り消し（宛名を間違えた）") {
                break;
            }
        }
        assert_eq!(phn.get(&format!("{place}/labels")).status, 404, "what was taken back is not printed");
        assert!(under(&phn.get(LIST), "send-t").contains("港"), "as before");
    }
}

#[test]
fn whoever_changes_between_the_check_and_the_posting_stops_it() {
    for engine in BOTH {
        let site = Site::start(engine);
        let files = children(&site, &["港", "岬", "凪"]);
        let mut phn = site.as_role(Role::Phn);
        let page = phn.get(LIST);
        let fields = form(&page, &[]);
        // A colleague, a minute ago.
        record(&site, "p", files[0], Sensitivity::Ordinary, protect());
        record(&site, "d", files[1], Sensitivity::Ordinary, Body::Died);
        let stopped = post(&mut phn, &fields);
        assert_eq!(stopped.status, 409, "{}", stopped.body);
        assert!(stopped.body.contains("確認のあとに変わった人がいます（2人）"), "{}", stopped.body);
        assert!(stopped.body.contains("支援措置・秘匿") && under(&stopped, "stop-t").contains("亡くなっています"));
        assert_eq!(site.count("select count(*) as n from event where kind in ('sent', 'held')"), 0, "{engine:?}");
        assert_eq!(site.count("select count(*) as n from batch where kind = 'posting'"), 0);
        // Seen as they are now, the others go.
        let (send, why) = (format!("send-{}", files[0]), format!("why-{}", files[0]));
        let fields = form(&stopped, &[(&send, "hold"), (&why, "母に確かめる")]);
        let sent = post(&mut phn, &fields);
        assert_eq!(sent.status, 303, "{}", sent.body);
        assert_eq!(site.count("select count(*) as n from event where kind = 'sent'"), 1);
    }
}

#[test]
fn whoever_changes_before_the_labels_are_printed_gets_none_and_is_named() {
    for engine in BOTH {
        let site = Site::start(engine);
        let files = children(&site, &["港", "岬", "凪"]);
        let mut phn = site.as_role(Role::Phn);
        let place = sends(&mut phn, &[]);
        record(&site, "p", files[0], Sensitivity::Ordinary, protect());
        let died = fill(&mut phn, &format!("/persons/{}/died", files[1]), &[("day", "きょう")]);
        assert_eq!(died.status, 303);
        let told = phn.get(died.location());
        assert!(told.body.contains("11月24日に「肺炎球菌 案内はがき」を発送ずみです。"), "{}", told.body);
        let labels = phn.get(&format!("{place}/labels?per=24"));
        assert!(labels.body.contains("灯台町2丁目77"), "{}", labels.body);
        assert!(!labels.body.contains("灯台町0") && !labels.body.contains("灯台町1"), "{}", labels.body);
        let left = under(&labels, "left-t");
        assert!(left.contains("港") && left.contains("支援措置・秘匿"), "{left}");
        assert!(left.contains("岬") && left.contains("亡くなっています"), "{left}");
        let csv = phn.get(&format!("{place}/csv"));
        assert!(csv.body.contains("灯台町2") && !csv.body.contains("灯台町0") && !csv.body.contains("港"));
        // Nothing of it anywhere in the rows of the posting either.
        let kept = "select count(*) as n from batch where summary like '%灯台町%' or progress like '%灯台町%'";
        assert_eq!(site.count(kept), 0);
        assert_eq!(site.count("select count(*) as n from event where kind = 'sent' and body like '%灯台町%'"), 0);
    }
}

#[test]
fn a_letter_that_came_back_stops_the_next_one_until_the_address_is_found_out() {
    for engine in BOTH {
        let site = Site::start(engine);
        let files = children(&site, &["港", "岬"]);
        let mut phn = site.as_role(Role::Phn);
        let place = sends(&mut phn, &[]);
        let page = phn.get(&place);
        let id = hidden(&page.body, "command_id");
        let wrong = phn.post(
            &format!("{place}/returned"),
            &[("command_id", &id), ("numbers", "1、9"), ("day", "きょう"), ("next_day", "")],
        );
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("番号「9」は、この発送にありません"), "{}", wrong.body);
        let back = phn.post(
            &format!("{place}/returned"),
            &[("command_id", &id), ("numbers", "１"), ("day", "きょう"), ("next_day", "R8.12.3")],
        );
        assert_eq!(back.status, 303, "{}", back.body);
        assert!(phn.get(&place).body.contains("返戻（R8.11.24）"));
        assert!(phn.get("/postings").body.contains("返戻 1通"));
        let promise = format!(
            "select count(*) as n from duty where file = {} and service = 'next_contact' and settled_how is null",
            files[0]
        );
        assert_eq!(site.count(&promise), 1, "{engine:?}");
        let other = phn.get("/postings/new?mode=month&service=hib");
        assert!(under(&other, "stop-t").contains("返戻のあと、宛先を確かめていません"), "{}", other.body);
        let from_person = fill(
            &mut phn,
            &format!("/persons/{}/letters/returned", files[1]),
            &[("sent", "0"), ("day", "きょう"), ("next_day", "R8.12.3"), ("note", "あて所に尋ねあたりません")],
        );
        assert_eq!(from_person.status, 303, "{}", from_person.body);
        assert!(phn.get(&format!("/persons/{}", files[1])).body.contains("宛先を確かめる"));
    }
}

#[test]
fn what_only_the_compartment_knows_moves_nobody_for_others() {
    for engine in BOTH {
        let site = Site::start(engine);
        let files = children(&site, &["港", "岬"]);
        let quiet = Body::Period { name: "letters_stopped".into(), until: None, note: "父にも届く".into() };
        record(&site, "c", files[0], Sensitivity::Compartment, quiet);
        let (mut phn, mut head) = (site.as_role(Role::Phn), site.as_role(Role::Head));
        assert!(under(&head.get(LIST), "stop-t").contains("発送停止"));
        let place = {
            let page = head.get(LIST);
            let sent = post(&mut head, &form(&page, &[]));
            assert_eq!(sent.status, 303, "{}", sent.body);
            sent.location().to_owned()
        };
        assert!(under(&head.get(&place), "held-t").contains("港"));
        let seen = phn.get(&place);
        assert!(seen.body.contains("岬") && !seen.body.contains("港"), "{engine:?}: {}", seen.body);
        assert!(phn.get("/postings").body.contains("発送 1通・送らない 0人"));
        assert!(under(&phn.get(LIST), "send-t").contains("港"), "as if nothing were there");
    }
}

/// Who stands in 月次一括 for 小児肺炎球菌.
fn in_the_month(visitor: &mut Visitor, name: &str) -> bool {
    let page = visitor.get("/settlings/new?mode=month&service=pcv&part=carried");
    assert_eq!(page.status, 200, "{}", page.body);
    page.body.contains(name)
}

#[test]
fn a_letter_answers_its_line_of_the_month_and_closes_nothing() {
    for engine in BOTH {
        let site = Site::start(engine);
        let files = children(&site, &["港", "岬", "浜"]);
        let mut phn = site.as_role(Role::Phn);
        let page = phn.get(LIST);
        assert!(page.body.contains("接種の確認の日まで「予定」になります（きょう送ればR8.12.24"), "{}", page.body);
        let left_out = format!("send-{}", files[2]);
        let fields: Vec<_> = form(&page, &[]).into_iter().filter(|(name, _)| *name != left_out).collect();
        let sent = post(&mut phn, &fields);
        assert_eq!(sent.status, 303, "{}", sent.body);
        let place = sent.location().to_owned();
        assert!(phn.get(&place).body.contains("接種の確認の日（R8.12.24"), "{engine:?}");
        let months = |visitor: &mut Visitor| ["港", "岬", "浜"].map(|name| in_the_month(visitor, name));
        assert_eq!(months(&mut phn), [false, false, true], "{engine:?}: who got none is still there");
        let settled = "select count(*) as n from duty where service = 'pcv' and settled_how is not null";
        assert_eq!(site.count(settled), 0, "nothing is closed");
        let person = phn.get(&format!("/persons/{}", files[0]));
        assert!(person.body.contains("案内を発送 R8.11.24。接種の確認は R8.12.24。"), "{}", person.body);

        let page = phn.get(&place);
        let id = hidden(&page.body, "command_id");
        let back = [("command_id", id.as_str()), ("numbers", "1"), ("day", "きょう"), ("next_day", "")];
        assert_eq!(phn.post(&format!("{place}/returned"), &back).status, 303);
        assert_eq!(months(&mut phn), [true, false, true], "{engine:?}: nobody read what came back");

        let page = phn.get(&place);
        let fields = [("command_id", hidden(&page.body, "command_id")), ("reason", "取りやめ".into())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(phn.post(&format!("{place}/withdraw"), &fields).status, 303);
        for _ in 0..5_000 {
            if phn.get(&place).body.contains("が取り消し（取りやめ）") {
                break;
            }
        }
        assert_eq!(months(&mut phn), [true, true, true], "{engine:?}: as before");

        let notice = phn.get("/postings/new?mode=month&service=pcv");
        let notice: Vec<_> = form(&notice, &[("kind", "notice")]).into_iter().collect();
        let notice: Vec<_> = notice.into_iter().filter(|(n, v)| !(n == "kind" && v == "invited")).collect();
        assert_eq!(post(&mut phn, &notice).status, 303);
        assert!(in_the_month(&mut phn, "岬"), "a notice invites nobody");
    }
}

#[test]
fn everybody_stands_in_order_of_their_names_before_and_after_a_refusal() {
    for engine in BOTH {
        let site = Site::start(engine);
        children(&site, &["ゑり", "港", "あき", "岬"]);
        let mut phn = site.as_role(Role::Phn);
        let order = |page: &Answer| {
            let part = under(page, "send-t").to_owned();
            let mut names: Vec<(usize, &str)> =
                ["ゑり", "港", "あき", "岬"].iter().map(|n| (part.find(&format!("試験 {n}")).unwrap(), *n)).collect();
            names.sort_unstable();
            names.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        };
        let page = phn.get(LIST);
        assert_eq!(order(&page), ["あき", "港", "岬", "ゑり"], "{engine:?}: by ふりがな, then by file");
        let mut fields = form(&page, &[]);
        for (name, value) in &mut fields {
            if name == "title" {
                value.clear();
            }
        }
        let refused = post(&mut phn, &fields);
        assert_eq!(refused.status, 422);
        assert_eq!(order(&refused), order(&page), "{engine:?}");
        let sent = post(&mut phn, &form(&page, &[]));
        let list = phn.get(&format!("{}/list", sent.location()));
        let at = |name: &str| list.body.find(&format!("試験 {name}")).unwrap();
        assert!(at("あき") < at("港") && at("岬") < at("ゑり"), "numbered in the same order: {}", list.body);
    }
}
