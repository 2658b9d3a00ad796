//! A fictional morning: every state, one protected mother, twins, a foreign name.
#![allow(clippy::unwrap_used)]

use super::view::{ActiveFilter, Counter, Filter, Group, LifeLine, Line, Panel, Recent, Scope, TodayPage};
use crate::example::{caution, choices, form, frame, noticed, undo};
use crate::platform::web::view::{Act, Link, Name, State};
use crate::{checkups, closures, contacts, visits};
use askama::Template;

fn acts(open: &str) -> Vec<Act> {
    let act = |label: &str, icon, key, id: &str| Act {
        label: label.into(),
        icon,
        url: format!("/today?open=812&act={id}"),
        key,
        first: key == "c",
        open: id == open,
    };
    vec![
        act("電話を記録", "phone", "c", "call"),
        act("訪問を記録", "home", "v", "visit"),
        act("実施を記録", "done", "", "done"),
        act("終結・対象外", "closed", "", "close"),
    ]
}

/// `texts`: service | reason | evidence | window | due | left
fn line(id: &str, state: State, texts: &str, life: Option<LifeLine>) -> Line {
    let mut parts = texts.split('|').map(|part| part.trim().to_owned());
    let mut next = || parts.next().unwrap();
    let mine = id != "d-3";
    let owner = if mine { "佐藤" } else { "田村" }.into();
    Line {
        id: id.into(),
        state,
        service: next(),
        reason: next(),
        evidence: next(),
        window: next(),
        due: next(),
        left: next(),
        owner,
        mine,
        life,
        acts: acts(""),
        panel: None,
    }
}

fn group(id: &str, name: (&str, &str), about: &str, kin: &str, marks: &[&str], lines: Vec<Line>) -> Group {
    Group {
        id: id.into(),
        name: Name { text: name.0.into(), ruby: name.1.into() },
        url: "/persons/3".into(),
        family_url: "/persons/3/family".into(),
        about: about.into(),
        kin: kin.into(),
        marks: marks.iter().map(|mark| (*mark).into()).collect(),
        noted: kin.is_empty(),
        protected: false,
        district: "北部2区".into(),
        lines,
    }
}

/// Wide rows on purpose: one line of the list is one line here.
#[rustfmt::skip]
fn groups() -> Vec<Group> {
    let rhythm = LifeLine::new("最後の受診記録から49日、電話2回不在", &[(145, true), (117, true), (77, true), (49, true), (7, false), (4, false)], Some(-28));
    let checkup = LifeLine::new("10月15日の回は未受診", &[(75, true), (40, false)], Some(0));
    let home = LifeLine::new("出生連絡票が届いてから連絡1回", &[(60, true), (12, false)], Some(2));
    let mother = vec![
        line("d-1", State::Overdue, "妊婦健診の受診|2回分の間隔をこえて受診の記録がありません（最後は10/6・25週1日）。|妊婦健診受診票 10月診療分まで到着|期間 10/20〜10/27|10/27|28日超過", Some(rhythm)),
        line("d-2", State::DueSoon, "妊娠8か月 面談|アンケートの返事がまだです。||期間 11/10〜12/8|12/8|あと14日", None),
    ];
    let boy = line("d-3", State::DueSoon, "3歳児健診|10/15の回は未受診。2回目の案内をこれから送ります。|健診受診者名簿 11/15まで到着|期間 R8.9.12〜R9.9.11|11/24|今日まで", Some(checkup));
    let asked = line("d-4", State::Unconfirmed, "産婦健診（1か月）|受けたかどうかの知らせがありません。医療機関か本人に確かめます。|産婦健診受診票 9月診療分まで到着|期間 10/14〜11/24|11/24|今日まで", None);
    let moved = line("d-5", State::ToDecide, "前住所地への照会|照会から12日、回答待ちです。期間内に受けたかどうか、続け方を決めます。|他市町村からの回答 未着||11/26|あと2日", None);
    let visit = line("d-6", State::Overdue, "新生児訪問・全戸訪問|訪問の予約がないまま、帰宅から95日たちました。||期間 8/21〜12/17|11/19|5日超過", Some(home));
    let twins = vec![
        line("d-8", State::NotArrived, "BCG|予診票がまだ届いていません。遅れとは数えません。|予防接種予診票 8月分まで到着|期間 8/18〜R9.2.17|R9.2.17|あと85日", None),
        line("d-9", State::Planned, "7～8か月児 育児相談|R9.3.18 から対象です。||期間 R9.3.18〜5.17|5月中|", None),
    ];
    let mut groups = vec![
        group("p-1", ("山本 彩香", "やまもと あやか"), "29歳・妊娠32週1日・第2子", "長男 山本 蓮 3歳2か月", &["里帰り 12/20〜"], mother),
        group("p-2", ("山本 蓮", "やまもと れん"), "長男・3歳2か月", "母 山本 彩香 29歳", &[], vec![boy]),
        group("p-4", ("斎藤 葵", "さいとう あおい"), "長女・生後41日", "母 斎藤 美穂 34歳", &[], vec![asked]),
        group("p-5", ("髙﨑 湊", "たかさき みなと"), "長男・1歳5か月・11/10転入", "父 髙﨑 隆 41歳", &[], vec![moved]),
        group("p-6", ("グエン・ティ・リン", ""), "長女・0歳4か月", "母 グエン・ティ・ラン 27歳", &["通訳：ベトナム語"], vec![visit]),
        group("p-8", ("𠮷田 航・𠮷田 凪", "よしだ わたる・なぎ"), "双子・生後98日", "母 𠮷田 千夏 31歳", &["双子"], twins),
    ];
    groups[2].protected = true;
    groups
}

