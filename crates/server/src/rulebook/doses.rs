//! The injections of a series: each schedule as a table, and as it runs for the ruler's example.
//!
//! The days of the example are not reckoned here: the rule itself is asked after each injection, as for a person.

use rules::{
    Act, Day, Phase, Rule, Span, Standing,
    bound::Origin,
    evaluate,
    rule::{DoseFile, SeriesFile, StartFile},
    wareki,
};

use super::{
    library::Written,
    sample::{Reckoner, Sample, holds},
    view::{DoseRow, StartView},
    words,
};

/// One injection of the example.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    pub on: Day,
    pub kind: String,
}

/// A schedule as it runs for an example.
#[derive(Clone, Debug, Default)]
pub struct Course {
    pub label: String,
    /// Days on which the first injection may be given for this schedule.
    pub first: (Option<Day>, Option<Day>),
    pub given: Vec<Given>,
    /// The series' standard period of the first injection lies in this schedule.
    pub standard: bool,
}

/// Every schedule for one example; one that is not for them has no days.
pub fn courses(written: &Written, rule: &Rule, reckoner: Reckoner<'_>, sample: &Sample) -> Vec<Course> {
    let Some(series) = &written.file.series else { return Vec::new() };
    (0..series.start.len()).filter_map(|n| course(written, rule, series, n, reckoner, sample)).collect()
}

fn course(
    written: &Written,
    rule: &Rule,
    series: &SeriesFile,
    n: usize,
    reckoner: Reckoner<'_>,
    sample: &Sample,
) -> Option<Course> {
    let start = series.start.get(n)?;
    let mut course = Course { label: start.label.clone(), ..Course::default() };
    if !holds(start.born.from.as_deref(), start.born.to.as_deref(), sample.zero) {
        return Some(course);
    }
    let facts = sample.facts();
    let origin = Origin::of(&facts);
    let day = |text: &str| reckoner.day(text, &origin);
    let from = match before(series, n, sample).and_then(day) {
        Some(until) => Some(until.plus(1)),
        None => day(&series.from),
    };
    let ends = [&start.first_until, &start.to, &series.to];
    let to = ends.into_iter().flatten().filter_map(|text| day(text)).min();
    course.first = (from, to);
    let standard =
        series.standard_from.as_deref().and_then(day).filter(|d| from <= Some(*d) && to.is_none_or(|t| *d <= t));
    course.standard = standard.is_some();
    if let Some(first) = standard.or(from) {
        course.given = run(rule, sample, first, &written.file.settles.first()?.act, first_product(written, n));
    }
    Some(course)
}

/// The limit of the schedule before this one, among those for the same people.
fn before<'s>(series: &'s SeriesFile, n: usize, sample: &Sample) -> Option<&'s str> {
    let this = series.start.get(n)?;
    let for_them = |s: &&StartFile| {
        s.products == this.products && holds(s.born.from.as_deref(), s.born.to.as_deref(), sample.zero)
    };
    series.start.iter().take(n).filter(for_them).filter_map(|s| s.first_until.as_deref()).next_back()
}

/// The product somebody begins this schedule with: its own, or one that no other schedule claims.
fn first_product(written: &Written, n: usize) -> Option<&str> {
    let series = written.file.series.as_ref()?;
    if let Some(own) = series.start.get(n)?.products.first() {
        return Some(own);
    }
    let claimed = |code: &String| series.start.iter().any(|s| s.products.contains(code));
    let last = written.valid_to.map(|d| d.to_string());
    let over =
        |to: &Option<String>| to.as_ref().is_some_and(|to| Day::parse_iso(to).is_some() && Some(to) != last.as_ref());
    written.file.product.iter().filter(|p| !claimed(&p.code) && !over(&p.to)).map(|p| p.code.as_str()).next_back()
}

/// Gives one injection after another on the first day of its standard period, or as early as law allows.
fn run(rule: &Rule, sample: &Sample, first: Day, code: &str, product: Option<&str>) -> Vec<Given> {
    let mut given: Vec<Given> = Vec::new();
    let mut next = Some((first, String::new(), product.map(str::to_owned)));
    let mut products: Vec<Option<String>> = Vec::new();
    while let Some((on, kind, product)) = next.take() {
        given.push(Given { on, kind });
        products.push(product);
        if given.len() >= 8 {
            break;
        }
        let mut facts = sample.facts();
        facts.acts = given
            .iter()
            .zip(&products)
            .map(|(g, p)| Act {
                code,
                day: Span::on(g.on),
                product: p.as_deref(),
                number: None,
                result: None,
                event: 1,
            })
            .collect();
        let outcome = evaluate(rule, &facts, false);
        let done = outcome.steps.iter().filter(|s| matches!(s.standing, Standing::Done { .. })).count();
        if done < given.len() {
            // The rule does not count it: this schedule is only for those who began before.
            return Vec::new();
        }
        let open = outcome.steps.into_iter().find_map(|s| match s.standing {
            Standing::Open(phases) => Some(phases),
            _ => None,
        });
        let phases = open.unwrap_or_default();
        let last = given.last().map_or(first, |g| g.on);
        next = proposed(&phases, last).map(|(day, phase)| {
            let same = products.last().cloned().flatten();
            let keeps =
                same.as_ref().is_none_or(|p| phase.allowed_products.is_empty() || phase.allowed_products.contains(p));
            (day, phase.kind.clone(), if keeps { same } else { phase.allowed_products.first().cloned() })
        });
    }
    given
}

