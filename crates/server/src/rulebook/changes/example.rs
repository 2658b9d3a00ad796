//! A fictional change of a rule on its way.
#![allow(clippy::unwrap_used)]

use super::view::{
    CountRow, FieldRow, FormPage, IndexPage, PersonRow, PersonsPage, PreviewView, ProgressPage, ProposalPage,
    ReceiptPage, Row, Setting,
};
use crate::example::{choices, form, frame, pairs, refused};
use askama::Template;

const TITLE: &str = "1歳6か月児健診の変更";

fn count(label: &str, moved: u64) -> CountRow {
    CountRow { label: label.into(), added: 2, removed: 1, moved }
}

fn fields() -> Vec<FieldRow> {
    vec![FieldRow {
        rule: "checkup_18m".into(),
        file: "municipalities/992011/checkup_18m.toml".into(),
        field: "settings.before_limit".into(),
        old: "（なし）".into(),
        new: "90".into(),
    }]
}

fn preview() -> PreviewView {
    PreviewView {
        when: "R8.11.24 9:10".into(),
        files: 4000,
        persons: 31,
        all: count("合計", 28),
        by_rule: vec![count("1歳6か月児健診", 28)],
        by_owner: vec![count("佐藤 美咲", 20), count("（担当なし）", 8)],
        names_url: "/rulebook/changes/7/persons".into(),
        stale: String::new(),
    }
}

fn proposal() -> ProposalPage {
    ProposalPage {
        frame: frame(TITLE),
        title: TITLE.into(),
        rule_url: "/rulebook/checkup_18m".into(),
        state: "承認待ち".into(),
        head: pairs(&[("作成", "R8.11.24 9:08 永田 進"), ("理由", "健診実施要領（令和8年度）の改正による。")]),
        fields: fields(),
        preview: Some(preview()),
        compute: Some(form("/rulebook/changes/7/preview", &[])),
        decide: Some(form("/rulebook/changes/7/decide", &[])),
        decisions: choices(&[("approved", "承認する"), ("declined", "承認しない")]),
        ..ProposalPage::default()
    }
}

fn change() -> FormPage {
    FormPage {
        frame: frame("「1歳6か月児健診」を変える"),
        form: form("/rulebook/checkup_18m/change", &[("how", "settings"), ("text", "id = \"checkup_18m\"\n")]),
        title: "「1歳6か月児健診」を変える".into(),
        back_url: "/rulebook/checkup_18m".into(),
        town: "992011".into(),
        hows: choices(&[("settings", "数だけを変える"), ("text", "規則の文を書く")]),
        settings: vec![Setting {
            field: "set_before_limit".into(),
            name: "before_limit".into(),
            national: 60,
            now: 60,
            typed: "90".into(),
            uses: vec!["対応の期限：満了日の60日前".into()],
        }],
        settings_about: "最後の日の何日前から期限超過とするか。".into(),
        unfit: Vec::new(),
    }
}

fn receipt() -> ReceiptPage {
    ReceiptPage {
        frame: frame("規則の公開の記録"),
        title: TITLE.into(),
        office: "みなと市こども家庭センター".into(),
        back_url: "/rulebook/changes/7".into(),
        head: pairs(&[("作成", "R8.11.24 9:08 永田 進"), ("承認", "R8.11.24 9:20 坂本 真由美")]),
        fields: fields(),
        predicted: count("見込み", 28),
        predicted_persons: 31,
        done: count("結果", 28),
        done_persons: 31,
        files: 4000,
        rewritten: 31,
        by_rule: vec![(count("1歳6か月児健診", 28), count("1歳6か月児健診", 28))],
        differs: String::new(),
        back: Some(form("/rulebook/changes/7/back", &[])),
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let row = Row {
        title: TITLE.into(),
        url: "/rulebook/changes/7".into(),
        when: "R8.11.24 9:08".into(),
        who: "永田 進".into(),
        reason: "健診実施要領の改正".into(),
        state: "公開ずみ".into(),
        open: false,
        receipt_url: "/rulebook/changes/7/receipt".into(),
    };
    let index = IndexPage {
        frame: frame("規則の変更"),
        rows: vec![row],
        unfit: vec![
            "municipalities/992011/checkup_18m.toml（規則 checkup_18m）：設定「x」は元の規則にありません".into(),
        ],
        new_url: "/rulebook/changes/new".into(),
    };
    let faulty = FormPage {
        form: refused(
            change().form,
            &[("text", "規則の文", "3行目：読めません。"), ("reason", "理由", "理由を入力してください。")],
        ),
        ..change()
    };
    let confirm = ProposalPage {
        publish: Some(form("/rulebook/changes/7/publish", &[])),
        confirm: true,
        decide: None,
        ..proposal()
    };
    let progress = ProgressPage {
        frame: frame("影響を計算しています"),
        title: "影響を計算しています".into(),
        done: 1200,
        total: 4000,
        text: "4000人のうち 1200人".into(),
        note: "一覧にはまだ何も起きていません。".into(),
    };
    let person = PersonRow {
        name: "髙﨑 湊".into(),
        url: "/persons/3".into(),
        about: "1歳7か月".into(),
        protected: true,
        lines: vec!["変わる 1歳6か月児健診：対応の期限 2/8→1/9（佐藤 美咲）".into()],
    };
    let persons = PersonsPage {
        frame: frame("影響を受ける方"),
        title: TITLE.into(),
        back_url: "/rulebook/changes/7".into(),
        shown: "31人のうち 1–1人".into(),
        rows: vec![person],
        next_url: "/rulebook/changes/7/persons?from=50".into(),
    };
    vec![
        ("rule-changes", index.render().unwrap()),
        ("rule-change-form", change().render().unwrap()),
        ("rule-change-refused", faulty.render().unwrap()),
        ("rule-change", proposal().render().unwrap()),
        ("rule-change-confirm", confirm.render().unwrap()),
        ("rule-change-progress", progress.render().unwrap()),
        ("rule-change-persons", persons.render().unwrap()),
        ("rule-change-receipt", receipt().render().unwrap()),
    ]
}
