//! Fictional people on whom a rule is shown: a plain day, and the day on which counting is difficult.

use rules::{
    DateFact, Day, Facts, Period, Span,
    bound::{self, Bound, Origin},
    rule::{Bounds, Counting},
    wareki,
};

use super::{library::Written, words};

/// What the ruler counts in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Axis {
    /// Months and years from birth.
    Age,
    /// Weeks of pregnancy.
    Gestation,
    /// Days, then months, since an event.
    Since,
}

#[derive(Clone, Debug)]
pub struct Sample {
    /// 「令和8年4月10日生まれ」
    pub title: String,
    pub axis: Axis,
    /// Where the axis counts from.
    pub zero: Day,
    subject: String,
    dates: Vec<(String, Day)>,
    periods: Vec<String>,
}

impl Sample {
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            subject: &self.subject,
            dates: self.dates.iter().map(|(name, day)| DateFact { name, day: Span::on(*day), event: 0 }).collect(),
            periods: self.periods.iter().map(|name| Period { name, from: self.zero, to: None, event: 0 }).collect(),
            ..Facts::default()
        }
    }
}

/// Texts of a rule turned into days, its settings filled in.
#[derive(Clone, Copy, Debug)]
pub struct Reckoner<'r> {
    pub settings: &'r [(String, i32)],
}

impl Reckoner<'_> {
    pub fn words(&self, text: &str) -> String {
        words::bound(&words::filled(text, self.settings))
    }

    pub fn day(&self, text: &str, origin: &Origin<'_>) -> Option<Day> {
        Bound::parse(&words::filled(text, self.settings)).ok()?.day(origin)
    }

    /// The latest of several first days.
    pub fn latest(&self, texts: &[String], origin: &Origin<'_>) -> Option<Day> {
        bound::latest(&self.parsed(texts), origin)
    }

    /// The earliest of several last days.
    pub fn earliest(&self, texts: &[String], origin: &Origin<'_>) -> Option<Day> {
        bound::earliest(&self.parsed(texts), origin)
    }

    fn parsed(&self, texts: &[String]) -> Vec<Bound> {
        texts.iter().filter_map(|t| Bound::parse(&words::filled(t, self.settings)).ok()).collect()
    }
}

/// One or several ends as a list.
pub fn list(bounds: &Bounds) -> &[String] {
    match bounds {
        Bounds::One(text) => std::slice::from_ref(text),
        Bounds::Many(texts) => texts,
    }
}

/// The examples of a rule: the first one is drawn.
pub fn samples(written: &Written, reckoner: Reckoner<'_>, today: Day) -> Vec<Sample> {
    match written.file.subject.as_str() {
        "child" => school_year(written, reckoner, today).unwrap_or_else(|| births(written, reckoner)),
        "pregnancy" => day(2026, 12, 20).map(expecting).into_iter().collect(),
        "postpartum" => [day(2026, 4, 10), day(2026, 8, 31)].into_iter().flatten().map(delivered).collect(),
        _ => day(2026, 4, 10).map(|on| since(written, on)).into_iter().collect(),
    }
}

fn day(year: i32, month: i32, day: i32) -> Option<Day> {
    Day::from_ymd(year, month, day)
}

/// First and last birth of the youngest school year that is inside today: the one in the ministry's yearly notices.
fn school_year(written: &Written, reckoner: Reckoner<'_>, today: Day) -> Option<Vec<Sample>> {
    let in_force = written.valid_from <= today && written.valid_to.is_none_or(|to| today <= to);
    if written.file.counting != Counting::SchoolYear || !in_force {
        return None;
    }
    let (_, last) = births_on(written, reckoner, today)?;
    let (year, 4, 1) = last.ymd() else { return None };
    Some(vec![child(written, day(year - 1, 4, 2)?), child(written, last)])
}

/// Births whose window lies in the time of this version.
fn births(written: &Written, reckoner: Reckoner<'_>) -> Vec<Sample> {
    let school = written.file.counting == Counting::SchoolYear;
    let (first, second) = if school { ((4, 2), (4, 1)) } else { ((4, 10), (8, 31)) };
    let pair = |year: i32| {
        let birth = |year, (m, d)| day(year, m, d).map(|on| child(written, on));
        [birth(year, first), birth(if school { year + 1 } else { year }, second)]
    };
    let years = [2026, 2024, 2022, 2018, 2014, 2010, 2006, 2002];
    let fits = |year: &&i32| {
        pair(**year).iter().flatten().all(|sample| {
            let (from, to) = window(written, reckoner, &sample.facts());
            in_cohort(written, sample.zero)
                && from.is_some_and(|from| written.valid_to.is_none_or(|end| from <= end))
                && to.is_none_or(|to| to >= written.valid_from)
        })
    };
    let year = years.iter().find(fits).or(years.first()).copied().unwrap_or(2026);
    pair(year).into_iter().flatten().collect()
}

fn child(written: &Written, birth: Day) -> Sample {
    let mut dates = vec![(String::from("birth"), birth)];
    // Certified at five.
    let certified = rules::counting::after_months(birth, 60);
    let further = written.file.population.needs.iter().map(String::as_str).filter(|n| *n != "birth");
    dates.extend(further.map(|name| (name.to_owned(), certified)));
    Sample {
        title: format!("{}生まれ", wareki::date(birth)),
        axis: Axis::Age,
        zero: birth,
        subject: String::from("child"),
        dates,
        periods: written.file.population.needs_one_of.iter().take(1).cloned().collect(),
    }
}