fn proposed(phases: &[Phase], previous: Day) -> Option<(Day, &Phase)> {
    phases.iter().find_map(|phase| {
        let day = [phase.standard_from, phase.legal_from, phase.applies_from, Some(previous.plus(1))];
        let day = day.into_iter().flatten().max()?;
        let last = [phase.legal_to, phase.applies_until].into_iter().flatten().min();
        last.is_none_or(|last| day <= last).then_some((day, phase))
    })
}

/// The schedules as tables; `courses` are those of the example.
pub fn shown(written: &Written, reckoner: Reckoner<'_>, courses: &[Course]) -> Vec<StartView> {
    let Some(series) = &written.file.series else { return Vec::new() };
    let start = |(n, start): (usize, &StartFile)| {
        let course = courses.get(n).cloned().unwrap_or_default();
        let one = |(i, dose): (usize, &DoseFile)| dose_row(i, dose, reckoner, course.given.get(i));
        let mut doses: Vec<DoseRow> = start.dose.iter().enumerate().map(one).collect();
        if let Some(first) = doses.first_mut().filter(|d| d.from.is_empty()) {
            first.from.push(range(series, n, reckoner));
            if course.standard {
                first.standard = joined(&series.standard_from, &series.standard_to, reckoner);
            }
        }
        StartView {
            label: start.label.clone(),
            count: count(start),
            facts: facts(start, reckoner),
            physician: start.dose.iter().any(|d| !d.physician_from.is_empty() || !d.physician_after_drop.is_empty()),
            omits: doses.iter().any(|d| !d.conditions.is_empty()),
            doses,
        }
    };
    series.start.iter().enumerate().map(start).collect()
}

/// 「全4回（初回接種3回・追加接種1回）」
fn count(start: &StartFile) -> String {
    let of = |kind: &str| start.dose.iter().filter(|d| d.kind == kind).count();
    let parts = [("初回接種", of("primary")), ("追加接種", of("booster"))];
    let parts: Vec<String> = parts.iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{word}{n}回")).collect();
    let fewer = start.dose.iter().any(|d| d.needed_if.is_some());
    let all = start.dose.len();
    let total = if fewer { format!("{}回または{all}回", all - 1) } else { format!("全{all}回") };
    if parts.len() > 1 { format!("{total}（{}）", parts.join("・")) } else { total }
}

fn facts(start: &StartFile, reckoner: Reckoner<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    if !start.products.is_empty() {
        facts.push(format!("1回目の製品：{}", words::products(&start.products)));
    }
    let born = words::between(start.born.from.as_deref(), start.born.to.as_deref());
    if !born.is_empty() {
        facts.push(format!("{born}に生まれた人だけ"));
    }
    if let Some(to) = &start.to {
        facts.push(format!("すべての回を{}までに行う", reckoner.words(to)));
    }
    facts
}

/// When the first injection of a schedule is given, in the words of the file.
fn range(series: &SeriesFile, n: usize, reckoner: Reckoner<'_>) -> String {
    let this = series.start.get(n);
    let same = |s: &&StartFile| this.is_some_and(|t| t.products == s.products && t.born == s.born);
    let before = series.start.iter().take(n).filter(same).filter_map(|s| s.first_until.as_deref()).next_back();
    let from = match before {
        Some(until) => format!("{}の翌日から", reckoner.words(until)),
        None => format!("{}から", reckoner.words(&series.from)),
    };
    let until = this.and_then(|t| t.first_until.as_ref().or(t.to.as_ref())).or(series.to.as_ref());
    from + &until.map(|text| format!("{}まで", reckoner.words(text))).unwrap_or_default()
}

fn dose_row(i: usize, dose: &DoseFile, reckoner: Reckoner<'_>, given: Option<&Given>) -> DoseRow {
    let all = |texts: &[String]| texts.iter().map(|t| reckoner.words(t)).collect::<Vec<_>>();
    let mut from = all(&dose.from);
    from.extend(all(&dose.from_after_drop).into_iter().map(|t| format!("前の回を省いたとき：{t}")));
    let mut physician = all(&dose.physician_from);
    physician.extend(all(&dose.physician_after_drop).into_iter().map(|t| format!("前の回を省いたとき：{t}")));
    let mut conditions = Vec::new();
    if let Some(text) = &dose.dropped_after {
        conditions.push(format!("{}を過ぎたら行わない", reckoner.words(text)));
    }
    if let Some(drop) = &dose.dropped_if {
        conditions.push(format!("{}回目が{}を過ぎたときは行わない", drop.dose, reckoner.words(&drop.later_than)));
    }
    if let Some(need) = &dose.needed_if {
        conditions.push(format!(
            "{}回目が{}に満たないときだけ行う",
            need.dose,
            reckoner.words(&need.before).trim_end_matches("以上")
        ));
    }
    if dose.no_standard_after_drop {
        conditions.push(String::from("前の回を省いたときは標準的な時期の定めなし"));
    }
    DoseRow {
        number: i + 1,
        kind: words::kind(&dose.kind).to_owned(),
        from,
        standard: joined(&dose.standard_from, &dose.standard_to, reckoner),
        physician,
        conditions,
        day: given.map(|g| wareki::short(g.on)).unwrap_or_default(),
    }
}

/// 「生後2月に至る日から生後7月に至る日まで」
fn joined(from: &Option<String>, to: &Option<String>, reckoner: Reckoner<'_>) -> String {
    let from = from.as_deref().map(|text| ending(&reckoner.words(text), "から"));
    let to = to.as_deref().map(|text| format!("{}まで", reckoner.words(text)));
    [from, to].into_iter().flatten().collect::<Vec<_>>().join("、")
}

/// 「前回から27日以上」 stands by itself as a beginning.
fn ending(text: &str, end: &str) -> String {
    if end == "から" && text.ends_with("以上") { text.to_owned() } else { format!("{text}{end}") }
}
