//! Records of related persons: roles and facts must be known names, and the days must fit the shape.

use alloc::{format, string::String, vec::Vec};

use super::Reader;
use crate::{
    compiled::{KinFact, KinTest},
    rule::{KinFile, RuleFile},
    words,
};

impl Reader<'_> {
    /// The records that a rule of related persons hangs on. They ask once for each day, so the shape is `once`, and the
    /// day must be what its window counts from.
    pub(super) fn kin_of_population(&mut self, file: &RuleFile) -> Vec<KinTest> {
        let counts = file.population.needs.iter().any(|name| name == words::KIN_RECORD);
        match (file.population.kin.is_empty(), counts) {
            (true, true) => self.fault("関係者の記録日（kin_record）は population.kin とともに書きます".into()),
            (false, false) => self.fault("population.kin があるのに、needs に kin_record がありません".into()),
            _ => {}
        }
        if !file.population.kin.is_empty()
            && (file.once.is_none() || file.once.as_ref().is_some_and(|o| o.after.is_some()))
        {
            self.fault("population.kin は once（after のないもの）の規則にだけ書けます".into());
        }
        self.kin(&file.population.kin)
    }

    pub(super) fn kin(&mut self, list: &[KinFile]) -> Vec<KinTest> {
        let mut out = Vec::with_capacity(list.len());
        for file in list {
            self.known_kin(&file.of);
            let Some(fact) = self.fact(&file.of, &file.act, &file.period) else { continue };
            if file.at_least.is_some() && matches!(fact, KinFact::Period(_)) {
                self.fault(format!("「{}」の状態に点数（at_least）はありません", file.of));
            }
            let at_least = file.at_least.as_ref().map(|text| self.number(text));
            let (from, to) = (self.maybe(&file.from), self.maybe(&file.to));
            out.push(KinTest { of: file.of.clone(), fact, at_least, from, to });
        }
        out
    }

    pub(super) fn known_kin(&mut self, role: &str) {
        if !words::KIN.iter().any(|(_, name)| *name == role) {
            self.fault(format!("関係者「{role}」は用語集にありません"));
        }
    }

    /// An act or a period: exactly one of the two.
    pub(super) fn fact(&mut self, whose: &str, act: &Option<String>, period: &Option<String>) -> Option<KinFact> {
        match (act, period) {
            (Some(act), None) => {
                self.known_act(act);
                Some(KinFact::Act(act.clone()))
            }
            (None, Some(period)) => {
                self.known("状態", words::PERIODS, period);
                Some(KinFact::Period(period.clone()))
            }
            _ => {
                self.fault(format!("「{whose}」には act か period のどちらか一つを書きます"));
                None
            }
        }
    }
}
