//! What a file of past records holds and would do, and what it did; the same in words.

use paperwork::events::{Kind, Shape};
use rules::{Day, wareki};
use serde::{Deserialize, Serialize};

use super::Batch;
use crate::imports::summary::{Line, grouped, line};

/// How many rows came to what.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub new: u64,
    /// 登録ずみ.
    pub known: u64,
    /// Twice in the file.
    pub repeated: u64,
    /// 名前で見つけた, among all of these.
    pub by_name: u64,
    /// 人が見つからない.
    pub lost: u64,
    /// 食い違い.
    pub contradicts: u64,
    /// No pregnancy on file for the row.
    pub no_pregnancy: u64,
    /// Refused by the records, in words.
    pub refused: u64,
    /// The source counts doses otherwise than the days do.
    pub counted_otherwise: u64,
}

impl Counts {
    pub fn waiting(&self) -> u64 {
        self.lost + self.contradicts + self.no_pregnancy + self.refused
    }
}

/// Counts over a whole file.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// What the file is about: the kind's id and title, what its rows become, its source and usual lag.
    pub kind: String,
    pub title: String,
    pub shape: Shape,
    pub source: String,
    pub lag_days: i32,
    /// Encoding, and why it was decided.
    pub encoding: String,
    pub encoding_reason: String,
    pub good: u64,
    pub broken: u64,
    pub blank: u64,
    pub unread_columns: Vec<String>,
    /// First and last day in the file.
    pub first: Option<Day>,
    pub last: Option<Day>,
    /// How far the evidence reaches.
    pub through: Option<Day>,
    /// What applying would do, compared with what was on file when the file was read.
    pub counts: Counts,
    /// Things to look at that are no errors: the first of them with their lines, and how many.
    pub notices: Vec<(i32, String)>,
    pub notices_total: u64,
    /// The same file once before: (import, its state then).
    pub before: Option<(i64, String)>,
}

/// Notices kept; the rest is counted.
pub const NOTICES: usize = 50;

impl Summary {
    pub fn of(kind: &Kind) -> Summary {
        Summary {
            kind: kind.id.clone(),
            title: kind.title.clone(),
            shape: kind.shape,
            source: kind.source.clone(),
            lag_days: kind.lag_days,
            ..Summary::default()
        }
    }

    pub fn notice(&mut self, line: i32, text: String) {
        self.notices_total += 1;
        if self.notices.len() < NOTICES {
            self.notices.push((line, text));
        }
    }

    /// 「予防接種記録・UTF-8・48行・R6.4.1〜R8.9.30」
    pub fn read_as(&self) -> String {
        let mut parts =
            vec![self.title.clone(), self.encoding.clone(), format!("{}行", grouped(self.good + self.broken))];
        if let (Some(first), Some(last)) = (self.first, self.last) {
            parts.push(format!("{}〜{}", wareki::short(first), wareki::short(last)));
        }
        parts.join("・")
    }
}

/// What of an import comes next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pass {
    /// Rows without a person are looked up once more: somebody may have come into the register meanwhile.
    #[default]
    Finding,
    /// Person after person.
    Persons,
    /// The arrival of the source, and the staged rows are removed.
    Closing,
    Done,
}

/// What this import did so far.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    pub pass: Pass,
    /// Last person done.
    pub file: i64,
    pub counts: Counts,
    /// Past pregnancies joined with the children on file.
    pub births: u64,
    /// Waiting rows that somebody has decided.
    pub settled: u64,
    /// Files found by name, for a look: the first of them.
    pub named: Vec<i64>,
}

/// Files found by name that are kept for a look; `counts.by_name` says how many there are.
pub const NAMED: usize = 200;

/// What the file holds and what applying would do.
pub fn before(batch: &Batch) -> Vec<Line> {
    let summary = &batch.summary;
    let mut lines = vec![line("読んだ行", summary.good, String::new())];
    lines.extend(counts(&summary.counts, "新しく記録する"));
    lines.push(line("読めない行", summary.broken, String::new()));
    lines
}

/// What applying did.
pub fn after(batch: &Batch) -> Vec<Line> {
    let mut lines = counts(&batch.progress.counts, "新しく記録した");
    if batch.progress.births > 0 {
        let note = String::from("台帳の子の誕生日から、出産までつなぎました");
        lines.push(line("過去の妊娠", batch.progress.births, note));
    }
    if batch.progress.settled > 0 {
        lines.push(line("決めた行", batch.progress.settled, String::from("待っていた行のうち")));
    }
    lines.push(line("読めない行", batch.summary.broken, String::new()));
    lines.push(line("書いた記録", batch.run.events, String::new()));
    lines
}

fn counts(counts: &Counts, new: &'static str) -> Vec<Line> {
    let mut lines = vec![
        line(new, counts.new, String::new()),
        line("登録ずみ", counts.known, String::from("同じ記録が台帳にあり、二重には書きません")),
    ];
    for (label, number, note) in [
        ("重複した行", counts.repeated, "ファイルの中の同じ行"),
        ("名前で見つけた", counts.by_name, "生年月日・ふりがな・性別が一致した方。確かめてください"),
        ("人が見つからない", counts.lost, "取り込まずに待ちます"),
        ("食い違い", counts.contradicts, "決めるまで取り込みません"),
        ("妊娠届がない", counts.no_pregnancy, "取り込まずに待ちます"),
        ("記録できない行", counts.refused, "理由を見て決めてください"),
        ("回数の違い", counts.counted_otherwise, "日付の順に数えて扱います"),
    ] {
        if number > 0 {
            lines.push(line(label, number, String::from(note)));
        }
    }
    lines
}