fn expecting(edd: Day) -> Sample {
    let registered = rules::counting::gestation_day(edd, 8, 0);
    Sample {
        title: format!("分娩予定日が{}で、妊娠8週0日に届け出た人", wareki::date(edd)),
        axis: Axis::Gestation,
        zero: rules::counting::gestation_day(edd, 0, 0),
        subject: String::from("pregnancy"),
        dates: vec![(String::from("edd"), edd), (String::from("registered"), registered)],
        periods: Vec::new(),
    }
}

fn delivered(on: Day) -> Sample {
    Sample {
        title: format!("{}に出産した人", wareki::date(on)),
        axis: Axis::Since,
        zero: on,
        subject: String::from("postpartum"),
        dates: vec![(String::from("delivery"), on)],
        periods: Vec::new(),
    }
}

fn since(written: &Written, on: Day) -> Sample {
    let name = written.file.population.needs.first().map_or("registered", String::as_str);
    Sample {
        title: format!("{}が{}の人", words::date(name), wareki::date(on)),
        axis: Axis::Since,
        zero: on,
        subject: written.file.subject.clone(),
        dates: vec![(name.to_owned(), on)],
        periods: Vec::new(),
    }
}

/// First and last day of a rule for somebody: of its unconditional window, its series or its rhythm.
pub fn window(written: &Written, reckoner: Reckoner<'_>, facts: &Facts<'_>) -> (Option<Day>, Option<Day>) {
    let origin = Origin::of(facts);
    let file = &written.file;
    if let Some(once) = &file.once {
        let plain = once.window.iter().find(|w| w.when_period.is_empty() && w.born.is_none());
        return plain.or(once.window.first()).map_or((None, None), |w| {
            let to = w.to.as_ref().and_then(|to| reckoner.earliest(list(to), &origin));
            (reckoner.latest(list(&w.from), &origin), to)
        });
    }
    if let Some(series) = &file.series {
        let to = series.to.as_deref().and_then(|to| reckoner.day(to, &origin));
        return (reckoner.day(&series.from, &origin), to);
    }
    let Some(rhythm) = &file.rhythm else { return (None, None) };
    let last = rhythm.at_latest.as_deref().or(rhythm.ends.as_deref());
    (reckoner.latest(list(&rhythm.starts), &origin), last.and_then(|to| reckoner.day(to, &origin)))
}

fn in_cohort(written: &Written, birth: Day) -> bool {
    let Some(cohort) = &written.file.population.cohort else { return true };
    holds(cohort.born.from.as_deref(), cohort.born.to.as_deref(), birth)
}

/// Whether a birth lies between two days of a file.
pub fn holds(from: Option<&str>, to: Option<&str>, birth: Day) -> bool {
    let day = |text: Option<&str>| text.and_then(Day::parse_iso);
    day(from).is_none_or(|from| from <= birth) && day(to).is_none_or(|to| birth <= to)
}

/// Births whose window holds on a day, first and last; `None` if nobody's does. Looks back twenty years, day by day.
pub fn births_on(written: &Written, reckoner: Reckoner<'_>, today: Day) -> Option<(Day, Day)> {
    if written.file.subject != "child" || written.file.population.needs.len() != 1 || written.file.rhythm.is_some() {
        return None;
    }
    let inside = |birth: &Day| {
        let sample = child(written, *birth);
        let (from, to) = window(written, reckoner, &sample.facts());
        in_cohort(written, *birth) && from.is_some_and(|f| f <= today) && to.is_some_and(|t| today <= t)
    };
    let mut found = (0..=20 * 366).map(|back| today.plus(-back)).filter(inside);
    let last = found.next()?;
    Some((found.next_back().unwrap_or(last), last))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rulebook::library::library;

    fn born(id: &str, today: &str) -> (String, String) {
        let written = library().unwrap().versions(id).last().copied().unwrap();
        let found = births_on(written, Reckoner { settings: &[] }, Day::parse_iso(today).unwrap()).unwrap();
        (found.0.to_string(), found.1.to_string())
    }

    /// 令和8年度のMR第2期は令和2年4月2日から令和3年4月1日生まれ (the ministry's yearly notice).
    #[test]
    fn the_school_year_of_mr2_is_the_one_the_ministry_announces() {
        assert_eq!(born("mr2", "2026-11-24"), ("2020-04-02".into(), "2021-04-01".into()));
        assert_eq!(born("mr2", "2027-03-31"), ("2020-04-02".into(), "2021-04-01".into()));
        assert_eq!(born("mr2", "2027-04-01"), ("2021-04-02".into(), "2022-04-01".into()));
    }

    /// 令和8年度のHPVは小学6年生から高校1年生相当: 平成22年4月2日から平成27年4月1日生まれ.
    #[test]
    fn hpv_is_for_the_girls_of_five_school_years() {
        assert_eq!(born("hpv", "2026-11-24"), ("2010-04-02".into(), "2015-04-01".into()));
    }

    /// 生後2月から60月に至るまで: on 2026-11-24 born 2021-11-25 (60 months are reached on that day) to 2026-09-25.
    #[test]
    fn pneumococcus_is_counted_by_reaching_an_age_the_day_before() {
        assert_eq!(born("pcv", "2026-11-24"), ("2021-11-25".into(), "2026-09-25".into()));
    }

    #[test]
    fn every_rule_has_an_example_whose_window_begins() {
        for written in &library().unwrap().rules {
            let settings: Vec<(String, i32)> = written.file.settings.iter().map(|(k, v)| (k.clone(), *v)).collect();
            let reckoner = Reckoner { settings: &settings };
            let samples = samples(written, reckoner, Day::parse_iso("2026-11-24").unwrap());
            assert!(!samples.is_empty(), "{}", written.path);
            for sample in samples {
                assert!(window(written, reckoner, &sample.facts()).0.is_some(), "{} {}", written.path, sample.title);
            }
        }
    }
}
