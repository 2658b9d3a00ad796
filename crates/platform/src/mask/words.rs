//! Where somebody is, told in words: what a file knows of it is masked wherever it stands in free text, however it is written.
//!
//! The values are those of the file itself: addresses, telephones, clinics, places to stay. What nobody ever recorded cannot
//! be known; that is said in the decision about masking.

use casework::{Body, body::Next, body::Seen};
use unicode_normalization::UnicodeNormalization;

use crate::store::FileEvents;

/// Stands where something is not shown.
pub const NOT_SHOWN: &str = "〔表示しません〕";

/// The folded values of a file that are not told.
#[derive(Default, Debug)]
pub struct Values {
    words: Vec<Vec<char>>,
    numbers: Vec<Vec<char>>,
}

/// A character as it is compared, and where it stands.
struct Folded {
    c: char,
    from: usize,
    to: usize,
}

impl Values {
    /// What a file knows, of every version of every record.
    pub fn of(of: &FileEvents) -> Values {
        let mut values = Values::default();
        for body in of.events.iter().filter_map(|e| e.body.as_ref()) {
            values.read(body);
        }
        // The longer first: the whole address rather than its town.
        values.words.sort_by_key(|w| std::cmp::Reverse(w.len()));
        values.words.dedup();
        values
    }

    fn read(&mut self, body: &Body) {
        match body {
            Body::Resident(r) => {
                self.address(&r.address);
                for text in [&r.district, &r.from_place, &r.household] {
                    self.word(text);
                }
                for text in [&r.phone, &r.postcode, &r.household] {
                    self.number(text);
                }
            }
            Body::MovedOut { destination } => self.address(destination),
            Body::Contact(c) | Body::Visit(c) => self.seen(c.seen.as_ref()),
            Body::Service(s) => {
                self.word(&s.place);
                self.seen(s.seen.as_ref());
            }
            Body::PregnancyNotified(p) => {
                self.word(&p.clinic);
                if let Some(stay) = &p.satogaeri {
                    self.address(&stay.place);
                }
            }
            Body::Delivered { place, .. } => self.word(place),
            _ => {}
        }
    }

    fn seen(&mut self, seen: Option<&Seen>) {
        if let Some(seen) = seen {
            self.word(&seen.place);
        }
    }

    /// A name of a place. Codes of choices (`home`) are no names.
    fn word(&mut self, text: &str) {
        let folded: Vec<char> = fold(text).iter().map(|f| f.c).collect();
        if !text.is_ascii() && folded.len() >= 2 {
            self.words.push(folded);
        }
    }

    /// The whole, the town without its number, and the town without its city: each may be written alone.
    fn address(&mut self, text: &str) {
        self.word(text);
        let plain: String = text.nfkc().collect();
        let town: String = plain.chars().take_while(|c| !digit(*c).is_ascii_digit()).collect();
        self.word(&town);
        for part in town.split_inclusive(['都', '道', '府', '県', '市', '区', '郡']).skip(1) {
            self.word(part);
        }
        let house: String = plain.chars().skip_while(|c| !digit(*c).is_ascii_digit()).collect();
        for name in house.split(|c: char| c.is_ascii_digit() || c.is_whitespace() || "丁目番地号の-".contains(c))
        {
            if name.chars().count() >= 3 {
                self.word(name);
            }
        }
    }

    fn number(&mut self, text: &str) {
        for part in text.split(['/', ',', '、', '・']) {
            let digits: Vec<char> = fold(part).into_iter().map(|f| f.c).filter(char::is_ascii_digit).collect();
            if digits.len() >= 6 {
                // Written with the country's number, or without the area's, it ends alike.
                let end = digits.len().saturating_sub(8);
                self.numbers.push(if digits.len() > 8 { digits[end..].to_vec() } else { digits });
            }
        }
    }

