//! The shapes of a rule file: their dates parsed, their parts checked against each other.

use alloc::{format, string::ToString};

use super::Reader;
use crate::{
    bound::Bound,
    compiled::{After, Dose, Every, Interval, Once, Rhythm, Series, Shape, Start, Target, Window},
    rule::{DoseFile, OnceFile, RhythmFile, RuleFile, SeriesFile, StartFile, TargetFile, WindowFile},
    words,
};

impl Reader<'_> {
    /// The one shape of the file.
    pub(super) fn shape(&mut self, file: &RuleFile) -> Option<Shape> {
        match (&file.once, &file.series, &file.rhythm) {
            (Some(once), None, None) => Some(Shape::Once(self.once(once))),
            (None, Some(series), None) => Some(Shape::Series(self.series(series))),
            (None, None, Some(rhythm)) => Some(Shape::Rhythm(self.rhythm(rhythm))),
            _ => {
                self.fault("once・series・rhythm のどれか一つを書きます".to_string());
                None
            }
        }
    }

    fn once(&mut self, file: &OnceFile) -> Once {
        if file.window.is_empty() {
            self.fault("期間（once.window）がありません".to_string());
        }
        if file.after.is_some() && !file.only_within {
            self.fault("after は only_within = true とともに書きます".to_string());
        }
        let windows = file.window.iter().map(|w| self.window(w)).collect();
        let after = file.after.as_ref().map(|a| After { rule: a.rule.clone(), days: i32::from(a.days) });
        Once { windows, flag_early: file.flag_early, flag_late: file.flag_late, only_within: file.only_within, after }
    }

    /// A window and its working deadlines.
    fn window(&mut self, file: &WindowFile) -> Window {
        for period in &file.when_period {
            self.known("状態", words::PERIODS, period);
        }
        Window {
            kind: file.kind.clone(),
            when_period: file.when_period.clone(),
            born: file.born.as_ref().map(|b| self.born(b)),
            after_acts: file.after_acts,
            from: self.bounds(&file.from),
            to: file.to.as_ref().map(|b| self.bounds(b)).unwrap_or_default(),
            extended_to: self.maybe(&file.extended_to),
            standard_from: self.maybe(&file.standard_from),
            standard_to: self.maybe(&file.standard_to),
            targets: file.target.iter().map(|t| self.target(t)).collect(),
            escalates: self.maybe(&file.escalates),
            until: self.maybe(&file.until),
        }
    }

    /// The reason of a deadline may use settings too (「対象の最後の日の60日前」).
    fn target(&mut self, file: &TargetFile) -> Target {
        for period in &file.when_period {
            self.known("状態", words::PERIODS, period);
        }
        if let Some(date) = &file.when_date {
            self.known_date(date);
        }
        if let Some(act) = &file.when_act {
            self.known_act(act);
        }
        Target {
            at: self.bounds(&file.at),
            no_earlier_than: self.maybe(&file.no_earlier_than),
            when_period: file.when_period.clone(),
            when_date: file.when_date.clone(),
            when_act: file.when_act.clone(),
            when_kin: self.kin(&file.when_kin),
            because: file.because.as_ref().map(|text| self.fill(text)),
        }
    }

    /// Schedules by age: all but the last need the age up to which they hold.
    fn series(&mut self, file: &SeriesFile) -> Series {
        let from = self.required(&file.from);
        let to = self.maybe(&file.to);
        if file.start.is_empty() {
            self.fault("開始年齢ごとの回数（series.start）がありません".to_string());
        }
        let last = file.start.len().saturating_sub(1);
        for (i, start) in file.start.iter().enumerate() {
            let whole = start.first_until.is_none() && start.products.is_empty() && start.born == Default::default();
            if whole && i != last {
                self.fault(format!("「{}」に first_until がありません（最後の行だけ省けます）", start.label));
            }
        }
        Series {
            from,
            to,
            ignore_after_end: file.ignore_after_end,
            total_after_first: file.total_after_first,
            standard_from: self.maybe(&file.standard_from),
            standard_to: self.maybe(&file.standard_to),
            starts: file.start.iter().map(|s| self.start(s)).collect(),
        }
    }

    /// A bound that must be there; its fault is already noted when it is not.
    fn required(&mut self, text: &str) -> Bound {
        self.bound(text).unwrap_or_else(Bound::never)
    }

    /// One schedule: at least one injection.
    fn start(&mut self, file: &StartFile) -> Start {
        if file.dose.is_empty() {
            self.fault(format!("「{}」に接種（dose）がありません", file.label));
        }
        let doses = file.dose.iter().enumerate().map(|(i, d)| self.dose(i, d)).collect();
        for product in &file.products {
            self.known("製品", words::PRODUCTS, product);
        }
        Start {
            first_until: self.maybe(&file.first_until),
            born: self.born(&file.born),
            products: file.products.clone(),
            to: self.maybe(&file.to),
            label: file.label.clone(),
            doses,
        }
    }

    /// One injection: all but the first need an interval, and may only depend on earlier ones.
    fn dose(&mut self, index: usize, file: &DoseFile) -> Dose {
        if index > 0 && file.from.is_empty() {
            self.fault(format!("{}回目の接種間隔（from）がありません", index + 1));
        }
        let dropped_if = file
            .dropped_if
            .as_ref()
            .and_then(|drop| Some((self.earlier("dropped_if", drop.dose, index)?, self.bound(&drop.later_than)?)));
        let needed_if = file
            .needed_if
            .as_ref()
            .and_then(|need| Some((self.earlier("needed_if", need.dose, index)?, self.bound(&need.before)?)));
        Dose {
            kind: file.kind.clone(),
            from: self.list(&file.from),
            from_after_drop: self.list(&file.from_after_drop),
            physician_from: self.list(&file.physician_from),
            physician_after_drop: self.list(&file.physician_after_drop),
            standard_from: self.maybe(&file.standard_from),
            standard_to: self.maybe(&file.standard_to),
            no_standard_after_drop: file.no_standard_after_drop,
            dropped_after: self.maybe(&file.dropped_after),
            dropped_if,
            needed_if,
        }
    }

    /// The place of an injection that must come before this one.
    fn earlier(&mut self, field: &str, dose: u8, index: usize) -> Option<usize> {
        let earlier = usize::from(dose).checked_sub(1).filter(|e| *e < index);
        if earlier.is_none() {
            self.fault(format!("{field} の回数「{dose}」はこの接種より前ではありません"));
        }
        earlier
    }

    /// Intervals in bands: exactly the last one is open-ended, so that every act has a next.
    fn rhythm(&mut self, file: &RhythmFile) -> Rhythm {
        if file.every.last().is_none_or(|e| e.until.is_some()) {
            self.fault("間隔（every）の最後の行には until を書きません".to_string());
        }
        let every = file
            .every
            .iter()
            .map(|e| {
                let interval = match (&e.days, &e.months) {
                    (Some(days), None) => Interval::Days(self.number(days)),
                    (None, Some(months)) => Interval::Months(self.number(months)),
                    _ => {
                        self.fault("間隔（every）には days か months のどちらか一つを書きます".to_string());
                        Interval::Days(1)
                    }
                };
                if matches!(interval, Interval::Days(n) | Interval::Months(n) if n <= 0) {
                    self.fault("間隔（every）は1以上です".to_string());
                }
                Every { until: self.maybe(&e.until), interval }
            })
            .collect();
        for pause in &file.pauses {
            self.known("状態", words::PERIODS, &pause.period);
        }
        Rhythm {
            starts: self.bounds(&file.starts),
            every,
            missed: file.missed.max(1),
            lag: file.lag.as_ref().map_or(0, |n| self.number(n)),
            first_not_before: self.maybe(&file.first_not_before),
            at_latest: self.maybe(&file.at_latest),
            ends: self.maybe(&file.ends),
            target_after: file.target_after.as_ref().map(|n| self.number(n)),
            pauses: file.pauses.iter().map(|p| (p.period.clone(), p.because.clone())).collect(),
            lists_done: file.lists_done,
        }
    }
}
