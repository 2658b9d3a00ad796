//! An invitation answers the open step of its service: until the day the rule names nothing more is asked of the office.
//! It closes nothing. That day is the new working deadline, so the step comes back by itself, and is compared with the
//! evidence then like any other.

use alloc::{format, string::String};

use crate::{
    Act, Day, Facts, Outcome, Phase, Standing,
    bound::Origin,
    compiled::{Invitation, Rule},
    evaluate::{counts, names, settles, version_on},
    wareki,
};

/// The last letter that nothing was recorded after.
struct Letter<'l> {
    invitation: &'l Invitation,
    act: &'l Act<'l>,
}

/// Lets the open steps wait for the answer to the last letter. What is decided one by one (tier 1) waits for none: a letter
/// to many decides nothing about one.
pub(crate) fn apply(versions: &[Rule], facts: &Facts<'_>, outcome: &mut Outcome, explain: bool) {
    if !versions.iter().any(|rule| rule.invitation.is_some() && rule.tier > 1) {
        return;
    }
    let Some(letter) = letter(versions, facts) else { return };
    for step in &mut outcome.steps {
        let Standing::Open(phases) = &mut step.standing else { continue };
        for phase in phases {
            letter.waits(phase, facts, explain);
        }
    }
}

fn letter<'l>(versions: &'l [Rule], facts: &'l Facts<'l>) -> Option<Letter<'l>> {
    let sent = facts.acts.iter().filter_map(|act| {
        let rule = version_on(versions, act.day.hi).filter(|rule| rule.tier > 1)?;
        let invitation = rule.invitation.as_ref().filter(|i| i.acts.iter().any(|code| code == act.code))?;
        (act.product == Some(rule.service.as_str())).then_some(Letter { invitation, act })
    });
    let last = sent.max_by_key(|l| (l.act.day.hi, l.act.event))?;
    let day = last.act.day.hi;
    let origin = Origin::of(facts);
    // Done since then: the letter was about that one. Known not to have come: there is nothing to wait for any more.
    let answered = facts.acts.iter().any(|act| {
        let rule = version_on(versions, act.day.hi);
        let done = rule.is_some_and(|rule| settles(rule, act, &origin)) && act.day.hi >= day;
        done || (rule.is_some_and(|rule| names(rule, act)) && !counts(act) && act.day.lo > day)
    });
    (!answered).then_some(last)
}

impl Letter<'_> {
    /// The deadline never comes earlier by a letter, and never lies after the last day of the law.
    fn waits(&self, phase: &mut Phase, facts: &Facts<'_>, explain: bool) {
        let sent = self.act.day.hi;
        if phase.legal_to.is_some_and(|to| to < sent) {
            return;
        }
        let origin = Origin { act: Some(sent), ..Origin::of(facts) };
        let Some(check) = self.invitation.check.day(&origin) else { return };
        let check = phase.legal_to.map_or(check, |to| check.min(to));
        let deadline = phase.target.or(phase.standard_to).or(phase.legal_to);
        let later = deadline.is_some_and(|deadline| deadline < check);
        if later {
            phase.target = Some(check);
        }
        phase.letter = Some(self.act.event);
        if explain {
            phase.because.insert(0, self.sentence(later.then_some(check)));
        }
    }

    /// 「案内を発送 R8.11.27。接種の確認は R8.12.27。」
    fn sentence(&self, check: Option<Day>) -> String {
        let letter = if self.act.code == "invited_again" { "再案内" } else { "案内" };
        let sent = format!("{letter}を発送 {}。", wareki::short(self.act.day.hi));
        match check {
            Some(check) => format!("{sent}{}は {}。", self.invitation.what, wareki::short(check)),
            None => sent,
        }
    }
}

impl Rule {
    /// Until when a letter of this day lets an open line wait, and what is done then.
    pub fn waits_for(&self, act: &str, sent: Day) -> Option<(Day, &str)> {
        let invitation = self.invitation.as_ref().filter(|i| self.tier > 1 && i.acts.iter().any(|code| code == act))?;
        let facts = Facts::default();
        let check = invitation.check.day(&Origin { act: Some(sent), ..Origin::of(&facts) })?;
        Some((check, invitation.what.as_str()))
    }
}
