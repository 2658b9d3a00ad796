//! What is said of one service: status, bounds, the rule and its reasons.

use rules::{Day, Facts, NEVER, Outcome, Phase, Rule, Rulebook, Standing, Status, counting, phase_on, status_in_law};
use serde::Serialize;
use serde_json::Value;

use super::{
    ask::{Ask, Kind},
    subject,
};

/// One line of the answer.
#[derive(Debug, Serialize)]
pub struct Answer<'a> {
    pub id: &'a Value,
    pub as_of: String,
    pub services: Vec<Service>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub ignored_fields: &'a [String],
}

/// One service. Days are inclusive at both ends; `null` = no such bound.
#[derive(Debug, Serialize)]
pub struct Service {
    pub service: String,
    pub dose_no: Option<u8>,
    pub status: &'static str,
    pub earliest: Option<String>,
    pub recommended_from: Option<String>,
    pub recommended_to: Option<String>,
    pub latest: Option<String>,
    /// `primary` or `booster`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dose_kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_doses: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_products: Vec<String>,
    /// Gestational age on the day of the answer: `28w0d`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ga: Option<String>,
    /// Clear days that must lie between this dose and the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_days: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caution: Option<String>,
    /// What kind of entitlement it is: 定期接種, 法定の健診, 市の健診.
    pub legal_class: String,
    /// `id@valid_from` of the version in force.
    pub rule: String,
    /// The law.
    pub basis: String,
    pub because: Vec<String>,
}

/// The answer of one rule.
pub(super) fn service(book: &Rulebook, rule: &Rule, facts: &Facts<'_>, ask: &Ask) -> Service {
    let outcome = book.evaluate(rule, facts, true);
    let status = status_of(&outcome, ask.as_of);
    let over = matches!(status, Status::Complete | Status::NotEligible);
    let phase = phase_on(&outcome, ask.as_of).filter(|_| !over).cloned().unwrap_or_default();
    let day = |day: Option<Day>| day.filter(|d| *d < NEVER).map(|d| d.to_string());
    let (allowed_products, caution) = of_the_engine(&phase);
    let versions = book.versions(&rule.id);
    let version = versions.iter().rev().find(|v| v.valid_from <= ask.as_of).or(versions.first()).unwrap_or(rule);
    Service {
        service: rule.service.clone(),
        dose_no: dose(&outcome).filter(|_| !over),
        status: word(status),
        earliest: day(phase.legal_from),
        recommended_from: day(phase.standard_from),
        recommended_to: day(phase.standard_to),
        latest: day(phase.legal_to),
        dose_kind: Some(phase.kind).filter(|k| !k.is_empty()),
        total_doses: phase.total,
        allowed_products,
        ga: gestation(ask),
        interval_days: phase.interval_days,
        violations: outcome.violations.into_iter().map(|(_, sentence)| sentence).collect(),
        caution,
        legal_class: version.basis.clone(),
        rule: format!("{}@{}", version.id, version.valid_from),
        basis: version.law.clone(),
        because: reasons(phase.because, outcome.why_not),
    }
}

/// By law alone. An outcome that has nothing done and nothing open lacks what it would be counted from (no certificate:
/// nothing to continue), and that is not completion.
fn status_of(outcome: &Outcome, as_of: Day) -> Status {
    if outcome.steps.is_empty() { Status::NotEligible } else { status_in_law(outcome, as_of) }
}

fn dose(outcome: &Outcome) -> Option<u8> {
    outcome.steps.iter().find(|s| matches!(s.standing, Standing::Open(_))).and_then(|s| s.dose)
}

/// Products that may be given and a caution, as far as the engine says them.
fn of_the_engine(_phase: &Phase) -> (Vec<String>, Option<String>) {
    (Vec::new(), None)
}

/// The reasons without the office's working deadline, which is no part of the law.
fn reasons(because: Vec<String>, why_not: Option<String>) -> Vec<String> {
    let of_the_office = |s: &String| s.starts_with("対応の期限は") || s.ends_with("上司に知らせます。");
    if because.is_empty() {
        return why_not.into_iter().collect();
    }
    because.into_iter().filter(|s| !of_the_office(s)).collect()
}

/// While a pregnancy lasts, as far as a pregnancy can last.
fn gestation(ask: &Ask) -> Option<String> {
    let Kind::Pregnancy { edd } = ask.kind else { return None };
    if subject::delivery(ask).is_some() {
        return None;
    }
    let (weeks, days) = counting::gestation(edd, ask.as_of).filter(|(weeks, _)| *weeks <= 44)?;
    Some(format!("{weeks}w{days}d"))
}

fn word(status: Status) -> &'static str {
    match status {
        Status::NotEligible => "not_eligible",
        Status::Complete => "complete",
        Status::Expired => "expired",
        Status::NotYet => "not_yet",
        Status::Overdue => "overdue",
        Status::Recommended => "recommended",
        Status::Due => "due",
    }
}
