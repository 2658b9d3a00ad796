//! The life-course drawing, pure: days → marks ([`Picture`]) → boxes ([`place`]) → SVG (`chart.html`), and the same data
//! as a table ([`table`]). Time is linear and never compressed; what finds no room in the drawing stands in the table.

pub mod labels;
pub mod place;
pub mod scale;
pub mod table;

#[cfg(test)]
mod tests;

use rules::Day;

/// What is to be shown, in days: nothing here knows of pixels.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    pub groups: Vec<Group>,
    /// Days on which somebody of the family was met, called or seen; several on one day stand several times.
    pub contacts: Vec<Day>,
}

/// One person, or the family.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// 「母」「長男」
    pub role: String,
    pub name: String,
    pub about: String,
    /// Of a child: its birthdays are dotted.
    pub birth: Option<Day>,
    pub lanes: Vec<Lane>,
}

#[derive(Clone, Debug, Default)]
pub struct Lane {
    pub name: &'static str,
    /// How far the evidence of the lane's source reaches; `None` for what the office records itself.
    pub through: Option<Day>,
    pub bars: Vec<Bar>,
    pub marks: Vec<Mark>,
    /// Many windows at once (接種): the drawing shows them as one stretch, the table each.
    pub together: bool,
}

impl Lane {
    pub fn is_empty(&self) -> bool {
        self.bars.is_empty() && self.marks.is_empty()
    }
}

/// A stretch of days, both ends counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    pub kind: BarKind,
    pub from: Day,
    pub until: Day,
    pub label: String,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BarKind {
    /// 記録なし: the window passed without a record. Not "no contact".
    Nothing,
    /// A pregnancy, a stay, a certificate: solid.
    Episode,
    /// The part of an episode that is still to come: dashed.
    Ahead,
    /// The year after a birth.
    After,
    /// The window in which something is to be done: dashed.
    Window,
    /// 移行前: closed before the office began to work with this system.
    Before,
}

impl BarKind {
    pub const fn class(self) -> &'static str {
        match self {
            BarKind::Nothing => "none",
            BarKind::Episode => "episode",
            BarKind::Ahead => "ahead",
            BarKind::After => "after",
            BarKind::Window => "window",
            BarKind::Before => "before",
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            BarKind::Nothing => "記録なし",
            BarKind::Episode => "期間",
            BarKind::Ahead => "予定の期間",
            BarKind::After => "産後1年",
            BarKind::Window => "対象期間",
            BarKind::Before => "移行前",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    pub kind: MarkKind,
    pub day: Day,
    /// Short, for the drawing; empty where the mark speaks for itself.
    pub label: String,
    /// In full, for the table.
    pub told: String,
}

/// In order of what a cluster is drawn as.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MarkKind {
    Birth,
    /// 未受診, 不在: known not to have happened.
    Absent,
    /// A result to follow up, said neutrally.
    Finding,
    Done,
    Planned,
}

impl MarkKind {
    pub const fn class(self) -> &'static str {
        match self {
            MarkKind::Birth => "birth",
            MarkKind::Absent => "absent",
            MarkKind::Finding => "finding",
            MarkKind::Done => "done",
            MarkKind::Planned => "planned",
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            MarkKind::Birth => "出産・出生",
            MarkKind::Absent => "不在・未受診",
            MarkKind::Finding => "経過をみる結果",
            MarkKind::Done => "実施",
            MarkKind::Planned => "予定",
        }
    }
}

/// Joins bars of one kind that touch or overlap, and says how many they are.
pub fn joined(bars: &[Bar]) -> Vec<Bar> {
    let mut sorted: Vec<&Bar> = bars.iter().collect();
    sorted.sort_by_key(|b| (b.kind, b.from, b.until));
    let mut groups: Vec<(Bar, usize)> = Vec::new();
    for bar in sorted {
        match groups.last_mut() {
            Some((last, n)) if last.kind == bar.kind && bar.from <= last.until.plus(1) => {
                last.until = last.until.max(bar.until);
                *n += 1;
            }
            _ => groups.push((bar.clone(), 1)),
        }
    }
    let told = |(bar, n): (Bar, usize)| match n {
        1 => bar,
        n => Bar { label: format!("{} {n}件", bar.kind.word()), ..bar },
    };
    groups.into_iter().map(told).collect()
}
