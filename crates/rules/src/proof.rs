//! Tries a rule on sample subjects when it is read, so that windows that end before they begin are found in the file and
//! not on somebody's list.

use alloc::{format, string::String, vec::Vec};

use crate::{
    DateFact, Day, Facts, Span,
    bound::{self, Bound, Origin},
    compiled::{Born, Rule, Series, Shape, Start, Window},
    words,
};

/// Days that bring out what goes wrong: month end, leap day, both sides of 1 April. 2020-01-31, 2024-02-29, 2021-04-01,
/// 2021-04-02.
const SAMPLES: [Day; 4] = [Day(18_292), Day(19_782), Day(18_718), Day(18_719)];

/// Faults of the windows of a rule, each once.
pub(crate) fn windows(rule: &Rule) -> Vec<String> {
    let mut faults = needs(rule);
    for sample in SAMPLES {
        let dates = words::DATES.iter().map(|(_, name)| DateFact { name, day: Span::on(sample), event: 0 });
        let facts = Facts { subject: &rule.subject, dates: dates.collect(), ..Facts::default() };
        let found = match &rule.shape {
            Shape::Once(once) => once.windows.iter().flat_map(|w| window(w, &facts)).collect(),
            Shape::Series(s) => series(s, &facts),
            Shape::Rhythm(_) => Vec::new(),
        };
        for fault in found {
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    faults
}

/// Every date without which a window has no beginning must stand in `population.needs`.
fn needs(rule: &Rule) -> Vec<String> {
    let begins: Vec<&Bound> = match &rule.shape {
        Shape::Once(once) => once.windows.iter().flat_map(|w| &w.from).collect(),
        Shape::Series(series) => [Some(&series.from), series.to.as_ref()].into_iter().flatten().collect(),
        Shape::Rhythm(_) => Vec::new(),
    };
    let missing = |name: &&str| !rule.needs.iter().any(|n| n == name);
    let names = begins.into_iter().filter_map(Bound::date_name);
    names
        .filter(missing)
        .map(|name| format!("期間が「{}」から始まるのに、needs に {name} がありません", words::date_word(name)))
        .collect()
}

/// A window on one sample day, with all named dates on that day.
fn window(window: &Window, facts: &Facts<'_>) -> Vec<String> {
    let mut origin = Origin::of(facts);
    let (from, to) = (bound::latest(&window.from, &origin), bound::earliest(&window.to, &origin));
    (origin.opening, origin.limit) = (from, to);
    let day = |b: &Option<Bound>| b.as_ref().and_then(|b| b.day(&origin));
    let mut faults = Vec::new();
    if from > to && to.is_some() {
        faults.push(format!("期間の終わり（{}）が始まり（{}）より前です", texts(&window.to), texts(&window.from)));
    }
    if let (Some(a), Some(b)) = (day(&window.standard_from), day(&window.standard_to))
        && b < a
    {
        faults.push(String::from("標準的な時期の終わりが始まりより前です"));
    }
    faults
}

/// The bounds of a series and the order of its schedules.
fn series(series: &Series, facts: &Facts<'_>) -> Vec<String> {
    let origin = Origin::of(facts);
    let from = series.from.day(&origin);
    let to = series.to.as_ref().map_or(Some(crate::NEVER), |b| b.day(&origin));
    let mut faults = Vec::new();
    if let Some(last) = series.to.as_ref().filter(|_| to < from) {
        faults.push(format!("期間の終わり（{}）が始まり（{}）より前です", last.text, series.from.text));
    }
    let mut previous = from;
    let everybody = |s: &&Start| s.products.is_empty() && s.born == Born::default();
    for start in series.starts.iter().filter(everybody) {
        let Some(until) = &start.first_until else { continue };
        let day = until.day(&origin);
        if day < previous || to < day {
            faults.push(format!("開始年齢「{}」の順番が前後しているか、期間の外です", until.text));
        }
        previous = day;
    }
    faults
}

fn texts(bounds: &[Bound]) -> String {
    let texts: Vec<&str> = bounds.iter().map(|b| b.text.as_str()).collect();
    texts.join("・")
}
