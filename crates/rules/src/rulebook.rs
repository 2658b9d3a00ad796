//! All rules of one office: national files, changed by prefecture and municipality, checked as a whole.
//!
//! A municipality decides much by itself (母子保健法13条: the days of 3〜4か月児健診; windows of 産婦健診), so the nation's
//! file carries visible settings with defaults, and the town's file of the same id names only what differs, with the
//! decision it rests on. That reason is shown under every line the change touches.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::fmt;

use crate::{
    Facts, Outcome, Standing,
    compile::{after, compile},
    compiled::{Layer, Rule, Shape},
    evaluate::evaluate_versions,
    once::Prior,
    proof,
    rule::{RuleFile, RuleOverride},
};

/// What is wrong with a rule file, for the person who wrote it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleFault {
    pub file: String,
    pub rule: String,
    pub reason: String,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}（規則 {}）：{}", self.file, self.rule, self.reason)
    }
}

/// A checked set of rules: for each id its versions in order of `valid_from`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rulebook {
    rules: BTreeMap<String, Vec<Rule>>,
    /// Acts and periods that some rule reads of related persons.
    kin_facts: BTreeSet<String>,
}

impl Rulebook {
    /// Builds the rulebook of one office from parsed files. Paths tell the layer: `…/prefectures/<code>/…`,
    /// `…/municipalities/<code>/…`, anything else is national. Overrides of one id apply in that order.
    pub fn build(
        files: Vec<(String, RuleFile)>,
        overrides: Vec<(String, RuleOverride)>,
    ) -> Result<Rulebook, Vec<RuleFault>> {
        Rulebook::build_naming(files, overrides, &[])
    }

    /// As [`Rulebook::build`], for a book whose acts are not those of [`crate::words::ACTS`] alone: `acts` are accepted too.
    pub fn build_naming(
        files: Vec<(String, RuleFile)>,
        overrides: Vec<(String, RuleOverride)>,
        acts: &[&str],
    ) -> Result<Rulebook, Vec<RuleFault>> {
        let mut faults = one_place(&files, &overrides);
        let mut sources: Vec<Source> = files
            .into_iter()
            .map(|(path, file)| Source { layer: layer_of(&path), path, file, reasons: Vec::new() })
            .collect();
        let mut changes = overrides;
        changes.sort_by(|a, b| (layer_of(&a.0), &a.0).cmp(&(layer_of(&b.0), &b.0)));
        for (path, change) in &changes {
            faults.extend(apply(&mut sources, path, change));
        }
        let mut rules: BTreeMap<String, Vec<Rule>> = BTreeMap::new();
        for source in &sources {
            match compile(&source.path, source.layer, &source.file, acts) {
                Ok(mut rule) => {
                    rule.changed_because = source.reasons.clone();
                    faults.extend(proof::windows(&rule).into_iter().map(|r| fault(&source.path, &rule.id, r)));
                    rules.entry(rule.id.clone()).or_default().push(rule);
                }
                Err(reasons) => faults.extend(reasons.into_iter().map(|r| fault(&source.path, &source.file.id, r))),
            }
        }
        for versions in rules.values_mut() {
            versions.sort_by_key(|r| r.valid_from);
            faults.extend(check_versions(versions));
        }
        faults.extend(after::faults(&rules));
        let kin_facts =
            rules.values().flatten().flat_map(Rule::kin_tests).map(|test| test.name().to_string()).collect();
        if faults.is_empty() { Ok(Rulebook { rules, kin_facts }) } else { Err(faults) }
    }

    /// Names of the acts and periods that some rule of this book reads of related persons; empty if none looks across a
    /// family. Whoever records one of these changes what may be owed to relatives.
    pub fn kin_facts(&self) -> impl Iterator<Item = &str> {
        self.kin_facts.iter().map(String::as_str)
    }

    /// The newest version of every rule for a population, in order of id.
    pub fn rules_for<'s>(&'s self, subject: &'s str) -> impl Iterator<Item = &'s Rule> + 's {
        self.rules.values().filter_map(|v| v.last()).filter(move |r| r.subject == subject)
    }

    /// The newest version of every rule.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values().filter_map(|v| v.last())
    }

    /// The newest version of a rule, by its id (or else its service).
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.versions(id).last()
    }

    /// All versions of a rule, oldest first.
    pub fn versions(&self, id: &str) -> &[Rule] {
        let by_id = self.rules.get(id);
        by_id.or_else(|| self.rules.values().find(|v| v.iter().any(|r| r.service == id))).map_or(&[], Vec::as_slice)
    }

    /// Evaluates a rule, named by itself, its id or its service, with all its versions. A name that is in no rule of
    /// this book gives an outcome that says so.
    pub fn evaluate(&self, rule: impl AsRef<str>, facts: &Facts<'_>, explain: bool) -> Outcome {
        let name = rule.as_ref();
        match self.versions(name) {
            [] => Outcome {
                why_not: explain.then(|| format!("「{name}」という規則はありません。")),
                not_eligible: true,
                ..Outcome::default()
            },
            versions => evaluate_versions(versions, facts, self.prior(versions, facts), explain),
        }
    }

    /// What every rule that may concern this subject, and is `wanted`, says of it, in order of id: the same as
    /// [`evaluate`](Self::evaluate) of each, without looking each up.
    pub fn outcomes<'s>(
        &'s self,
        facts: &'s Facts<'_>,
        wanted: impl Fn(&Rule) -> bool + 's,
    ) -> impl Iterator<Item = (&'s Rule, Outcome)> + 's {
        self.rules.values().filter_map(move |versions| {
            let rule = versions.last().filter(|rule| rule.subject == facts.subject && wanted(rule))?;
            Some((rule, evaluate_versions(versions, facts, self.prior(versions, facts), false)))
        })
    }

    /// The rule that these versions wait for, and when it was done. All versions name the same one, and none names itself
    /// over any distance: [`after::faults`].
    fn prior<'s>(&'s self, versions: &'s [Rule], facts: &Facts<'_>) -> Option<Prior<'s>> {
        let after = versions.iter().find_map(Rule::after)?;
        let rule = self.rules.get(&after.rule)?.last()?;
        let steps = self.evaluate(rule, facts, false).steps;
        let done = steps.iter().find_map(|s| match s.standing {
            Standing::Done { on, .. } => Some(on),
            _ => None,
        });
        Some(Prior { rule, done })
    }
}

