//! From a rule file to a [`Rule`]: settings filled in, dates parsed, every name checked against the vocabulary.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    Day,
    bound::Bound,
    compiled::{
        Condition, Dose, Every, Interval, Layer, Once, Rhythm, Rule, Series, Settling, Shape, Start, Target, What,
        Window,
    },
    rule::{Bounds, DoseFile, Excuse, OnceFile, RhythmFile, RuleFile, SeriesFile, StartFile, TargetFile, WindowFile},
    words,
};

/// Collects everything that is wrong with one file, so that its author sees all of it at once.
struct Reader<'f> {
    settings: &'f BTreeMap<String, i32>,
    faults: Vec<String>,
}

/// Reads one file. On failure: all its faults, as Japanese sentences.
pub(crate) fn compile(path: &str, layer: Layer, file: &RuleFile) -> Result<Rule, Vec<String>> {
    let mut r = Reader { settings: &file.settings, faults: Vec::new() };
    r.names(file);
    let valid_from = r.iso("valid_from", &file.valid_from);
    let valid_to = file.valid_to.as_ref().map(|text| r.iso("valid_to", text));
    if valid_to.is_some_and(|to| to < valid_from) {
        r.fault("有効期間の終わり（valid_to）が始まり（valid_from）より前です".to_string());
    }
    let settles = file
        .settles
        .iter()
        .map(|s| {
            r.known("行為", words::ACTS, &s.act);
            Settling { act: s.act.clone(), from: r.maybe(&s.from), to: r.maybe(&s.to) }
        })
        .collect();
    let excluded_by = r.conditions(&file.population.excluded_by);
    let excuses = r.conditions(&file.excuses);
    let shape = r.shape(file);
    let (Some(shape), true) = (shape, r.faults.is_empty()) else {
        return Err(r.faults);
    };
    Ok(Rule {
        id: file.id.clone(),
        service: file.service.clone(),
        title: file.title.clone(),
        area: file.area.clone(),
        law: file.law.clone(),
        source: file.source.clone(),
        subject: file.subject.clone(),
        programme: file.programme.clone(),
        tier: file.tier,
        evidence: file.evidence.clone(),
        counting: file.counting,
        basis: file.basis.clone(),
        notes: file.notes.clone(),
        valid_from,
        valid_to,
        path: path.to_string(),
        layer,
        changed_because: Vec::new(),
        settings: file.settings.iter().map(|(k, v)| (k.clone(), *v)).collect(),
        needs: file.population.needs.clone(),
        ended_by: file.population.ended_by.clone(),
        excluded_by,
        settles,
        excuses,
        shape,
    })
}

