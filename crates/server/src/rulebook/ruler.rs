//! The ruler: windows, standard periods and injections over an axis of age or weeks. Coordinates only; `ruler.html` draws.

use rules::{Day, bound::Origin, counting, rule::RhythmFile};

use super::{
    doses::Course,
    library::Written,
    sample::{Axis, Reckoner, Sample, list},
    view::{Bar, Lane, Mark, Ruler, Tick},
    windows::{self, Reckoned},
};

/// Width of the drawing and of the margin at both ends of the axis, in pixels.
const WIDTH: i32 = 1120;
const MARGIN: i32 = 24;
/// Height of a lane and of the axis above.
const LANE: i32 = 58;
const TOP: i32 = 34;
/// Marks nearer than this are moved aside.
const APART: i32 = 22;
/// What the mark of a working deadline says.
const DEADLINE: &str = "期限";
/// Ticks nearer than this lose their label.
const LABEL: i32 = 66;

/// Days of one lane before they become pixels.
#[derive(Default)]
struct Row {
    name: String,
    bars: Vec<(&'static str, Day, Option<Day>)>,
    marks: Vec<(&'static str, Day, String)>,
}

pub fn draw(written: &Written, reckoner: Reckoner<'_>, sample: &Sample, courses: &[Course]) -> Option<Ruler> {
    let mut rows: Vec<Row> = windows::reckoned(written, reckoner, sample).into_iter().map(of_window).collect();
    rows.extend(of_series(written, reckoner, sample, courses));
    rows.extend(written.file.rhythm.iter().flat_map(|r| of_rhythm(r, reckoner, sample)));
    let (first, last) = domain(&rows, sample)?;
    let scale = Scale { first, last };
    let has =
        |class: &str| rows.iter().any(|r| r.bars.iter().any(|b| b.0 == class) || r.marks.iter().any(|m| m.0 == class));
    let height = TOP + LANE * i32::try_from(rows.len()).unwrap_or(0) + 6;
    Some(Ruler {
        width: WIDTH,
        height,
        label: format!("{}のものさし。{}の例。同じ日付は下の表にあります。", written.file.title, sample.title),
        sample: sample.title.clone(),
        ticks: ticks(sample, scale),
        has_standard: has("standard"),
        has_first: has("first"),
        has_target: rows.iter().flat_map(|r| &r.marks).any(|m| m.2 == DEADLINE),
        has_dose: has("dose"),
        has_booster: has("booster"),
        has_step: has("step"),
        lanes: (0..).zip(&rows).map(|(n, row)| lane(n, row, scale)).collect(),
    })
}

fn of_window(window: Reckoned) -> Row {
    let mut row = Row { name: window.title, ..Row::default() };
    let Some(from) = window.from else { return row };
    row.bars.push(("legal", from, window.to));
    if window.standard.0.is_some() || window.standard.1.is_some() {
        row.bars.push(("standard", window.standard.0.unwrap_or(from), window.standard.1.or(window.to)));
    }
    row.marks.extend(window.targets.into_iter().map(|day| ("target", day, String::from(DEADLINE))));
    row
}

fn of_series(written: &Written, reckoner: Reckoner<'_>, sample: &Sample, courses: &[Course]) -> Vec<Row> {
    let Some(series) = &written.file.series else { return Vec::new() };
    let facts = sample.facts();
    let day = |text: &Option<String>| text.as_deref().and_then(|t| reckoner.day(t, &Origin::of(&facts)));
    let Some(from) = reckoner.day(&series.from, &Origin::of(&facts)) else { return Vec::new() };
    let mut all =
        Row { name: String::from("接種できる期間と、1回目の標準的な時期"), ..Row::default() };
    all.bars.push(("legal", from, day(&series.to)));
    if let Some(standard) = day(&series.standard_from) {
        all.bars.push(("standard", standard, day(&series.standard_to)));
    }
    let mut rows = vec![all];
    for course in courses.iter().filter(|c| !c.given.is_empty()) {
        let mut row = Row { name: course.label.clone(), ..Row::default() };
        if let Some(from) = course.first.0 {
            row.bars.push(("first", from, course.first.1));
        }
        for (n, given) in (1..).zip(&course.given) {
            let class = if given.kind == "booster" { "booster" } else { "dose" };
            row.marks.push((class, given.on, n.to_string()));
        }
        rows.push(row);
    }
    rows
}

/// Each interval from the end of the one before, with a small mark for every time it passes.
fn of_rhythm(rhythm: &RhythmFile, reckoner: Reckoner<'_>, sample: &Sample) -> Vec<Row> {
    let facts = sample.facts();
    let origin = Origin::of(&facts);
    let day = |text: &Option<String>| text.as_deref().and_then(|t| reckoner.day(t, &origin));
    let Some(start) = reckoner.latest(list(&rhythm.starts), &origin) else { return Vec::new() };
    let end = day(&rhythm.at_latest)
        .or(day(&rhythm.ends))
        .or((sample.axis == Axis::Gestation).then(|| sample.zero.plus(280)));
    let end = end.unwrap_or(counting::after_months(start, 36));
    let mut rows = Vec::new();
    let mut at = start;
    for every in &rhythm.every {
        let until = day(&every.until).unwrap_or(end).min(end);
        let number = |text: &Option<String>| text.as_deref().and_then(|t| reckoner.words(t).parse::<i32>().ok());
        let mut row = Row { name: windows::every(every, reckoner), ..Row::default() };
        row.bars.push(("legal", at, Some(until)));
        for _ in 0..80 {
            at = match (number(&every.days), number(&every.months)) {
                (Some(days), _) if days > 0 => at.plus(days),
                (_, Some(months)) if months > 0 => counting::after_months(at, months),
                _ => break,
            };
            if at > end {
                break;
            }
            row.bars.push(("step", at, Some(at)));
            if at > until {
                break;
            }
        }
        rows.push(row);
    }
    if let (Some(row), Some(day)) = (rows.first_mut(), day(&rhythm.first_not_before)) {
        row.marks.push(("target", day, String::from("一度もないとき")));
    }
    rows
}

/// First and last day of the axis: from zero, if the windows begin near it.
fn domain(rows: &[Row], sample: &Sample) -> Option<(Day, Day)> {
    let bars = rows.iter().flat_map(|r| &r.bars).flat_map(|(_, from, to)| [Some(*from), *to]).flatten();
    let marks = rows.iter().flat_map(|r| &r.marks).map(|m| m.1);
    let days: Vec<Day> = bars.chain(marks).collect();
    let (first, last) = (*days.iter().min()?, *days.iter().max()?);
    let open = rows.iter().flat_map(|r| &r.bars).any(|b| b.2.is_none());
    let span = last.since(first).max(14);
    let near = first.since(sample.zero) <= span && sample.axis != Axis::Gestation;
    let first = if near { sample.zero.min(first) } else { first.plus(-(span / 12).max(3)) };
    let after = if open { (span / 4).max(7) } else { (span / 16).max(2) };
    Some((first, last.plus(after)))
}

#[derive(Clone, Copy)]
struct Scale {
    first: Day,
    last: Day,
}

impl Scale {
    fn x(self, day: Day) -> i32 {
        let span = i64::from(self.last.since(self.first).max(1));
        let at = i64::from(day.since(self.first)) * i64::from(WIDTH - 2 * MARGIN) / span;
        MARGIN + i32::try_from(at).unwrap_or(0)
    }
}

fn lane(n: i32, row: &Row, scale: Scale) -> Lane {
    let bar = |(class, from, to): &(&'static str, Day, Option<Day>)| {
        let x = scale.x(*from);
        // A last day is a day on which it may still be done: the bar ends after it.
        let end = to.map_or(WIDTH, |to| scale.x(to.plus(1)));
        Bar { x, w: if *class == "step" { 2 } else { (end - x).max(3) }, class, open: to.is_none() }
    };
    let mut marks: Vec<Mark> = Vec::new();
    for (class, day, text) in &row.marks {
        let at = scale.x(*day);
        let free = marks.last().map_or(at, |before| before.x + APART);
        let wide = i32::try_from(text.chars().count()).unwrap_or(1) * 7;
        let x = at.max(free).min(WIDTH - wide);
        marks.push(Mark { x, at, text: text.clone(), class });
    }
    Lane { y: TOP + LANE * n, name: row.name.clone(), bars: row.bars.iter().map(bar).collect(), marks }
}

fn ticks(sample: &Sample, scale: Scale) -> Vec<Tick> {
    let days = scale.last.since(scale.first);
    let tick =
        |day: Day, label: String| (day >= scale.first && day <= scale.last).then(|| Tick { x: scale.x(day), label });
    let mut ticks: Vec<Tick> = match sample.axis {
        Axis::Gestation => {
            (0..=44).step_by(2).filter_map(|w| tick(sample.zero.plus(7 * w), format!("{w}週"))).collect()
        }
        Axis::Since if days <= 120 => {
            (0..=120).step_by(7).filter_map(|d| tick(sample.zero.plus(d), since(d))).collect()
        }
        Axis::Age if days <= 120 => (0..=126).step_by(7).filter_map(|d| tick(sample.zero.plus(d), born(d))).collect(),
        _ => {
            let step = match days {
                0..=400 => 1,
                401..=1_200 => 3,
                1_201..=3_000 => 6,
                _ => 12,
            };
            let months = (0..=12 * 30).step_by(step);
            months.filter_map(|m| tick(counting::after_months(sample.zero, m), age(m))).collect()
        }
    };
    let mut free = 0;
    for tick in &mut ticks {
        if tick.x < free || tick.x > WIDTH - 20 {
            tick.label.clear();
        } else {
            free = tick.x + LABEL;
        }
    }
    ticks
}

fn since(days: i32) -> String {
    if days == 0 { String::from("当日") } else { format!("{days}日後") }
}

fn born(days: i32) -> String {
    if days == 0 { String::from("出生") } else { format!("{days}日") }
}

fn age(months: i32) -> String {
    match (months / 12, months % 12) {
        (0, 0) => String::from("0か月"),
        (0, m) => format!("{m}か月"),
        (y, 0) => format!("{y}歳"),
        (y, m) => format!("{y}歳{m}か月"),
    }
}
