//! Rules that wait for another (`once.after`): what must hold across the rules of a book.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use crate::{
    compiled::{Rule, Shape},
    rulebook::RuleFault,
};

/// Faults, each at the newest version of the rule: a name that is no rule, a rule of another subject or one not done
/// once, versions that wait for different rules, and rules that wait for each other in a ring and would never open.
pub(crate) fn faults(rules: &BTreeMap<String, Vec<Rule>>) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    for versions in rules.values() {
        let Some(after) = versions.iter().find_map(Rule::after) else { continue };
        let Some(rule) = versions.last() else { continue };
        let mut fault = |reason: String| {
            faults.push(RuleFault { file: rule.path.clone(), rule: rule.id.clone(), reason });
        };
        if versions.iter().filter_map(Rule::after).any(|a| a.rule != after.rule) {
            fault(format!("after の規則が版によって違います（「{}」ほか）", after.rule));
        }
        match rules.get(&after.rule).and_then(|v| v.last()) {
            None => fault(format!("after の規則「{}」がありません", after.rule)),
            Some(first) if first.subject != rule.subject => {
                fault(format!("after の規則「{}」は対象（subject）が違います", after.rule));
            }
            Some(first) if !matches!(first.shape, Shape::Once(_)) => {
                fault(format!("after の規則「{}」は once ではありません", after.rule));
            }
            Some(_) if rings(rules, &rule.id) => fault(format!("after をたどると「{}」自身に戻ります", rule.id)),
            Some(_) => {}
        }
    }
    faults
}

/// Whether following `after` from a rule never ends.
fn rings(rules: &BTreeMap<String, Vec<Rule>>, id: &str) -> bool {
    let next = |id: &str| rules.get(id)?.iter().find_map(Rule::after).map(|a| a.rule.as_str());
    let mut at = next(id);
    for _ in 0..rules.len() {
        match at {
            None => return false,
            Some(name) => at = next(name),
        }
    }
    at.is_some()
}
