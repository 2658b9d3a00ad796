//! What the address of 今日の対応 asks for: `/today?<filters>&open=<file>:<duty>&act=<call|visit|done|close>`.

use super::{lines::LineState, tally::Question};
use crate::platform::web::{Ask, ask::is_local, reply::percent};

/// How many lines a page shows; the rest is one click further, and said.
pub const LINES: i64 = 40;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// `mine`, `office`; empty = mine if the person answers for anything, else the office.
    pub scope: String,
    pub states: Vec<String>,
    pub service: String,
    pub district: String,
    /// Only one worker's lines, for whoever may read 体制; 0: as the scope says.
    pub owner: i64,
    /// 事業 and 区分 by code, from 体制; `-` is none.
    pub programme: String,
    pub category: String,
    pub flat: bool,
    pub tier: i32,
    pub page: i64,
    /// The line whose panel is open.
    pub open: Option<(i64, String)>,
    pub act: String,
}

impl Asked {
    pub fn read(pairs: &[(String, String)]) -> Asked {
        let one = |name: &str| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        Asked {
            scope: one("scope").to_owned(),
            states: pairs
                .iter()
                .filter(|(key, value)| key == "state" && LineState::from_code(value).is_some())
                .map(|(_, value)| value.clone())
                .collect(),
            service: one("service").to_owned(),
            district: one("district").to_owned(),
            owner: one("owner").parse().unwrap_or(0).max(0),
            programme: code(one("programme")),
            category: code(one("category")),
            flat: one("flat") == "1",
            tier: one("tier").parse().unwrap_or(1).clamp(1, 3),
            page: one("page").parse().unwrap_or(1).clamp(1, 10_000),
            open: one("open").split_once(':').and_then(|(file, key)| Some((file.parse().ok()?, key.to_owned()))),
            act: one("act").to_owned(),
        }
    }

    /// The list a form was posted from, as its `return_to` tells.
    pub fn of_return(ask: &Ask) -> Option<Asked> {
        Asked::of_address(ask.form("return_to"))
    }

    /// What the address of a list asks for; `None`: of something else.
    pub fn of_address(address: &str) -> Option<Asked> {
        let query = address.strip_prefix("/today").filter(|_| is_local(address))?;
        let query = query.split('#').next().unwrap_or("").trim_start_matches('?');
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), decode(value)))
            .collect();
        Some(Asked::read(&pairs))
    }

    pub fn states(&self) -> Vec<LineState> {
        if self.states.is_empty() {
            return LineState::PRESSING.to_vec();
        }
        self.states.iter().filter_map(|s| LineState::from_code(s)).collect()
    }

    /// The address of the same list, nothing opened.
    /// What is counted for it.
    pub fn question(&self) -> Question {
        Question { district: self.district.clone(), service: self.service.clone(), tier: self.tier }
    }

    pub fn address(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let mut put = |name: &str, value: &str| {
            if !value.is_empty() {
                parts.push(format!("{name}={}", percent(value, false)));
            }
        };
        put("scope", &self.scope);
        for state in &self.states {
            put("state", state);
        }
        put("service", &self.service);
        put("district", &self.district);
        put("owner", &if self.owner > 0 { self.owner.to_string() } else { String::new() });
        put("programme", &self.programme);
        put("category", &self.category);
        put("flat", if self.flat { "1" } else { "" });
        put("tier", if self.tier > 1 { if self.tier == 2 { "2" } else { "3" } } else { "" });
        put("page", &if self.page > 1 { self.page.to_string() } else { String::new() });
        if parts.is_empty() { String::from("/today") } else { format!("/today?{}", parts.join("&")) }
    }

    /// The address with one line's panel open.
    pub fn opened(&self, file: i64, key: &str, act: &str) -> String {
        let list = self.address();
        let joint = if list.contains('?') { '&' } else { '?' };
        format!("{list}{joint}open={file}:{}&act={act}", percent(key, false))
    }
}

/// A code as the program writes it; anything else is none.
fn code(text: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if text.len() <= 40 && text.chars().all(plain) { text.to_owned() } else { String::new() }
}

/// %XX and `+` back to text.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
        match (bytes[at], hex.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (b'+', _) => {
                out.push(b' ');
                at += 1;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_was_asked() {
        let asked = Asked {
            scope: "office".into(),
            states: vec!["overdue".into(), "near".into()],
            service: "pcv".into(),
            district: "北部1区".into(),
            owner: 4,
            programme: "infant_visit".into(),
            category: "-".into(),
            flat: true,
            tier: 2,
            page: 3,
            open: Some((12, "pcv#2".into())),
            act: "call".into(),
        };
        let address = asked.opened(12, "pcv#2", "call");
        let pairs: Vec<(String, String)> = address
            .trim_start_matches("/today?")
            .split('&')
            .filter_map(|p| p.split_once('='))
            .map(|(k, v)| (k.to_owned(), decode(v)))
            .collect();
        assert_eq!(Asked::read(&pairs), asked);
    }
}