    /// The text without them.
    pub fn scrub(&self, text: &mut String) {
        if text.is_empty() || (self.words.is_empty() && self.numbers.is_empty()) {
            return;
        }
        let folded = fold(text);
        let mut hidden = vec![false; folded.len()];
        for (needle, number) in self.words.iter().map(|w| (w, false)).chain(self.numbers.iter().map(|n| (n, true))) {
            for at in 0..folded.len().saturating_sub(needle.len() - 1) {
                if folded[at..at + needle.len()].iter().zip(needle).any(|(f, n)| f.c != *n) {
                    continue;
                }
                let (mut from, mut to) = (at, at + needle.len());
                // The number of the house behind the town; the whole number around its end.
                while to < folded.len() && folded[to].c.is_ascii_digit() {
                    to += 1;
                }
                while number && from > 0 && folded[from - 1].c.is_ascii_digit() {
                    from -= 1;
                }
                hidden[from..to].fill(true);
            }
        }
        if !hidden.contains(&true) {
            return;
        }
        let mut out = String::with_capacity(text.len());
        let (mut end, mut at) = (0, 0);
        while at < folded.len() {
            if !hidden[at] {
                at += 1;
                continue;
            }
            let from = at;
            while at < folded.len() && hidden[at] {
                at += 1;
            }
            out.push_str(&text[end..folded[from].from]);
            out.push_str(NOT_SHOWN);
            end = folded[at - 1].to;
        }
        out.push_str(&text[end..]);
        *text = out;
    }

    /// Every text of a record that somebody wrote in words. A new kind of record has to say here what it tells.
    pub fn scrub_body(&self, body: &mut Body) {
        let next = |next: &mut Option<Next>| {
            if let Some(next) = next {
                self.scrub(&mut next.what);
            }
        };
        match body {
            Body::Contact(c) | Body::Visit(c) => {
                self.scrub(&mut c.with);
                self.scrub(&mut c.note);
                next(&mut c.next);
            }
            Body::Service(s) => {
                self.scrub(&mut s.note);
                next(&mut s.next);
            }
            Body::PregnancyNotified(p) => {
                self.scrub(&mut p.note);
                next(&mut p.next);
            }
            Body::PregnancyEnded { note, .. } | Body::Period { note, .. } | Body::Protection { note, .. } => {
                self.scrub(note);
            }
            Body::Deferred(d) => self.scrub(&mut d.reason),
            Body::Emergency(e) => self.scrub(&mut e.reason),
            Body::EmergencyReviewed(r) => self.scrub(&mut r.note),
            Body::Escalated(taken) => self.scrub(&mut taken.note),
            Body::DisclosureExtended(x) => self.scrub(&mut x.reason),
            Body::DisclosureAnswered(a) => self.scrub(&mut a.reason),
            Body::Sent(s) => {
                self.scrub(&mut s.title);
                self.scrub(&mut s.reason);
            }
            Body::Held(h) => {
                self.scrub(&mut h.title);
                self.scrub(&mut h.reason);
            }
            Body::Returned(r) => {
                self.scrub(&mut r.note);
                self.scrub(&mut r.next.what);
            }
            Body::Caution(c) => {
                for text in [&mut c.introduce, &mut c.speak_to, &mut c.times, &mut c.note] {
                    self.scrub(text);
                }
            }
            Body::Closure(c) => self.scrub(&mut c.reason),
            Body::Released { reason }
            | Body::Withdrawn { reason }
            | Body::Erased { reason, .. }
            | Body::JoinedBy { reason, .. }
            | Body::ToldApart { reason, .. } => self.scrub(reason),
            Body::Joined(joined) => self.scrub(&mut joined.reason),
            Body::Note { text } => self.scrub(text),
            // The register's view and places by themselves are left out whole; the others hold no words of anybody, or are
            // the office's own.
            Body::Resident(_)
            | Body::MovedOut { .. }
            | Body::Died
            | Body::Delivered { .. }
            | Body::Born(_)
            | Body::Relation { .. }
            | Body::Disclosure(_)
            | Body::HandedOver(_)
            | Body::HandoverRead(_)
            | Body::BatchWithdrawn { .. }
            | Body::Assigned(_)
            | Body::Absent(_)
            | Body::SourceArrived { .. }
            | Body::SettingChanged { .. }
            | Body::Renamed(_)
            | Body::Staff(_)
            | Body::RulesProposed(_)
            | Body::RulesDecided(_)
            | Body::RulesPublished(_)
            | Body::RulesCarriedOut(_)
            | Body::Inspected(_)
            | Body::SheetConfirmed(_) => {}
        }
    }
}

