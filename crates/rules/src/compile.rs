//! From a rule file to a [`Rule`]: settings filled in, dates parsed, every name checked against the vocabulary.
//!
//! A rulebook is refused as a whole. Half a rulebook would leave people without a duty and nobody would notice, which is
//! what this program exists to prevent; so every fault of every file is collected and shown at once.

pub(crate) mod after;
mod kin;
mod parts;
mod shapes;

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    Day,
    bound::Bound,
    compiled::{Condition, KinFact, KinTest, Layer, Rule, Settling, What},
    rule::{Bounds, Excuse, RuleFile},
    words,
};

/// Collects everything that is wrong with one file, so that its author sees all of it at once.
struct Reader<'f> {
    settings: &'f BTreeMap<String, i32>,
    /// Acts that this book knows besides [`words::ACTS`].
    acts: &'f [&'f str],
    faults: Vec<String>,
}

/// Reads one file. On failure: all its faults, as Japanese sentences.
pub(crate) fn compile(path: &str, layer: Layer, file: &RuleFile, acts: &[&str]) -> Result<Rule, Vec<String>> {
    let mut r = Reader { settings: &file.settings, acts, faults: Vec::new() };
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
            r.known_act(&s.act);
            Settling { act: s.act.clone(), from: r.maybe(&s.from), to: r.maybe(&s.to) }
        })
        .collect();
    let excluded_by = r.conditions(&file.population.excluded_by);
    let excuses = r.conditions(&file.excuses);
    let kin = r.kin_of_population(file);
    let cohort = file.population.cohort.as_ref().map(|c| r.cohort(c));
    let spacing = file.spacing.iter().map(|s| r.spacing(s)).collect();
    let extensions = file.extension.iter().map(|e| r.extension(e)).collect();
    let products = file.product.iter().map(|p| r.product(p)).collect();
    let cautions = file.caution.iter().filter_map(|c| r.caution(c)).collect();
    let invitation = file.invitation.as_ref().and_then(|i| r.invitation(i));
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
        duty: file.duty,
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
        needs_one_of: file.population.needs_one_of.clone(),
        kin,
        cohort,
        spacing,
        extensions,
        products,
        only_products: file.only_products,
        cautions,
        invitation,
        shape,
    })
}

impl Reader<'_> {
    fn fault(&mut self, reason: String) {
        self.faults.push(reason);
    }

    /// A misspelt name would make a rule that silently never applies.
    fn known(&mut self, what: &str, list: &[&str], name: &str) {
        if !list.contains(&name) {
            self.fault(format!("{what}「{name}」は用語集にありません"));
        }
    }

    fn known_act(&mut self, name: &str) {
        if !self.acts.contains(&name) {
            self.known("行為", words::ACTS, name);
        }
    }

    fn known_date(&mut self, name: &str) {
        if !words::DATES.iter().any(|(_, n)| *n == name) {
            self.fault(format!("日付「{name}」は用語集にありません"));
        }
    }

    /// Names and texts of the head of the file. A rule without law or source cannot say why it asks for something.
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
        for name in &file.population.needs_one_of {
            self.known("状態", words::PERIODS, name);
        }
        for end in &file.population.ended_by {
            self.known_date(&end.date);
            if let Some(after) = &end.after {
                self.known_date(after);
            }
        }
    }

    /// Dates of the file itself are ISO: they are read by programs and diffs, not by families.
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

    /// A number, or a setting that stands for one.
    fn number(&mut self, text: &str) -> i32 {
        let filled = self.fill(text);
        filled.parse().unwrap_or_else(|_| {
            self.fault(format!("「{text}」は数ではありません"));
            0
        })
    }

    /// A date in the words of the law, its settings filled in, so that explanations show the number that holds here.
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

    /// Excuses and exclusions: each names an act or a period.
    fn conditions(&mut self, list: &[Excuse]) -> Vec<Condition> {
        let mut out = Vec::new();
        for excuse in list {
            let from = self.maybe(&excuse.from);
            let Some(fact) = self.fact(&excuse.because, &excuse.act, &excuse.period) else { continue };
            let what = match (&excuse.of, fact) {
                (Some(of), fact) => {
                    self.known_kin(of);
                    What::Kin(KinTest { of: of.clone(), fact, at_least: None, from: from.clone(), to: None })
                }
                (None, KinFact::Act(code)) => What::Act(code),
                (None, KinFact::Period(name)) => What::Period(name),
            };
            if let Some(act) = &excuse.unless_act {
                self.known("行為", words::ACTS, act);
            }
            let unless_act = excuse.unless_act.clone();
            out.push(Condition { what, from, unless_act, because: excuse.because.clone() });
        }
        out
    }
}
