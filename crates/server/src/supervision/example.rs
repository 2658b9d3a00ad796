//! A fictional office: who answers, who leaves, what is handed over.
#![allow(clippy::unwrap_used)]

use askama::Template;

use super::view::{
    AbsenceRow, AbsencesPage, Cell, CountRow, EscalatedLine, EscalationsPage, FallRow, HandoverRow, LeftRow, MoveRow,
    NewHandoverPage, PlanRow, PlanView, ReadForm, Reader, RehearsalPage, RoomPage, SheetLine, SheetPage, SheetPerson,
    TableCell, TablePage, TableRow, VacantRow,
};
use crate::example::{choices, form, frame, undo};
use crate::intake::imports::view::Count;
use crate::platform::web::view::{Caution, Link, Name, State, Tab};
use crate::today::view::Counter;

fn tabs(labels: &[&str]) -> Vec<Tab> {
    let tab = |(n, label): (usize, &&str)| Tab { label: (*label).into(), url: "/supervision".into(), current: n == 0 };
    labels.iter().enumerate().map(tab).collect()
}

fn cell(n: i64) -> Cell {
    Cell { n, url: if n > 0 { "/today?scope=office&owner=4".into() } else { String::new() } }
}

fn name(text: &str, ruby: &str) -> Name {
    Name { text: text.into(), ruby: ruby.into() }
}

fn link(label: &str, url: &str) -> Link {
    Link { label: label.into(), url: url.into() }
}

fn room() -> RoomPage {
    let row = |label: &str, note: &str, cells: [i64; 6]| CountRow {
        label: label.into(),
        note: note.into(),
        cells: cells.map(cell).into(),
        total: cell(cells.iter().sum()),
    };
    let reader = |name: &str, said: &str, done| Reader {
        name: name.into(),
        url: "/supervision/handovers/7?to=4".into(),
        said: said.into(),
        done,
        late: !done,
        icon: if done { "check" } else { "alert" },
    };
    let states =
        [State::Overdue, State::ToDecide, State::Unconfirmed, State::DueSoon, State::NotArrived, State::Planned];
    RoomPage {
        frame: frame("体制"),
        first: String::new(),
        lead: "センター全体で、期限を過ぎた対応が18件、判断を待つ対応が4件あります。".into(),
        counters: states
            .map(|state| Counter {
                state,
                count: 18,
                detail: String::new(),
                url: "/today?scope=office".into(),
                current: false,
            })
            .into(),
        tabs: tabs(&["担当ごと", "地区ごと", "事業ごと"]),
        by_word: "担当".into(),
        heads: states.into(),
        rows: vec![
            row("平田 望", "休み（代行 小川 夏美）", [5, 1, 1, 6, 0, 72]),
            row("小川 夏美", "平田 望の代行", [5, 1, 0, 6, 1, 91]),
            row("だれもいません", "統括支援員がいません。担当を決めてください。", [1, 0, 0, 0, 0, 0]),
        ],
        idle: "岡田 志保、村田 早苗".into(),
        vacant: vec![VacantRow {
            label: "島しょ・相談・支援".into(),
            why: "担当の定めがありません".into(),
            to: "黒田 玲子".into(),
            pressing: cell(7),
            lines: cell(9),
        }],
        left: vec![LeftRow {
            label: "南部・全事業".into(),
            who: "平田 望".into(),
            when: "R9.3.31まで".into(),
            url: "/supervision/handovers/new?from=7".into(),
        }],
        alone: false,
        april: link("令和9年4月1日をためす", "/supervision/rehearsal?day=2027-04-01"),
        handovers: vec![HandoverRow {
            url: "/supervision/handovers/7".into(),
            from: "R8.11.1".into(),
            name: "上田 誠 → 佐藤 恵子・田辺 千明（R8.11.1から）".into(),
            readers: vec![
                reader("佐藤 恵子", "R8.11.4 読みました", true),
                reader("田辺 千明", "まだ読んでいません（期限 11/15・9日超過）", false),
            ],
            who: "黒田 玲子".into(),
            state: "要支援以上 8人のうち5人を読みました".into(),
        }],
        absences: absences().rows,
        escalation: "4件が、上位者に伝える日を過ぎています。".into(),
        monthly: "月次一括 260件".into(),
        noise: Some(vec![link("小児肺炎球菌 1回目　34％", "/rulebook/pcv")]),
    }
}