fn filter() -> Filter {
    let scope = |label: &str, count, current| Scope { label: label.into(), count, url: "/today".into(), current };
    let form = form("/today", &[("state", "overdue"), ("order", "due")]);
    let tag = |label: &str| ActiveFilter { label: label.into(), remove_url: "/today".into() };
    Filter {
        scopes: vec![scope("自分の担当", 14, true), scope("北部地区", 31, false), scope("センター全体", 86, false)],
        active: vec![tag("北部1区・2区・3区"), tag("予約ずみを除く")],
        clear_url: "/today".into(),
        form,
        states: choices(&[
            ("overdue", "期限超過（6）"),
            ("unconfirmed", "未確認（2）"),
            ("not_arrived", "未着（4）"),
            ("due_soon", "期限間近（5）"),
            ("planned", "予定（9）"),
            ("to_decide", "判断待ち（1）"),
        ]),
        services: choices(&[
            ("prenatal", "妊婦健診"),
            ("home", "新生児訪問・全戸訪問"),
            ("m18", "1歳6か月児健診"),
            ("m36", "3歳児健診"),
            ("vaccination", "予防接種"),
        ]),
        districts: choices(&[("", "すべて"), ("n1", "北部1区"), ("n2", "北部2区")]),
        orders: choices(&[("due", "人ごと・期限の早い順"), ("name", "ふりがな順")]),
        unfolded: false,
    }
}

pub fn page() -> TodayPage {
    let counter = |state, count, detail: &str| Counter {
        state,
        count,
        detail: detail.into(),
        url: "/today?state=x".into(),
        current: state == State::Overdue,
    };
    let recent = |time: &str, who: &str, what: &str| Recent {
        time: time.into(),
        who: who.into(),
        what: what.into(),
        url: "/persons/3".into(),
        undo: Some(undo(who)),
    };
    TodayPage {
        frame: frame("今日の対応"),
        lead: "期限を過ぎた対応が 4人 6件、期限の近い対応が 5人 5件 あります。".into(),
        as_of: "10:58 時点".into(),
        counters: vec![
            counter(State::Overdue, 6, "4人・昨日より＋1"),
            counter(State::Unconfirmed, 2, "2人"),
            counter(State::DueSoon, 5, "今日まで 2"),
            counter(State::ToDecide, 1, "1人"),
            counter(State::Planned, 9, "7人"),
            counter(State::NotArrived, 4, "4人"),
        ],
        filter: filter(),
        groups: groups(),
        flat: false,
        shown: "14人のうち 1–6人を表示".into(),
        more: Some(Link { label: "続きの8人を表示".into(), url: "/today?page=2".into() }),
        arrivals: vec![
            "妊婦健診受診票　10月診療分まで".into(),
            "予防接種予診票　9月分まで".into(),
            "住民記録　11/24 まで".into(),
        ],
        handovers: vec![Link {
            label: "引継書を読む（4/15まで）".into(), url: "/supervision/handovers/7".into()
        }],
        reviews: vec![
            Link { label: "緊急閲覧の確認 1件（12/1まで）".into(), url: "/emergencies".into() },
            Link {
                label: "閲覧の点検 10月分（11/30まで）".into(), url: "/readings/month?month=2026-10".into()
            },
        ],
        first_table: "担当を決めていない対応は、統括支援員（黒田 玲子）の一覧に出ます。".into(),
        settlings: vec![
            Link {
                label: "初期整理（移行前の対応が残っています）".into(), url: "/settlings?mode=start".into()
            },
            Link { label: "月次一括".into(), url: "/settlings?mode=month".into() },
        ],
        recent: vec![
            recent("10:41", "田中 大翔", "電話（つながった）"),
            recent("10:12", "原田 咲", "3歳児健診 未受診を記録"),
        ],
    }
}

fn with_panel(panel: Panel, act: &str) -> TodayPage {
    let mut page = page();
    page.groups[0].lines[0].panel = Some(panel);
    page.groups[0].lines[0].acts = acts(act);
    page
}

pub fn pages() -> Vec<(&'static str, String)> {
    let mut call = contacts::example::contact(form(
        "/contacts",
        &[("result", "absent"), ("next_act", "visit"), ("next_day", "11/26")],
    ));
    call.caution = Some(caution());
    call.proposal = "3回つづけて不在のため、訪問を提案しています（みなと市 運用基準 4-2）。".into();
    call.form.echoes = vec![("next_day".into(), "令和8年11月26日（木）・妊娠32週3日".into())];
    let visit = visits::example::visit(form("/visits", &[("day", "きょう"), ("seen", "direct")]));
    let done = checkups::example::checkup(form("/checkups", &[]));
    let close = closures::example::closure(form("/closures", &[]));
    let mut quiet = page();
    quiet.groups.clear();
    quiet.lead = "期限を過ぎた対応はありません。".into();
    let mut flat = page();
    flat.flat = true;
    flat.filter.unfolded = true;
    flat.frame.counter_mode = true;
    let mut after = page();
    after.frame = noticed(after.frame);
    vec![
        ("today", page().render().unwrap()),
        ("today-call", with_panel(Panel::Contact(call.into()), "call").render().unwrap()),
        ("today-visit", with_panel(Panel::Visit(visit.into()), "visit").render().unwrap()),
        ("today-done", with_panel(Panel::Checkup(done.into()), "done").render().unwrap()),
        ("today-close", with_panel(Panel::Closure(close.into()), "close").render().unwrap()),
        ("today-quiet", quiet.render().unwrap()),
        ("today-flat", flat.render().unwrap()),
        ("today-after", after.render().unwrap()),
    ]
}
