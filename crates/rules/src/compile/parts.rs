//! The parts that any shape may carry: names checked, dates parsed.

use alloc::format;

use super::Reader;
use crate::{
    Day,
    bound::Bound,
    compiled::{Born, Caution, Cohort, Extension, Invitation, Product, Spacing},
    rule::{BornFile, CautionFile, CohortFile, ExtensionFile, InvitationFile, ProductFile, SpacingFile},
    words,
};

impl Reader<'_> {
    pub(super) fn born(&mut self, file: &BornFile) -> Born {
        let from = file.from.as_ref().map(|text| self.iso("born.from", text));
        let to = file.to.as_ref().map(|text| self.iso("born.to", text));
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            self.fault(format!("生年月日の範囲の終わり（{to}）が始まり（{from}）より前です"));
        }
        Born { from, to }
    }

    pub(super) fn cohort(&mut self, file: &CohortFile) -> Cohort {
        if let Some(act) = &file.unless_act {
            self.known("行為", words::ACTS, act);
        }
        Cohort { born: self.born(&file.born), unless_act: file.unless_act.clone(), because: file.because.clone() }
    }

    pub(super) fn spacing(&mut self, file: &SpacingFile) -> Spacing {
        for act in &file.after {
            self.known("行為", words::ACTS, act);
        }
        if file.clear_days < 1 {
            self.fault("間隔（spacing.clear_days）は1以上です".into());
        }
        Spacing {
            after: file.after.clone(),
            clear_days: file.clear_days,
            from: file.from.as_ref().map(|text| self.iso("spacing.from", text)),
            to: file.to.as_ref().map(|text| self.iso("spacing.to", text)),
            because: file.because.clone(),
        }
    }

    /// A window that waits for the end of a period needs to know which.
    pub(super) fn extension(&mut self, file: &ExtensionFile) -> Extension {
        for period in &file.when_period {
            self.known("状態", words::PERIODS, period);
        }
        if file.when_ended && file.when_period.is_empty() {
            self.fault("延長（extension）の when_ended には when_period が要ります".into());
        }
        let from = file.when_done_from.as_ref().map(|text| self.iso("when_done_from", text));
        let to = file.when_done_to.as_ref().map(|text| self.iso("when_done_to", text));
        let when_done =
            (from.is_some() || to.is_some()).then(|| (from.unwrap_or(Day(i32::MIN)), to.unwrap_or(crate::NEVER)));
        Extension {
            born: self.born(&file.born),
            when_period: file.when_period.clone(),
            when_ended: file.when_ended,
            when_done,
            from: file.from.as_ref().map(|b| self.bounds(b)).unwrap_or_default(),
            to: self.bounds(&file.to),
            because: file.because.clone(),
        }
    }

    pub(super) fn product(&mut self, file: &ProductFile) -> Product {
        for code in file.after.iter().chain([&file.code]) {
            self.known("製品", words::PRODUCTS, code);
        }
        Product {
            code: file.code.clone(),
            from: self.maybe(&file.from),
            to: self.maybe(&file.to),
            after: file.after.clone(),
        }
    }

    pub(super) fn caution(&mut self, file: &CautionFile) -> Option<Caution> {
        let from: Bound = self.bound(&file.from)?;
        Some(Caution { dose: file.dose, from, text: file.text.clone() })
    }

    /// Which letters, until when the line waits for them, and what is done then.
    pub(super) fn invitation(&mut self, file: &InvitationFile) -> Option<Invitation> {
        for act in &file.acts {
            self.known("行為", words::ACTS, act);
        }
        if file.acts.is_empty() || file.what.trim().is_empty() {
            self.fault("案内（invitation）には、行為（acts）と次の対応（what）が要ります".into());
        }
        let check = self.bound(&file.check)?;
        Some(Invitation { acts: file.acts.clone(), check, what: file.what.clone() })
    }
}