/// 一 to 九 as digits: 一丁目.
fn digit(c: char) -> char {
    let at = "〇一二三四五六七八九".chars().position(|kanji| kanji == c).and_then(|n| u32::try_from(n).ok());
    at.and_then(|n| char::from_digit(n, 10)).unwrap_or(c)
}

/// Width, small letters and kana alike; what stands between digits is left out.
fn fold(text: &str) -> Vec<Folded> {
    let mut out: Vec<Folded> = Vec::with_capacity(text.len() / 3);
    for (at, raw) in text.char_indices() {
        for c in raw.nfkc().flat_map(char::to_lowercase) {
            let c = match digit(c) {
                'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
                other => other,
            };
            let after_digit = out.last().is_some_and(|f| f.c.is_ascii_digit());
            let between = after_digit && "丁目番地号のー・.".contains(c);
            if c.is_whitespace() || "-‐‑‒–—―−()".contains(c) || between {
                continue;
            }
            out.push(Folded { c, from: at, to: at + raw.len_utf8() });
        }
    }
    out
}

/// What its author typed over a text of which something was not shown to them: that part is put back where it stood.
pub fn restored(typed: &str, shown: &str, stored: &str) -> String {
    if !typed.contains(NOT_SHOWN) {
        return typed.to_owned();
    }
    let mut parts = shown.split(NOT_SHOWN);
    let mut rest = parts.next().and_then(|first| stored.strip_prefix(first)).unwrap_or_default();
    let mut hidden = Vec::new();
    for part in parts {
        let at = if part.is_empty() { Some(rest.len()) } else { rest.find(part) };
        let Some(at) = at else { break };
        hidden.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    let mut out = String::new();
    let mut hidden = hidden.into_iter();
    for (n, part) in typed.split(NOT_SHOWN).enumerate() {
        if n > 0 {
            out.push_str(hidden.next().unwrap_or(NOT_SHOWN));
        }
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn values() -> Values {
        let mut values = Values::default();
        values.address("暁県宵市曙町9丁目8-7 コーポ東雲201");
        values.number("090-5550-0199");
        values.number("999-0199");
        values.word("黎明産院");
        values.word("home");
        values.words.sort_by_key(|w| std::cmp::Reverse(w.len()));
        values
    }

    fn scrubbed(text: &str) -> String {
        let mut text = text.to_owned();
        values().scrub(&mut text);
        text
    }

    #[test]
    fn however_it_is_written_it_is_not_told() {
        for (text, told) in [
            ("曙町９－８－７へ引っ越した", "〔表示しません〕へ引っ越した"),
            ("曙町九丁目8の7", "〔表示しません〕"),
            ("宵市曙町にいる", "〔表示しません〕にいる"),
            ("電話は０９０（５５５０）０１９９。", "電話は〔表示しません〕。"),
            ("+81 90 5550 0199", "+〔表示しません〕"),
            ("〒999ー0199", "〒〔表示しません〕"),
            ("黎明 産院と、コーポ東雲の前", "〔表示しません〕と、〔表示しません〕の前"),
            ("home で会えた。9人きょうだい", "home で会えた。9人きょうだい"),
        ] {
            assert_eq!(scrubbed(text), told, "{text}");
        }
    }

    /// Any way of writing a value, anywhere among other words, leaves nothing of it.
    #[test]
    fn nothing_known_survives_in_any_text() {
        let mut seed = 7_u64;
        let mut dice = |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % n
        };
        let known = ["曙町9丁目8-7", "曙町", "090-5550-0199", "黎明産院", "コーポ東雲", "999-0199"];
        let words = ["母と話した。", "夜 ", "ー", "12", "…", "の", "、", "abc"];
        for _ in 0..4_000 {
            let mut text = String::new();
            for _ in 0..dice(5) {
                text.push_str(words[dice(words.len())]);
                let value = known[dice(known.len())];
                for c in value.chars() {
                    let wide = u32::from(c).checked_add(0xfee0).and_then(char::from_u32);
                    text.push(if c.is_ascii_digit() && dice(2) == 0 { wide.unwrap() } else { c });
                    if dice(4) == 0 {
                        text.push([' ', '　', '-', '−'][dice(4)]);
                    }
                }
                text.push_str(words[dice(words.len())]);
            }
            let after: String = fold(&scrubbed(&text)).iter().map(|f| f.c).collect();
            for told in ["曙町", "55500199", "黎明産院", "こーぽ東雲", "9990199"] {
                assert!(!after.contains(told), "{text} still tells {told}: {after}");
            }
        }
    }

    /// Whatever kind of record it is written in.
    #[test]
    fn nothing_known_survives_in_any_record() {
        let text = "曙町9丁目8-7";
        let next = serde_json::json!({ "on": 20_000, "what": text });
        let next = serde_json::from_value::<Next>(next).unwrap();
        let of = |kind: &str, mut body: serde_json::Value| -> Body {
            body["kind"] = kind.into();
            serde_json::from_value(body).expect(kind)
        };
        let kinds = [
            of(
                "contact",
                serde_json::json!({ "means": "phone", "with": text, "result": "reached", "note": text, "next": next }),
            ),
            of(
                "visit",
                serde_json::json!({ "means": "visit", "with": text, "result": "absent", "note": text, "next": next }),
            ),
            of("service", serde_json::json!({ "note": text, "next": next })),
            of("pregnancy_notified", serde_json::json!({ "edd": 20_000, "fetuses": 1, "note": text, "next": next })),
            of("pregnancy_ended", serde_json::json!({ "note": text })),
            of("period", serde_json::json!({ "name": "needs_support", "note": text })),
            of("protection", serde_json::json!({ "on": true, "note": text })),
            of("caution", serde_json::json!({ "introduce": text, "speak_to": text, "times": text, "note": text })),
            of("closure", serde_json::json!({ "key": "k", "how": "ended", "reason": text })),
            of("deferred", serde_json::json!({ "key": "k", "on": 20_000, "reason": text })),
            of("released", serde_json::json!({ "reason": text })),
            of("withdrawn", serde_json::json!({ "reason": text })),
            of("erased", serde_json::json!({ "target": 1, "reason": text })),
            of("joined_by", serde_json::json!({ "other": 1, "reason": text })),
            of("told_apart", serde_json::json!({ "other": 1, "reason": text })),
            of("note", serde_json::json!({ "text": text })),
            of("emergency", serde_json::json!({ "reason": text, "until": 1 })),
            of("emergency_reviewed", serde_json::json!({ "of": 1, "verdict": "fit", "note": text })),
            of("escalated", serde_json::json!({ "about": "k", "by": 20_000, "note": text })),
            of("sent", serde_json::json!({ "title": text, "reason": text })),
            of("held", serde_json::json!({ "title": text, "reason": text })),
            of("returned", serde_json::json!({ "sent": 0, "next": next, "note": text })),
            of("disclosure_answered", serde_json::json!({ "of": 1, "outcome": "part", "reason": text })),
            of("disclosure_extended", serde_json::json!({ "of": 1, "due": 20_000, "reason": text })),
        ];
        for mut body in kinds {
            let told = |body: &Body| serde_json::to_string(body).unwrap().matches(text).count();
            let before = told(&body);
            let written = casework::marks::texts(&body).len();
            assert!(written > 0 && before >= written, "{body:?}");
            values().scrub_body(&mut body);
            assert_eq!(told(&body), 0, "{body:?}");
        }
    }

    #[test]
    fn a_correction_gives_back_what_its_author_was_not_shown() {
        let stored = "夫が曙町9-8-7に来た。電話090-5550-0199";
        let shown = scrubbed(stored);
        assert_eq!(shown, "夫が〔表示しません〕に来た。電話〔表示しません〕");
        assert_eq!(restored(&shown, &shown, stored), stored);
        assert_eq!(
            restored("元夫が〔表示しません〕に来た。電話〔表示しません〕（夜）", &shown, stored),
            "元夫が曙町9-8-7に来た。電話090-5550-0199（夜）"
        );
        assert_eq!(restored("来た。", &shown, stored), "来た。");
    }
}
