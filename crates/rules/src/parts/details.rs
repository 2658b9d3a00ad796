//! Products and cautions: what may be used on which day, after which product, and what to weigh.

use alloc::{format, string::String, vec::Vec};

use crate::{
    Act, Day, Facts, Phase,
    bound::Origin,
    compiled::{Product, Rule},
    wareki,
};

/// What products and cautions of the next act depend on.
#[derive(Clone, Copy)]
pub(crate) struct Details<'d> {
    pub facts: &'d Facts<'d>,
    /// The number of the next act (1 = the first).
    pub number: u8,
    /// The product of the last counted act.
    pub last: Option<&'d str>,
}

impl<'d> Details<'d> {
    pub fn none(facts: &'d Facts<'d>) -> Details<'d> {
        Details { facts, number: 1, last: None }
    }

    /// The last days before something changes in the course of time.
    pub fn ends(&self, rule: &Rule, out: &mut Vec<Day>) {
        let origin = Origin::of(self.facts);
        for product in &rule.products {
            let from = product.from.as_ref().and_then(|b| b.day(&origin)).map(|d| d.plus(-1));
            out.extend(from);
            out.extend(product.to.as_ref().and_then(|b| b.day(&origin)));
        }
        let cautions = rule.cautions.iter().filter_map(|c| c.from.day(&origin));
        out.extend(cautions.map(|d| d.plus(-1)));
    }

    /// Fills what holds on the first day of a phase on which the act may be done.
    pub fn fill(&self, rule: &Rule, start: Option<Day>, phase: &mut Phase) {
        let Some(day) = start.max(phase.legal_from) else { return };
        let origin = Origin::of(self.facts);
        for product in &rule.products {
            let begun = product.from.as_ref().and_then(|b| b.day(&origin)).is_none_or(|from| from <= day);
            if begun && self.may_follow(product, day, &origin) && !phase.allowed_products.contains(&product.code) {
                phase.allowed_products.push(product.code.clone());
            }
        }
        let holds = |c: &&crate::compiled::Caution| {
            c.dose.is_none_or(|n| n == self.number) && c.from.day(&origin).is_some_and(|from| from <= day)
        };
        phase.caution = rule.cautions.iter().find(holds).map(|c| c.text.clone());
    }

    /// Whether a product is still in use on a day and fits the one before it.
    fn may_follow(&self, product: &Product, day: Day, origin: &Origin<'_>) -> bool {
        let fits = self.number == 1
            || product.after.is_empty()
            || self.last.is_none_or(|last| product.after.iter().any(|p| p == last));
        fits && product.to.as_ref().and_then(|b| b.day(origin)).is_none_or(|to| day <= to)
    }

    /// Why an act with this product is not counted. What was given before its product came into the programme counts
    /// (voluntary doses), and so does one whose product is not recorded.
    pub fn refuses(&self, rule: &Rule, act: &Act<'_>) -> Option<String> {
        let code = act.product.filter(|_| rule.only_products)?;
        let origin = Origin::of(self.facts);
        let mut named = rule.products.iter().filter(|p| p.code == code).peekable();
        named.peek()?;
        if named.any(|p| self.may_follow(p, act.day.lo, &origin)) {
            return None;
        }
        Some(format!(
            "{}の「{}」は、その日に使える製品ではないか、前回までと違う製品のため数えていません。扱いは医師・市町村が判断します。",
            wareki::span(act.day),
            rule.title
        ))
    }
}
