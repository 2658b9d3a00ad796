//! Rules for something done again and again: the next one is expected some time after the last.
//!
//! 妊婦健診 is expected 「おおむね」 every four, two, one weeks (平成27年厚生労働省告示226号): never a hard date, and the evidence
//! comes months later on paper. A line for every late voucher would teach people not to look at the list.
//!
//! Kept quiet on purpose: a line may wait until several intervals were missed, rests in pauses (里帰り), and begins anew
//! when a pause ends.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    Act, Day, Facts, NEVER, Outcome, Period, Phase, Standing,
    bound::{self, Origin},
    compiled::{Interval, Rhythm, Rule, Shape},
    evaluate::{closing, settles, step, version_on},
    parts::details::Details,
    timeline::{Part, join},
    wareki, words,
};

/// Counts the acts, takes the latest, and opens the next step after it. The number of the step is the number of acts
/// before it plus one, so each act closes one key and opens the next.
pub(crate) fn evaluate(versions: &[Rule], facts: &Facts<'_>, explain: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let origin = Origin::of(facts);
    let mut count: u16 = 0;
    let mut last: Option<&Act<'_>> = None;
    for act in &facts.acts {
        let Some(rule) = version_on(versions, act.day.hi) else { continue };
        if !settles(rule, act, &origin) {
            continue;
        }
        count = count.saturating_add(1);
        if last.is_none_or(|l| (l.day.hi, l.event) < (act.day.hi, act.event)) {
            last = Some(act);
        }
        if rhythm_of(rule).is_some_and(|r| r.lists_done) {
            outcome.steps.push(step(None, 0, Standing::Done { on: act.day.hi, event: act.event }));
        }
    }
    number(&mut outcome);
    let last = last.map(|a| a.day.hi);
    let mut parts = Vec::with_capacity(versions.len());
    let mut nothing = None;
    for rule in versions {
        let Some(rhythm) = rhythm_of(rule) else { continue };
        match (Beat { rule, rhythm, facts, last, explain }).phases() {
            Ok(phases) => parts.push(Part { rule, phases }),
            Err(reason) => nothing = Some(reason),
        }
    }
    let phases = join(parts, &Details::none(facts));
    if phases.is_empty() {
        outcome.why_not = nothing.filter(|_| explain);
    } else {
        outcome.steps.push(step(None, count.saturating_add(1), Standing::Open(phases)));
    }
    outcome
}

fn rhythm_of(rule: &Rule) -> Option<&Rhythm> {
    match &rule.shape {
        Shape::Rhythm(rhythm) => Some(rhythm),
        _ => None,
    }
}

/// Puts finished steps in order of time and numbers them.
fn number(outcome: &mut Outcome) {
    outcome.steps.sort_by_key(|s| match s.standing {
        Standing::Done { on, event } => (on, event),
        _ => (NEVER, 0),
    });
    for (n, step) in (1..=u16::MAX).zip(&mut outcome.steps) {
        step.occurrence = n;
    }
}

/// One version of a rhythm for one subject.
struct Beat<'b> {
    rule: &'b Rule,
    rhythm: &'b Rhythm,
    facts: &'b Facts<'b>,
    last: Option<Day>,
    explain: bool,
}

/// What the next step is counted from.
#[derive(Clone, Copy)]
enum Since {
    Start,
    LastAct,
    Pause,
}

