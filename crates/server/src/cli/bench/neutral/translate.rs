//! From the workload's rules to rules as the rulebook writes them.

use std::collections::BTreeMap;

use rules::{
    RuleFile, Rulebook,
    rule::{AfterFile, Bounds, Counting, OnceFile, Population, Settles, WindowFile},
};
use serde::Deserialize;

/// `rules.json`.
#[derive(Deserialize)]
pub struct Config {
    pub as_of: String,
    pub gestation_days: i32,
    pub rules: Vec<Service>,
}

#[derive(Deserialize)]
pub struct Service {
    service: String,
    kind: Kind,
    start: Offset,
    end: Offset,
    due_days: u16,
    codes: Vec<String>,
    prev: Option<String>,
    min_gap_days: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Child,
    Preg,
}

#[derive(Deserialize)]
struct Offset {
    n: u16,
    u: Unit,
}

#[derive(Deserialize)]
enum Unit {
    #[serde(rename = "d")]
    Days,
    #[serde(rename = "m")]
    Months,
}

impl Kind {
    pub const ALL: [Kind; 2] = [Kind::Child, Kind::Preg];

    pub fn named(text: &str) -> Option<Kind> {
        match text {
            "child" => Some(Kind::Child),
            "preg" => Some(Kind::Preg),
            _ => None,
        }
    }

    /// Subject and anchor date in the rulebook's words.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Kind::Child => ("child", "birth"),
            Kind::Preg => ("pregnancy", "edd"),
        }
    }

    /// What its days and months are counted from.
    fn base(self) -> &'static str {
        match self {
            Kind::Child => "出生日",
            Kind::Preg => "妊娠0週0日",
        }
    }
}

/// 妊娠0週0日 of the rulebook is 280 days before 分娩予定日, as obstetrics has it.
const GESTATION_DAYS: i32 = 280;

/// The rulebook of a workload. Its acts are the workload's own codes.
pub fn rulebook(config: &Config) -> Result<Rulebook, String> {
    if config.gestation_days != GESTATION_DAYS {
        return Err(format!("rules.json: a pregnancy of {} days is not counted here", config.gestation_days));
    }
    let files = config.rules.iter().map(|s| (format!("rules.json/{}", s.service), file(s))).collect();
    let codes: Vec<&str> = config.rules.iter().flat_map(|s| &s.codes).map(String::as_str).collect();
    Rulebook::build_naming(files, Vec::new(), &codes).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })
}

fn bound(kind: Kind, offset: &Offset) -> String {
    let unit = match offset.u {
        Unit::Days => "日後",
        Unit::Months => "月後",
    };
    format!("{}から{}{unit}", kind.base(), offset.n)
}

/// One service: done once, only within its window, `due` as the standard period.
fn file(service: &Service) -> RuleFile {
    let Service { service: id, kind, .. } = service;
    let (subject, anchor) = kind.words();
    let window = WindowFile {
        kind: String::new(),
        when_period: Vec::new(),
        born: None,
        after_acts: 0,
        from: Bounds::One(bound(*kind, &service.start)),
        to: Some(Bounds::One(bound(*kind, &service.end))),
        extended_to: None,
        standard_from: None,
        standard_to: Some(format!("開始日から{}日後", service.due_days)),
        target: Vec::new(),
        escalates: None,
        until: None,
    };
    let after = service.prev.as_ref().map(|rule| AfterFile { rule: rule.clone(), days: service.min_gap_days });
    RuleFile {
        id: id.clone(),
        service: id.clone(),
        title: id.clone(),
        area: "比較".into(),
        law: "比較用の規則（法令ではない）".into(),
        source: "rules.json".into(),
        subject: subject.into(),
        programme: "support".into(),
        tier: 3,
        duty: true,
        evidence: "own".into(),
        counting: Counting::Calendar,
        basis: "比較用".into(),
        valid_from: "1900-01-01".into(),
        valid_to: None,
        population: Population { needs: vec![anchor.into()], ..Population::default() },
        settles: service.codes.iter().map(|act| Settles { act: act.clone(), from: None, to: None }).collect(),
        excuses: Vec::new(),
        settings: BTreeMap::new(),
        notes: Vec::new(),
        spacing: Vec::new(),
        extension: Vec::new(),
        product: Vec::new(),
        only_products: false,
        caution: Vec::new(),
        invitation: None,
        once: Some(OnceFile { window: vec![window], flag_early: false, flag_late: false, only_within: true, after }),
        series: None,
        rhythm: None,
    }
}