/// A file on its way into the book: what the layers made of it, and their reasons.
struct Source {
    path: String,
    layer: Layer,
    file: RuleFile,
    reasons: Vec<String>,
}

fn fault(file: &str, rule: &str, reason: String) -> RuleFault {
    RuleFault { file: file.to_string(), rule: rule.to_string(), reason }
}

fn layer_of(path: &str) -> Layer {
    match place(path) {
        Some(("municipalities", _)) => Layer::Municipality,
        Some(("prefectures", _)) => Layer::Prefecture,
        _ => Layer::National,
    }
}

/// (`prefectures` or `municipalities`, code) of a path.
fn place(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.split(['/', '\\']);
    while let Some(part) = parts.next() {
        if part == "municipalities" || part == "prefectures" {
            return Some((part, parts.next()?));
        }
    }
    None
}

/// A rulebook belongs to one place: files of two municipalities must not meet in it.
fn one_place(files: &[(String, RuleFile)], overrides: &[(String, RuleOverride)]) -> Vec<RuleFault> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    let all = files.iter().map(|(p, f)| (p, &f.id)).chain(overrides.iter().map(|(p, o)| (p, &o.id)));
    for (path, id) in all {
        let Some((kind, code)) = place(path) else {
            continue;
        };
        let first = *seen.entry(kind).or_insert(code);
        if first != code {
            faults.push(fault(path, id, format!("別の自治体（{first}）の規則と混ざっています")));
        }
    }
    faults
}

/// Applies one change. Only settings that the rule shows may be changed by name: what is not visible in the file is not
/// for an office to set.
fn apply(sources: &mut [Source], path: &str, change: &RuleOverride) -> Vec<RuleFault> {
    let layer = layer_of(path);
    let mut faults = Vec::new();
    let mut matched = false;
    for source in sources.iter_mut().filter(|s| s.file.id == change.id) {
        if change.version.as_ref().is_some_and(|v| *v != source.file.valid_from) {
            continue;
        }
        matched = true;
        source.layer = source.layer.max(layer);
        source.reasons.push(change.because.clone());
        for (name, value) in &change.settings {
            match source.file.settings.get_mut(name) {
                Some(setting) => *setting = *value,
                None => faults.push(fault(path, &change.id, format!("設定「{name}」は元の規則にありません"))),
            }
        }
        replace(&mut source.file, change);
    }
    if !matched {
        faults.push(fault(path, &change.id, "変更する元の規則がありません".to_string()));
    }
    faults
}

/// Fields that are given replace those of the rule; a shape replaces the whole shape.
fn replace(file: &mut RuleFile, change: &RuleOverride) {
    fn set<T: Clone>(field: &mut T, new: &Option<T>) {
        if let Some(new) = new {
            *field = new.clone();
        }
    }
    set(&mut file.title, &change.title);
    set(&mut file.source, &change.source);
    set(&mut file.programme, &change.programme);
    set(&mut file.tier, &change.tier);
    set(&mut file.duty, &change.duty);
    set(&mut file.evidence, &change.evidence);
    set(&mut file.notes, &change.notes);
    if change.valid_to.is_some() {
        file.valid_to.clone_from(&change.valid_to);
    }
    if change.once.is_some() || change.series.is_some() || change.rhythm.is_some() {
        file.once.clone_from(&change.once);
        file.series.clone_from(&change.series);
        file.rhythm.clone_from(&change.rhythm);
    }
}

/// Versions of one id follow each other without overlap, so that every day has one law, and keep subject and shape, so
/// that a duty begun under one can be finished under the next.
fn check_versions(versions: &[Rule]) -> Vec<RuleFault> {
    let mut faults = vec![];
    for pair in versions.windows(2) {
        let [older, newer] = pair else { continue };
        if older.valid_from == newer.valid_from {
            faults.push(fault(&newer.path, &newer.id, format!("同じ規則が {} にもあります", older.path)));
        } else if older.valid_to.is_none_or(|to| newer.valid_from <= to) {
            let reason = format!("前の版（{}）の valid_to が、この版の始まりより前になっていません", older.path);
            faults.push(fault(&newer.path, &newer.id, reason));
        }
        if !same_shape(older, newer) || older.subject != newer.subject {
            faults.push(fault(
                &newer.path,
                &newer.id,
                "版によって対象や形（once・series・rhythm）が違います".to_string(),
            ));
        }
    }
    faults
}

fn same_shape(a: &Rule, b: &Rule) -> bool {
    matches!(
        (&a.shape, &b.shape),
        (Shape::Once(_), Shape::Once(_)) | (Shape::Series(_), Shape::Series(_)) | (Shape::Rhythm(_), Shape::Rhythm(_))
    )
}
