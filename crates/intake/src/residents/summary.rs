//! What a file holds and would do, before anything is written; and the same in words.

use std::collections::BTreeMap;

use rules::{Day, wareki};
use serde::{Deserialize, Serialize};

use super::Batch;
use super::plan::{Effect, Extract};
use super::row::Says;
use crate::imports::summary::{Line, grouped, line};

/// Counts over a whole file.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Encoding, and why it was decided.
    pub encoding: String,
    pub encoding_reason: String,
    pub good: u64,
    pub broken: u64,
    pub repeated: u64,
    pub blank: u64,
    pub errors: u64,
    pub notes: u64,
    /// Good rows by 異動事由.
    pub changes: BTreeMap<String, u64>,
    pub households: u64,
    /// Rows with 支援措置, and whether the file has that column at all.
    pub protected: u64,
    pub says_protection: bool,
    pub outside: u64,
    pub unread_columns: Vec<String>,
    /// いつ現在の記録か: events of rows without a day of their own, and the arrival, are dated by it.
    pub on: Option<Day>,
    /// How far the evidence reaches.
    pub through: Option<Day>,
    pub says: Says,
    /// What applying would do, compared with what was on file when the file was read.
    pub effects: BTreeMap<Effect, u64>,
    pub protected_on: u64,
    pub protected_off: u64,
    /// On file and not in this file, where it is said to hold everybody.
    pub missing: Option<u64>,
    /// The same file once before: (import, its state then).
    pub before: Option<(i64, String)>,
}

impl Summary {
    pub fn extract(&self, today: Day) -> Extract {
        Extract { on: self.on.unwrap_or(today), says: self.says }
    }

    pub fn of(&self, effect: Effect) -> u64 {
        self.effects.get(&effect).copied().unwrap_or(0)
    }

    /// 「シフトJIS（CP932）・48行・R8.11.24現在」
    pub fn read_as(&self) -> String {
        let mut parts = vec![self.encoding.clone(), format!("{}行", grouped(self.good + self.broken))];
        if let Some(on) = self.on {
            parts.push(format!("{}現在", wareki::short(on)));
        }
        parts.join("・")
    }
}

/// What of an import comes next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// Row after row.
    #[default]
    Rows,
    /// Household after household: births close pregnancies, children find their parents.
    Families,
    /// The arrival of the source, and the staged rows are removed.
    Closing,
    Done,
}

/// What this import did so far; moved in the transaction of the events it counts.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    pub pass: Pass,
    /// Last household done.
    pub household: String,
    pub effects: BTreeMap<Effect, u64>,
    pub protected_on: u64,
    pub protected_off: u64,
    /// Births joined with a pregnancy on file; children without one; those where it cannot be told.
    pub births: u64,
    pub births_alone: u64,
    pub births_unclear: u64,
    pub relations: u64,
}

impl Progress {
    pub fn count(&mut self, effect: Effect) {
        *self.effects.entry(effect).or_default() += 1;
    }

    pub fn of(&self, effect: Effect) -> u64 {
        self.effects.get(&effect).copied().unwrap_or(0)
    }
}

/// What the file holds and what applying would do.
pub fn before(batch: &Batch) -> Vec<Line> {
    let summary = &batch.summary;
    let changes: Vec<String> = summary.changes.iter().map(|(word, n)| format!("{word}{}", grouped(*n))).collect();
    let mut lines = vec![
        line("読んだ行", summary.good, changes.join("・")),
        line("世帯", summary.households, String::new()),
        line("新しく登録", summary.of(Effect::New), matched(summary.of(Effect::Matched))),
    ];
    lines.extend(effects(&summary.effects));
    let shield = if summary.says_protection {
        moved(summary.protected_on, summary.protected_off)
    } else {
        String::from("ファイルに項目がないため、台帳の支援措置はそのままです")
    };
    lines.push(line("支援措置の行", summary.protected, shield));
    if summary.repeated > 0 {
        lines.push(line("重複した行", summary.repeated, String::from("同じ内容のため1回だけ読みます")));
    }
    if let Some(missing) = summary.missing {
        let note = String::from("台帳にあって、このファイルにない方。読めない行の方も含みます。自動では変えません");
        lines.push(line("ファイルにない方", missing, note));
    }
    lines.push(line("読めない行", summary.broken, String::new()));
    lines
}

/// What applying did.
pub fn after(batch: &Batch) -> Vec<Line> {
    let (progress, summary) = (&batch.progress, &batch.summary);
    let mut lines = vec![line("新しく登録", progress.of(Effect::New), matched(progress.of(Effect::Matched)))];
    lines.extend(effects(&progress.effects));
    if progress.births + progress.births_alone + progress.births_unclear > 0 {
        let mut note = format!("うち妊娠届のない子 {}人", grouped(progress.births_alone));
        if progress.births_unclear > 0 {
            note.push_str(&format!("・母を確認してください {}人", grouped(progress.births_unclear)));
        }
        let all = progress.births + progress.births_alone + progress.births_unclear;
        lines.push(line("生まれた子", all, note));
    }
    lines.push(line(
        "支援措置",
        progress.protected_on + progress.protected_off,
        moved(progress.protected_on, progress.protected_off),
    ));
    lines.push(line("読めない行", summary.broken, String::new()));
    lines.push(line("書いた記録", batch.run.events, String::new()));
    lines
}

fn effects(counts: &BTreeMap<Effect, u64>) -> Vec<Line> {
    let of = |effect: Effect| counts.get(&effect).copied().unwrap_or(0);
    let mut lines = vec![
        line("転入・再転入", of(Effect::MovedIn), String::new()),
        line("変更", of(Effect::Changed), String::new()),
        line("転出", of(Effect::MovedOut), String::from("終結判断が一覧に出ます。自動では終結しません")),
        line("死亡", of(Effect::Died), String::new()),
        line("変更なし", of(Effect::Unchanged), String::new()),
    ];
    for (label, effect, note) in [
        ("転出取消", Effect::MoveOutCancelled, ""),
        ("取り込まない行", Effect::Passed, "転出・死亡などで、台帳にない方"),
        ("古い行", Effect::Older, "台帳により新しい記録があります"),
        ("確認が必要な行", Effect::Left, "取り込みません。下の表に理由があります"),
    ] {
        if of(effect) > 0 {
            lines.push(line(label, of(effect), String::from(note)));
        }
    }
    lines
}

fn matched(n: u64) -> String {
    if n > 0 { format!("ほかに、仮登録と一致した方{}人", grouped(n)) } else { String::new() }
}

fn moved(on: u64, off: u64) -> String {
    format!("新たに{}人・解除{}人", grouped(on), grouped(off))
}