fn absences() -> AbsencesPage {
    AbsencesPage {
        frame: frame("休みと代行"),
        form: form("/supervision/absences", &[("day", "11/24")]),
        workers: choices(&[("", "選んでください"), ("4", "田辺 千明")]),
        substitutes: choices(&[("", "置かない（統括支援員が、いなければセンター長が受けます）"), ("4", "田辺 千明")]),
        rows: vec![AbsenceRow {
            who: "平田 望".into(),
            when: "R8.11.20〜R8.12.4".into(),
            by: "小川 夏美".into(),
            now: true,
            undo: Some(undo("平田 望 R8.11.20〜R8.12.4")),
        }],
        alone: false,
    }
}

fn rehearsal() -> RehearsalPage {
    let row = |label: &str, to: &str, why: &str, nobody| FallRow {
        label: label.into(),
        to: to.into(),
        why: why.into(),
        persons: 105,
        pressing: 57,
        lines: 240,
        nobody,
    };
    RehearsalPage {
        frame: frame("ためす"),
        form: form("/supervision/rehearsal", &[("day", "R9.4.1"), ("staff", "7")]),
        workers: choices(&[("0", "だれも抜けない"), ("7", "平田 望")]),
        wrong: String::new(),
        title: "令和9年4月1日に平田 望がいなくなると".into(),
        said: vec!["105人・240件が、次の人に移ります。".into()],
        rows: vec![
            row("島しょ（担当の定めなし）", "だれもいません", "統括支援員もいません", true),
            row("南部・全事業", "黒田 玲子", "空きになり、統括支援員が受けます", false),
        ],
        next: Some(link("この担当替えを組む", "/supervision/handovers/new?from=7")),
    }
}

fn escalations() -> EscalationsPage {
    let line = |id: &str, protected, taken| EscalatedLine {
        id: id.into(),
        name: name("髙﨑 湊", "たかさき みなと"),
        url: "/persons/3".into(),
        about: "1歳7か月".into(),
        protected,
        district: if protected { String::new() } else { "北部1区".into() },
        state: Some(State::Overdue),
        service: "1歳6か月児健診".into(),
        due: "10/31".into(),
        left: "24日超過".into(),
        since: "11/20".into(),
        owner: "佐藤 恵子".into(),
        taken,
        take: (!taken).then(|| undo("3:checkup_18m")),
    };
    EscalationsPage {
        frame: frame("上位者への連絡"),
        setting: "duty".into(),
        form: Some(form("/supervision/escalations", &[("escalation", "duty")])),
        ways: choices(&[("off", "使わない"), ("weekly", "週の一覧にする"), ("duty", "上位者の対応にもできる")]),
        since: "11/18から11/24までに、上位者に伝える日を過ぎた対応です。".into(),
        tabs: tabs(&["この1週間", "すべて"]),
        shown: "2件のうち 1–2件を表示".into(),
        more: Some(link("続きの3件", "/supervision/escalations?page=2")),
        lines: vec![line("d-3-a", false, false), line("d-4-a", true, true)],
    }
}

fn new_handover() -> NewHandoverPage {
    let workers = choices(&[("0", "選ばない"), ("3", "佐藤 恵子"), ("4", "田辺 千明")]);
    NewHandoverPage {
        frame: frame("担当替え"),
        ask: form("/supervision/handovers/new", &[("from_day", "R9.4.1"), ("from", "3"), ("to", "4")]),
        givers: workers.clone(),
        rows: vec![MoveRow {
            field: "to-88".into(),
            label: "北部1区・全事業".into(),
            who: "佐藤 恵子".into(),
            until: "R9.9.30まで".into(),
            choices: workers.iter().map(|w| (w.clone(), w.value == "4")).collect(),
        }],
        workers,
        districts: choices(&[("", "すべての地区"), ("北部1区", "北部1区")]),
        programmes: choices(&[("", "すべての事業"), ("prenatal", "妊産婦")]),
        categories: choices(&[("", "すべての区分"), ("needs_support", "要支援")]),
        wrong: Vec::new(),
        plan: Some(PlanView {
            title: "令和9年4月1日（木）から、こう替わります".into(),
            rows: vec![PlanRow {
                from: "佐藤 恵子".into(),
                to: "田辺 千明".into(),
                charges: "北部1区・全事業".into(),
                persons: 212,
                named: 6,
                pressing: 14,
                lines: 380,
            }],
            said: vec!["この担当替えは、あとからまるごと取り消せます。".into()],
            form: form("/supervision/handovers", &[]),
            fields: vec![("from".into(), "3".into()), ("to".into(), "4".into())],
        }),
    }
}

