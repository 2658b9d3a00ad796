//! The last net of 窓口モード: whatever a page was given, words of categories and telephone numbers do not leave the server.
//!
//! The first net is the mask ([`crate::mask`]): what is not read cannot be drawn. This one holds what nobody thought of: a
//! rule's title, a role's name. What somebody typed stays as typed (`value`, `textarea`), or it would be saved changed.

/// Names of categories and of what leads to them. Longer ones first.
pub const WORDS: [&str; 9] =
    ["特定妊婦", "要保護児童", "要支援児童", "要対協", "要保護", "要支援", "虐待", "通告", "EPDS"];
const HIDDEN: &str = "＊＊";

/// Whether a title names a category, so that it does not stand in the open.
pub fn tells(text: &str) -> bool {
    WORDS.iter().any(|word| text.contains(word))
}

/// The page without them.
pub fn net(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while !rest.is_empty() {
        let typed = ["<textarea", "value=\""].iter().filter_map(|mark| rest.find(mark).map(|at| (at, *mark))).min();
        let Some((at, mark)) = typed else { break };
        out.push_str(&caught(&rest[..at]));
        let end = if mark.starts_with('<') { "</textarea>" } else { "\"" };
        let from = at + mark.len();
        let to = rest[from..].find(end).map_or(rest.len(), |n| from + n);
        out.push_str(&rest[at..to]);
        rest = &rest[to..];
    }
    out.push_str(&caught(rest));
    out
}

fn caught(text: &str) -> String {
    let mut text = text.to_owned();
    for word in WORDS {
        if text.contains(word) {
            text = text.replace(word, HIDDEN);
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let run = rest[at..].find(|c: char| !(c.is_ascii_digit() || c == '-')).unwrap_or(rest.len() - at);
        let (number, next) = rest[at..].split_at(run);
        out.push_str(&rest[..at]);
        out.push_str(if is_phone(number) { HIDDEN } else { number });
        rest = next;
    }
    out.push_str(rest);
    out
}

/// 「080-5550-0100」「0255500100」: begins with 0, ten or eleven digits.
fn is_phone(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    number.starts_with('0') && (10..=11).contains(&digits) && !number.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_and_phones_go_and_what_was_typed_stays() {
        let page = "<p>特定妊婦 080-5550-0100 R8.11.24</p><input value=\"要支援 08055500100\"><textarea>EPDS</textarea>虐待対応";
        let net = net(page);
        assert_eq!(
            net,
            "<p>＊＊ ＊＊ R8.11.24</p><input value=\"要支援 08055500100\"><textarea>EPDS</textarea>＊＊対応"
        );
        assert_eq!(super::net("2026-11-24 0123 99-0100"), "2026-11-24 0123 99-0100");
    }
}