impl Reader<'_> {
    fn fault(&mut self, reason: String) {
        self.faults.push(reason);
    }

    fn known(&mut self, what: &str, list: &[&str], name: &str) {
        if !list.contains(&name) {
            self.fault(format!("{what}「{name}」は用語集にありません"));
        }
    }

    fn known_date(&mut self, name: &str) {
        if !words::DATES.iter().any(|(_, n)| *n == name) {
            self.fault(format!("日付「{name}」は用語集にありません"));
        }
    }

    fn names(&mut self, file: &RuleFile) {
        self.known("対象", words::SUBJECTS, &file.subject);
        self.known("事業", words::PROGRAMMES, &file.programme);
        self.known("情報源", words::SOURCES, &file.evidence);
        if !(1..=3).contains(&file.tier) {
            self.fault(format!("区分（tier）は1・2・3のどれかです。「{}」は使えません", file.tier));
        }
        let texts = [
            ("id", &file.id),
            ("service", &file.service),
            ("title", &file.title),
            ("law", &file.law),
            ("source", &file.source),
        ];
        for (field, text) in texts {
            if text.trim().is_empty() {
                self.fault(format!("{field} が空です"));
            }
        }
        for name in &file.population.needs {
            self.known_date(name);
        }
        for end in &file.population.ended_by {
            self.known_date(&end.date);
            if let Some(after) = &end.after {
                self.known_date(after);
            }
        }
    }

    fn iso(&mut self, field: &str, text: &str) -> Day {
        Day::parse_iso(text).unwrap_or_else(|| {
            self.fault(format!("{field} は YYYY-MM-DD で書きます。「{text}」は読めません"));
            Day(0)
        })
    }

    /// Replaces `{name}` by the setting of that name, `{one+other}` by their sum.
    fn fill(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((head, tail)) = rest.split_once('{') {
            out.push_str(head);
            let Some((name, after)) = tail.split_once('}') else {
                self.fault(format!("「{text}」の {{ が閉じていません"));
                return out;
            };
            let mut sum = 0;
            for term in name.split('+') {
                match self.settings.get(term) {
                    Some(value) => sum += value,
                    None => self.fault(format!("設定「{term}」が settings にありません")),
                }
            }
            out.push_str(&sum.to_string());
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn number(&mut self, text: &str) -> i32 {
        let filled = self.fill(text);
        filled.parse().unwrap_or_else(|_| {
            self.fault(format!("「{text}」は数ではありません"));
            0
        })
    }

    fn bound(&mut self, text: &str) -> Option<Bound> {
        let filled = self.fill(text);
        Bound::parse(&filled).map_err(|reason| self.fault(reason)).ok()
    }

    fn maybe(&mut self, text: &Option<String>) -> Option<Bound> {
        text.as_ref().and_then(|t| self.bound(t))
    }

    fn list(&mut self, texts: &[String]) -> Vec<Bound> {
        texts.iter().filter_map(|t| self.bound(t)).collect()
    }

    fn bounds(&mut self, bounds: &Bounds) -> Vec<Bound> {
        match bounds {
            Bounds::One(text) => self.bound(text).into_iter().collect(),
            Bounds::Many(texts) => self.list(texts),
        }
    }

    fn conditions(&mut self, list: &[Excuse]) -> Vec<Condition> {
        let mut out = Vec::new();
        for excuse in list {
            let from = self.maybe(&excuse.from);
            let what = match (&excuse.act, &excuse.period) {
                (Some(act), None) => {
                    self.known("行為", words::ACTS, act);
                    What::Act(act.clone())
                }
                (None, Some(period)) => {
                    self.known("状態", words::PERIODS, period);
                    What::Period(period.clone())
                }
                _ => {
                    self.fault(format!("「{}」には act か period のどちらか一つを書きます", excuse.because));
                    continue;
                }
            };
            out.push(Condition { what, from, because: excuse.because.clone() });
        }
        out
    }

    fn shape(&mut self, file: &RuleFile) -> Option<Shape> {
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
        let windows = file.window.iter().map(|w| self.window(w)).collect();
        Once { windows, flag_early: file.flag_early, only_within: file.only_within }
    }

    fn window(&mut self, file: &WindowFile) -> Window {
        for period in &file.when_period {
            self.known("状態", words::PERIODS, period);
        }
        Window {
            kind: file.kind.clone(),
            when_period: file.when_period.clone(),
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

    fn target(&mut self, file: &TargetFile) -> Target {
        for period in &file.when_period {
            self.known("状態", words::PERIODS, period);
        }
        if let Some(date) = &file.when_date {
            self.known_date(date);
        }
        if let Some(act) = &file.when_act {
            self.known("行為", words::ACTS, act);
        }
        Target {
            at: self.bounds(&file.at),
            no_earlier_than: self.maybe(&file.no_earlier_than),
            when_period: file.when_period.clone(),
            when_date: file.when_date.clone(),
            when_act: file.when_act.clone(),
            because: file.because.as_ref().map(|text| self.fill(text)),
        }
    }

    fn series(&mut self, file: &SeriesFile) -> Series {
        let from = self.required(&file.from);
        let to = self.required(&file.to);
        if file.start.is_empty() {
            self.fault("開始年齢ごとの回数（series.start）がありません".to_string());
        }
        let last = file.start.len().saturating_sub(1);
        for (i, start) in file.start.iter().enumerate() {
            if start.first_until.is_none() && i != last {
                self.fault(format!("「{}」に first_until がありません（最後の行だけ省けます）", start.label));
            }
        }
        Series {
            from,
            to,
            standard_from: self.maybe(&file.standard_from),
            standard_to: self.maybe(&file.standard_to),
            starts: file.start.iter().map(|s| self.start(s)).collect(),
        }
    }

    /// A bound that must be there; its fault is already noted when it is not.
    fn required(&mut self, text: &str) -> Bound {
        self.bound(text).unwrap_or_else(Bound::never)
    }

    fn start(&mut self, file: &StartFile) -> Start {
        if file.dose.is_empty() {
            self.fault(format!("「{}」に接種（dose）がありません", file.label));
        }
        let doses = file.dose.iter().enumerate().map(|(i, d)| self.dose(i, d)).collect();
        Start { first_until: self.maybe(&file.first_until), label: file.label.clone(), doses }
    }

    fn dose(&mut self, index: usize, file: &DoseFile) -> Dose {
        if index > 0 && file.from.is_empty() {
            self.fault(format!("{}回目の接種間隔（from）がありません", index + 1));
        }
        let dropped_if = file.dropped_if.as_ref().and_then(|drop| {
            let earlier = usize::from(drop.dose).checked_sub(1).filter(|e| *e < index);
            if earlier.is_none() {
                self.fault(format!("dropped_if の回数「{}」はこの接種より前ではありません", drop.dose));
            }
            Some((earlier?, self.bound(&drop.later_than)?))
        });
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
        }
    }

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