fn first_table() -> TablePage {
    let workers = choices(&[("0", "決めない"), ("3", "佐藤 恵子"), ("4", "田辺 千明")]);
    let whose = |field: &str, label: &str, to: &str| TableCell {
        field: field.into(),
        label: label.into(),
        choices: workers.iter().map(|w| (w.clone(), w.value == to)).collect(),
    };
    let district = |n: usize, label: &str, name: &str, persons: &str| TableRow {
        label: label.into(),
        hidden: Some((format!("area-{n}"), name.into())),
        persons: persons.into(),
        cells: vec![
            whose(&format!("all-{n}"), &format!("{label}・全事業"), "3"),
            whose(&format!("care-{n}"), &format!("{label}・全事業・要支援"), "0"),
        ],
    };
    TablePage {
        frame: frame("担当表"),
        first: true,
        said: "担当を決めていない対応は、統括支援員（黒田 玲子）の一覧に出ます。".into(),
        ask: form("/supervision/table", &[("from_day", "R8.11.24")]),
        districts: vec![district(0, "北部1区", "北部1区", "212人"), district(1, "上のどれでもない方", "", "")],
        programmes: vec![TableRow {
            label: "乳幼児健診".into(),
            cells: vec![whose("programme-checkup", "全地区・乳幼児健診", "4")],
            ..TableRow::default()
        }],
        wrong: Vec::new(),
        plan: new_handover().plan,
    }
}

fn reading(file: &str, read: &str, may: bool) -> ReadForm {
    ReadForm {
        action: "/supervision/handovers/7/read".into(),
        csrf: "c".into(),
        command_id: "1".into(),
        file: file.into(),
        read: read.into(),
        may,
        due: "4/15まで".into(),
        late: false,
    }
}

fn sheet() -> SheetPage {
    let person = |id: &str, protected, reading| SheetPerson {
        id: id.into(),
        name: name("架空 美穂", "かくう みほ"),
        url: "/persons/9".into(),
        about: "妊娠24週".into(),
        marks: vec!["要支援".into()],
        protected,
        district: if protected { String::new() } else { "北部1区".into() },
        caution: Some(Caution { lines: vec![("留守番電話".into(), "しない".into())], source: String::new() }),
        next: "11/30 次の連絡".into(),
        last: "11/20 電話「体調はよい。次は訪問を希望。」".into(),
        lines: vec![SheetLine {
            state: State::DueSoon,
            service: "次の連絡".into(),
            due: "11/30".into(),
            left: "あと6日".into(),
            why: String::new(),
        }],
        reading,
    };
    SheetPage {
        frame: frame("引継書"),
        back: link("体制へ戻る", "/supervision"),
        title: "上田 誠 → 佐藤 恵子（R9.4.1から）".into(),
        head: vec![
            ("新しい担当".into(), "佐藤 恵子".into()),
            ("引き継ぐ担当".into(), "北部1区・全事業（上田 誠から）".into()),
        ],
        tabs: tabs(&["佐藤 恵子", "田辺 千明"]),
        undone: String::new(),
        note: String::new(),
        counts: vec![Count { label: "引き継ぐ方".into(), number: "212".into(), note: String::new() }],
        reading: Some(reading("", "", true)),
        named: vec![
            person("p-9", false, Some(reading("9", "", true))),
            person("p-10", true, Some(reading("10", "R9.4.2 佐藤 恵子が読みました", true))),
            person("p-12", true, Some(reading("12", "", false))),
        ],
        pressing: vec![SheetPerson { marks: Vec::new(), caution: None, ..person("p-11", false, None) }],
        shown: "420人のうち300人を載せています。残りは一覧で確かめてください。".into(),
        rest: vec![("小児肺炎球菌".into(), 41)],
        rest_said: "ほか41人：期限の迫った対応も、約束した次の連絡もない方です。".into(),
        undo_form: Some(form("/supervision/handovers/7/withdraw", &[])),
        undo_effects: vec!["担当が、決める前に戻ります。".into()],
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let alone = RoomPage { alone: true, handovers: Vec::new(), left: Vec::new(), noise: None, ..room() };
    let first = RoomPage { first: first_table().said, ..room() };
    let off = EscalationsPage { setting: "off".into(), lines: Vec::new(), ..escalations() };
    vec![
        ("supervision", room().render().unwrap()),
        ("supervision-first", first.render().unwrap()),
        ("supervision-alone", alone.render().unwrap()),
        ("supervision-absences", absences().render().unwrap()),
        ("supervision-rehearsal", rehearsal().render().unwrap()),
        ("supervision-escalations", escalations().render().unwrap()),
        ("supervision-escalations-off", off.render().unwrap()),
        ("supervision-table", first_table().render().unwrap()),
        ("handover-new", new_handover().render().unwrap()),
        ("handover-sheet", sheet().render().unwrap()),
    ]
}
