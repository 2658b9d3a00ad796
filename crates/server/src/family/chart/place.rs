//! From days to boxes: lanes under each other, bars on tracks, near marks together, labels where there is room.

use rules::Day;

use super::{
    Bar, BarKind, Group, Lane, Mark, MarkKind, Picture,
    labels::{LINE, Rect, around, free, width},
    scale::{Scale, Stripe, Tick},
};

pub const WIDTH: i32 = 1184;
/// Where the axis begins: before it stand who and what.
pub const LEFT: i32 = 196;
pub const RIGHT: i32 = 1180;
const TOP: i32 = 46;
const GAP: i32 = 6;
/// Half a mark.
const R: i32 = 7;
/// From the middle of one track to the next.
const TRACK: i32 = 17;
const BAR: i32 = 12;
/// Marks nearer than this are drawn as one with their number.
const NEAR: i32 = 2 * R + 1;

/// The whole drawing in boxes, ready for the template.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    pub width: i32,
    pub height: i32,
    pub left: i32,
    pub right: i32,
    pub stripes: Vec<Stripe>,
    pub ticks: Vec<Tick>,
    /// 今日, if it lies in the years shown.
    pub today: Option<Label>,
    pub groups: Vec<Placed>,
    /// The lane of contacts: where it lies, and a tick each.
    pub contacts: (i32, Vec<i32>),
    /// Labels that found no room; all of them stand in the table.
    pub dropped: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Placed {
    pub y: i32,
    pub h: i32,
    /// Who, in short lines.
    pub names: Vec<Label>,
    pub lanes: Vec<PlacedLane>,
    pub birthdays: Vec<Label>,
}