impl Beat<'_> {
    /// The phases of the next step, or why there is none.
    fn phases(&self) -> Result<Vec<Phase>, String> {
        let origin = Origin::of(self.facts);
        let day = |b: &Option<bound::Bound>| b.as_ref().and_then(|b| b.day(&origin));
        let limit = day(&self.rhythm.at_latest);
        // Whoever came later (転入, 登録) is counted from then on, even if older acts are known.
        let Some(start) = self.last.max(bound::latest(&self.rhythm.starts, &origin)) else {
            return Err("数え始める日の記録がありません。".to_string());
        };
        if let (Some(limit), Some(last)) = (limit, self.last)
            && limit <= last
        {
            return Err(format!("最後の時期（{}）まで済んでいます。", wareki::date(limit)));
        }
        let since = if self.last == Some(start) { Since::LastAct } else { Since::Start };
        let mut opens = self.opens(start, since, limit);
        let ends = day(&self.rhythm.ends);
        if let Some(end) = ends.filter(|e| *e < opens) {
            return Err(format!("次の時期は{}より後になるため、求めません。", wareki::date(end)));
        }
        let mut out = Vec::with_capacity(1);
        let mut base = (start, since);
        for pause in self.pauses() {
            if pause.to.is_some_and(|to| to < base.0) {
                continue;
            }
            if opens < pause.from {
                let mut phase = self.phase(opens, limit, base, None);
                phase.applies_until = Some(pause.from.plus(-1));
                out.push(phase);
            }
            let Some(end) = pause.to else {
                out.push(self.phase(NEVER, None, base, Some(pause)));
                return Ok(out);
            };
            base = (end, Since::Pause);
            opens = self.opens(end, Since::Pause, limit);
        }
        out.push(self.phase(opens, limit, base, None));
        Ok(out)
    }

    /// The pauses recorded for this subject, in order of time.
    fn pauses(&self) -> Vec<&Period<'_>> {
        let named = |p: &&Period<'_>| self.rhythm.pauses.iter().any(|(name, _)| name == p.name);
        let mut pauses: Vec<_> = self.facts.periods.iter().filter(named).collect();
        pauses.sort_by_key(|p| (p.from, p.to.map_or(NEVER, |to| to), p.event));
        pauses
    }

    /// The day on which a line appears: after the intervals that may be missed and the time evidence takes to arrive.
    fn opens(&self, base: Day, since: Since, limit: Option<Day>) -> Day {
        let origin = Origin::of(self.facts);
        let mut day = base;
        for _ in 0..self.rhythm.missed {
            day = match self.interval(day) {
                Interval::Days(n) => day.plus(n),
                Interval::Months(n) => crate::counting::after_months(day, n),
            };
        }
        day = day.plus(self.rhythm.lag);
        if let (Since::Start, None, Some(bound)) = (since, self.last, &self.rhythm.first_not_before) {
            day = bound.day(&origin).map_or(day, |floor| floor.max(day));
        }
        limit.map_or(day, |l| l.min(day))
    }

    /// The interval that follows an act on `day`: bands of gestational age, or one for all.
    fn interval(&self, day: Day) -> Interval {
        let origin = Origin::of(self.facts);
        let every = &self.rhythm.every;
        let fits = |e: &&crate::compiled::Every| {
            e.until.as_ref().is_none_or(|b| b.day(&origin).is_some_and(|until| day <= until))
        };
        every.iter().find(fits).or(every.last()).map_or(Interval::Months(12), |e| e.interval)
    }

    /// A step that opens on `opens`; while it rests without an end it has neither deadline nor limit.
    fn phase(&self, opens: Day, limit: Option<Day>, base: (Day, Since), rests: Option<&Period<'_>>) -> Phase {
        let target = self.rhythm.target_after.filter(|_| rests.is_none()).map(|n| opens.plus(n));
        let mut phase = Phase {
            legal_from: Some(opens),
            legal_to: limit,
            target: target.map(|t| limit.map_or(t, |l| l.min(t))),
            ..Phase::default()
        };
        if self.explain {
            phase.because = match rests {
                Some(pause) => self.resting(pause),
                None => self.because(&phase, base),
            };
        }
        phase
    }

    /// Why nothing is asked for during a pause, and what would end it.
    fn resting(&self, pause: &Period<'_>) -> Vec<String> {
        let reason = self.rhythm.pauses.iter().find(|(name, _)| name == pause.name).map_or("", |(_, r)| r);
        let mut out = Vec::new();
        out.push(format!("{reason}（{}から）のため、終わりが記録されるまで休みます。", wareki::date(pause.from)));
        closing(self.rule, &mut out);
        out
    }

    /// What it is counted from, how often, when the line appears, and until when.
    fn because(&self, phase: &Phase, (base, since): (Day, Since)) -> Vec<String> {
        let mut out = Vec::new();
        let from = match since {
            Since::LastAct => "最後の記録".to_string(),
            Since::Pause => "休みの終わり".to_string(),
            Since::Start => {
                let origin = Origin::of(self.facts);
                let start = bound::deciding(&self.rhythm.starts, &origin).and_then(|b| b.date_name());
                start.map_or("起点", words::date_word).to_string()
            }
        };
        let every = match self.interval(base) {
            Interval::Days(n) if n % 7 == 0 => format!("{}週", n / 7),
            Interval::Days(n) => format!("{n}日"),
            Interval::Months(n) => format!("{n}か月"),
        };
        out.push(format!("{from}（{}）から、おおむね{every}ごと。", wareki::date(base)));
        let opens = phase.legal_from.map(wareki::date).unwrap_or_default();
        if self.rhythm.missed > 1 {
            let lag = if self.rhythm.lag > 0 {
                format!("、情報が届くまでの{}日を加えて", self.rhythm.lag)
            } else {
                String::new()
            };
            out.push(format!("{}回分続けて記録がないとき{lag}{opens}に挙げます。", self.rhythm.missed));
        } else {
            out.push(format!("次は{opens}から。"));
        }
        if let Some(target) = phase.target.filter(|t| Some(*t) != phase.legal_from) {
            out.push(format!("対応の期限は{}。", wareki::date(target)));
        }
        if let Some(limit) = phase.legal_to {
            out.push(format!("{}まで（{}）。", wareki::date(limit), self.rule.basis));
        }
        closing(self.rule, &mut out);
        out
    }
}