#[derive(Clone, Debug, Default)]
pub struct PlacedLane {
    pub name: &'static str,
    pub y: i32,
    pub h: i32,
    /// 「10/31まで」 under the lane's name.
    pub through: String,
    /// What cannot be known yet: from the evidence's last day to today.
    pub unknown: Option<(i32, i32)>,
    /// The middle of the first track.
    pub axis: i32,
    pub bars: Vec<(BarKind, Rect)>,
    pub marks: Vec<PlacedMark>,
    pub labels: Vec<Label>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlacedMark {
    pub kind: MarkKind,
    pub rect: Rect,
    /// More than one: drawn with the number.
    pub many: usize,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Label {
    pub x: i32,
    pub y: i32,
    pub text: String,
    pub class: &'static str,
    pub rect: Rect,
}

pub fn place(picture: &Picture, scale: &Scale, today: Day) -> Drawing {
    let mut drawing = Drawing {
        width: WIDTH,
        left: scale.left,
        right: scale.right,
        stripes: scale.stripes(),
        ticks: scale.ticks(),
        ..Drawing::default()
    };
    let mut y = TOP;
    for group in &picture.groups {
        let placed = self::group(group, scale, today, y, &mut drawing.dropped);
        y = placed.y + placed.h + GAP;
        drawing.groups.push(placed);
    }
    let mut ticks: Vec<i32> = picture.contacts.iter().filter(|d| scale.covers(**d)).map(|d| scale.x(*d)).collect();
    ticks.sort_unstable();
    ticks.dedup();
    drawing.contacts = (y, ticks);
    drawing.height = y + 40;
    drawing.today = scale.covers(today).then(|| {
        let text = format!("今日 {}", rules::wareki::month_day(today));
        let rect = around(&text, scale.x(today), 22, (scale.left, WIDTH));
        Label { x: scale.x(today), y: 0, text, class: "today", rect }
    });
    drawing
}

fn group(group: &Group, scale: &Scale, today: Day, y: i32, dropped: &mut usize) -> Placed {
    let mut at = y;
    let mut lanes = Vec::new();
    for lane in &group.lanes {
        let placed = self::lane(lane, scale, today, at, dropped);
        at = placed.y + placed.h;
        lanes.push(placed);
    }
    let birthdays = birthdays(group, scale, at);
    if !birthdays.is_empty() {
        at += LINE + 2;
    }
    let names = names(group, y);
    let least = 8 + LINE * i32::try_from(names.len()).unwrap_or(0);
    let short = (y + least - at).max(0);
    if let Some(last) = lanes.last_mut().filter(|_| short > 0 && birthdays.is_empty()) {
        last.h += short;
    }
    Placed { y, h: (at - y).max(least), names, lanes, birthdays }
}

/// Role, name and age in the column before the lanes.
fn names(group: &Group, y: i32) -> Vec<Label> {
    const PER_LINE: i32 = 84;
    let mut lines: Vec<(String, &'static str)> = vec![(group.role.clone(), "who")];
    for part in group.name.split(['　', ' ']).chain([group.about.as_str()]).filter(|p| !p.is_empty()) {
        let mut line = String::new();
        for c in part.chars() {
            if width(&line) + width(&c.to_string()) > PER_LINE {
                lines.push((std::mem::take(&mut line), "name"));
            }
            line.push(c);
        }
        lines.push((line, "name"));
    }
    let place = |(n, (text, class)): (usize, (String, &'static str))| {
        let n = i32::try_from(n).unwrap_or(0);
        Label { x: 46, y: y + 17 + LINE * n, text, class, rect: Rect::default() }
    };
    lines.into_iter().filter(|(text, _)| !text.is_empty()).enumerate().map(place).collect()
}

fn birthdays(group: &Group, scale: &Scale, y: i32) -> Vec<Label> {
    let Some(birth) = group.birth else { return Vec::new() };
    let at = |age: i32| -> Option<Label> {
        let day = rules::counting::months_later(birth, 12 * age);
        let text = if age == 0 { String::from("誕生") } else { format!("{age}歳") };
        let (x, w) = (scale.x(day), width(&text) + 6);
        // At the right edge the age stands before its line.
        let rect = Rect { x: if x + w > scale.right { x - w } else { x }, y, w, h: LINE };
        scale.covers(day).then_some(Label { x, y: y + 13, text, class: "age", rect })
    };
    (0..=20).filter_map(at).collect()
}

/// What wants a label: its text, where, and how much it matters (0 first).
struct Wish<'l> {
    text: &'l str,
    /// The room inside a bar, where it has one.
    inside: Option<Rect>,
    middle: i32,
    class: &'static str,
    rank: u8,
    more: usize,
}

fn lane(lane: &Lane, scale: &Scale, today: Day, y: i32, dropped: &mut usize) -> PlacedLane {
    let axis = y + 4 + LINE + R;
    let joined = if lane.together { super::joined(&lane.bars) } else { Vec::new() };
    let (bars, bar_tracks) = bars(if lane.together { &joined } else { &lane.bars }, scale, axis);
    let (marks, mark_tracks) = marks(lane, scale, axis);
    let tracks = bar_tracks.max(mark_tracks).max(1);
    let below = axis + TRACK * (tracks - 1) + R + 2;
    let mut taken: Vec<Rect> = marks.iter().map(|(mark, _)| mark.rect).collect();
    let mut labels = Vec::new();
    let mut uses_below = false;
    for wish in wishes(&bars, &marks) {
        let text = match wish.more {
            0 => wish.text.to_owned(),
            n => format!("{} ほか{n}", wish.text),
        };
        let slot = |y: i32| around(&text, wish.middle, y, (scale.left, scale.right));
        let inside = wish
            .inside
            .filter(|r| width(&text) + 8 <= r.w)
            .map(|r| around(&text, r.middle(), r.y - 2, (r.x, r.x + r.w)));
        let places: Vec<Rect> = inside.into_iter().chain([slot(y + 3), slot(below)]).collect();
        let Some(rect) = free(&places, &taken) else {
            *dropped += 1;
            continue;
        };
        uses_below |= rect.y == below;
        taken.push(rect);
        labels.push(Label { x: rect.middle(), y: rect.y + 13, text, class: wish.class, rect });
    }
    let h = below - y + if uses_below { LINE + 2 } else { 4 };
    let unknown = lane.through.filter(|t| *t < today).and_then(|t| scale.clip(t.plus(1), today.plus(-1)));
    PlacedLane {
        name: lane.name,
        y,
        h,
        through: lane.through.map(|t| format!("{}まで", rules::wareki::short(t))).unwrap_or_default(),
        unknown,
        axis,
        bars: bars.into_iter().map(|(bar, rect)| (bar.kind, rect)).collect(),
        marks: marks.into_iter().map(|(mark, _)| mark).collect(),
        labels,
    }
}

/// Bars on the first track where they meet no other.
fn bars<'l>(bars: &'l [Bar], scale: &Scale, axis: i32) -> (Vec<(&'l Bar, Rect)>, i32) {
    let mut sorted: Vec<&Bar> = bars.iter().collect();
    sorted.sort_by_key(|b| (b.kind, b.from, b.until));
    let mut placed: Vec<(&Bar, Rect)> = Vec::new();
    let mut tracks = 0;
    for bar in sorted {
        let Some((x, end)) = scale.clip(bar.from, bar.until) else { continue };
        let mut rect = Rect { x, y: axis - BAR / 2, w: (end - x).max(3), h: BAR };
        let mut track = 1;
        while placed.iter().any(|(_, other)| other.meets(&rect)) {
            rect.y += TRACK;
            track += 1;
        }
        tracks = tracks.max(track);
        placed.push((bar, rect));
    }
    (placed, tracks)
}

/// Marks that would lie on each other become one, as wide as they reach; what is planned stays apart from what was.
fn marks<'l>(lane: &'l Lane, scale: &Scale, axis: i32) -> (Vec<(PlacedMark, Vec<&'l Mark>)>, i32) {
    let mut placed: Vec<(PlacedMark, Vec<&Mark>)> = Vec::new();
    let mut tracks = 0;
    for planned in [false, true] {
        let mut shown: Vec<&Mark> =
            lane.marks.iter().filter(|m| (m.kind == MarkKind::Planned) == planned && scale.covers(m.day)).collect();
        shown.sort_by_key(|m| m.day);
        let mut clusters: Vec<Vec<&Mark>> = Vec::new();
        for mark in shown {
            match clusters.last_mut() {
                Some(last) if last.last().is_some_and(|l| scale.x(mark.day) - scale.x(l.day) < NEAR) => last.push(mark),
                _ => clusters.push(vec![mark]),
            }
        }
        for cluster in clusters {
            let (Some(first), Some(last)) = (cluster.first(), cluster.last()) else { continue };
            let (x, end) = (scale.x(first.day), scale.x(last.day));
            let mut rect = Rect { x: x - R, y: axis - R, w: end - x + 2 * R, h: 2 * R };
            let mut track = 1;
            while placed.iter().any(|(other, _)| other.rect.meets(&rect)) {
                rect.y += TRACK;
                track += 1;
            }
            tracks = tracks.max(track);
            let kind = cluster.iter().map(|m| m.kind).min().unwrap_or(MarkKind::Done);
            placed.push((PlacedMark { kind, rect, many: cluster.len() }, cluster));
        }
    }
    (placed, tracks)
}

fn wishes<'l>(bars: &[(&'l Bar, Rect)], marks: &[(PlacedMark, Vec<&'l Mark>)]) -> Vec<Wish<'l>> {
    let mut wishes: Vec<Wish<'l>> = Vec::new();
    for (bar, rect) in bars.iter().filter(|(bar, _)| !bar.label.is_empty()) {
        let rank = match bar.kind {
            BarKind::Nothing => 0,
            BarKind::Episode => 3,
            BarKind::Ahead | BarKind::After => 5,
            BarKind::Window | BarKind::Before => 6,
        };
        let class = if bar.kind == BarKind::Nothing { "none" } else { "bar" };
        wishes.push(Wish { text: &bar.label, inside: Some(*rect), middle: rect.middle(), class, rank, more: 0 });
    }
    for (mark, cluster) in marks {
        let Some(top) = cluster.iter().filter(|m| !m.label.is_empty()).min_by_key(|m| m.kind) else { continue };
        let (rank, class) = match top.kind {
            MarkKind::Birth => (1, "mark"),
            MarkKind::Absent => (1, "absent"),
            MarkKind::Finding => (2, "mark"),
            MarkKind::Planned => (3, "mark"),
            MarkKind::Done => (4, "mark"),
        };
        let more = cluster.len() - 1;
        wishes.push(Wish { text: &top.label, inside: None, middle: mark.rect.middle(), class, rank, more });
    }
    wishes.sort_by_key(|w| (w.rank, w.middle));
    wishes
}
