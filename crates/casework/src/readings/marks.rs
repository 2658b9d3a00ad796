//! しるし: passages of what is written that are not shown when the person's record is disclosed (開示請求).
//!
//! They stand in the text itself, so that the text says what it says wherever it is read: `〔第三者：祖母によると…〕`,
//! `〔不開示7号：…〕`; alone (`〔第三者〕`) a mark means the whole record. The number is that of 個人情報の保護に関する法律
//! 第78条第1項. What is stored is read without ever failing, and rather hides too much than too little.

use alloc::{format, string::String, vec::Vec};

use crate::{act::Refusal, body::Body};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// 第三者: told by somebody else, or about somebody else.
    ThirdParty,
    /// 不開示: another reason of the law.
    Withheld,
}

impl What {
    pub const ALL: [What; 2] = [What::ThirdParty, What::Withheld];

    pub const fn word(self) -> &'static str {
        match self {
            What::ThirdParty => "第三者",
            What::Withheld => "不開示",
        }
    }
}

/// The reasons of 第78条第1項, by the number of their 号.
pub const GROUNDS: [&str; 7] = [
    "本人の生命・健康・生活・財産を害するおそれ",
    "本人以外の個人に関する情報",
    "法人・団体に関する情報",
    "国の安全",
    "公共の安全",
    "審議・検討の途中の情報",
    "事務・事業の適正な遂行",
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    pub what: What,
    /// The 号 as written; `None`: not chosen yet.
    pub number: Option<u8>,
}

impl Mark {
    /// The 号 it stands for: of somebody else 2号, otherwise 7号, until somebody chose.
    pub fn ground(self) -> u8 {
        self.number.unwrap_or(match self.what {
            What::ThirdParty => 2,
            What::Withheld => 7,
        })
    }

    /// 「第2号 本人以外の個人に関する情報」
    pub fn reason(self) -> String {
        reason(self.ground())
    }

    /// 「第三者2号」
    pub fn label(self) -> String {
        format!("{}{}号", self.what.word(), self.ground())
    }
}

/// 「第2号 本人以外の個人に関する情報」
pub fn reason(ground: u8) -> String {
    let word = GROUNDS.get(usize::from(ground).wrapping_sub(1)).copied().unwrap_or_default();
    format!("第{ground}号 {word}")
}

/// A stretch of a text, marked or not. A marked one without text means the whole record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece<'t> {
    pub mark: Option<Mark>,
    pub text: &'t str,
}

const BRACKETS: [(char, char); 4] = [('〔', '〕'), ('【', '】'), ('［', '］'), ('[', ']')];

/// Where a mark begins: what it is, its brackets, and the rest of the text after its head.
struct Head<'t> {
    what: What,
    number: Option<u32>,
    pair: (char, char),
    rest: &'t str,
}

fn head(text: &str) -> Option<Head<'_>> {
    let open = text.chars().next()?;
    let pair = BRACKETS.into_iter().find(|(o, _)| *o == open)?;
    let inside = text.get(open.len_utf8()..)?.trim_start();
    let what = What::ALL.into_iter().find(|w| inside.starts_with(w.word()))?;
    let rest = inside.get(what.word().len()..)?;
    let (number, rest) = number(rest, pair.1);
    let separated = rest.trim_start();
    let rest = separated.strip_prefix(['：', ':', '、', '，', ',']).map_or(rest, str::trim_start);
    Some(Head { what, number, pair, rest })
}

/// 「7号」「第７号」「7」 before the colon; a number that counts something else is part of the text.
fn number(text: &str, close: char) -> (Option<u32>, &str) {
    let inside = text.trim_start();
    let after = inside.strip_prefix('第').unwrap_or(inside);
    let digits: Vec<u32> = after.chars().map_while(digit).collect();
    let len: usize = after.chars().take(digits.len()).map(char::len_utf8).sum();
    let rest = after.get(len..).unwrap_or_default();
    let named = rest.strip_prefix('号');
    let ends = rest.starts_with(['：', ':', '、', '，', ',', close]);
    if digits.is_empty() || digits.len() > 3 || (named.is_none() && !ends) {
        return (None, text);
    }
    (Some(digits.iter().fold(0, |n, d| n * 10 + d)), named.unwrap_or(rest))
}

fn digit(c: char) -> Option<u32> {
    c.to_digit(10).or_else(|| u32::from(c).checked_sub(u32::from('０')).filter(|n| *n < 10))
}

/// How far a mark reaches: its text and what comes after it; without its closing bracket to the end.
fn body<'t>(head: &Head<'t>) -> (&'t str, Option<&'t str>) {
    let mut depth = 0_usize;
    for (at, c) in head.rest.char_indices() {
        if c == head.pair.0 {
            depth += 1;
        } else if c == head.pair.1 && depth > 0 {
            depth -= 1;
        } else if c == head.pair.1 {
            let after = head.rest.get(at + c.len_utf8()..);
            return (head.rest.get(..at).unwrap_or_default().trim_end(), after);
        }
    }
    (head.rest, None)
}

/// A text in its stretches, in order.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(head) = head(rest) else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let plain = text.get(from..at).unwrap_or_default();
        if !plain.is_empty() {
            pieces.push(Piece { mark: None, text: plain });
        }
        let (inside, after) = body(&head);
        let number = head.number.and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=7).contains(n));
        pieces.push(Piece { mark: Some(Mark { what: head.what, number }), text: inside });
        at = text.len() - after.map_or(0, str::len);
        from = at;
    }
    let plain = text.get(from..).unwrap_or_default();
    if !plain.is_empty() {
        pieces.push(Piece { mark: None, text: plain });
    }
    pieces
}

/// The mark of a whole record, if a text carries one.
pub fn whole(text: &str) -> Option<Mark> {
    pieces(text).into_iter().filter(|p| p.text.is_empty()).find_map(|p| p.mark)
}

/// The text as if nothing had been marked.
pub fn plain(text: &str) -> String {
    pieces(text).iter().map(|p| p.text).collect()
}

/// Whether the two say the same in the same words, apart from marks and the space around them.
pub fn same_words(a: &str, b: &str) -> bool {
    let words = |text: &str| plain(text).chars().filter(|c| !c.is_whitespace()).collect::<String>();
    words(a) == words(b)
}

/// The text marked as a whole, once.
pub fn as_whole(what: What, text: &str) -> String {
    if whole(text).is_some() { String::from(text) } else { format!("〔{}〕{text}", what.word()) }
}

/// What somebody types closes what it opens.
///
/// # Errors
/// In words, for the field.
pub fn check(field: &'static str, text: &str) -> Result<(), Refusal> {
    let refused = |message: String| Err(Refusal::at(field, message));
    let (mut at, mut open) = (0, 0_usize);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(head) = head(rest) {
            let (inside, after) = body(&head);
            let (open, word, close) = (head.pair.0, head.what.word(), head.pair.1);
            let Some(after) = after else {
                return refused(format!(
                    "「{open}{word}」のしるしが閉じていません。終わりに「{close}」を付けてください。"
                ));
            };
            if inside.char_indices().any(|(at, _)| inside.get(at..).and_then(self::head).is_some()) {
                return refused(format!(
                    "「{open}{word}」のしるしの中に、別のしるしがあります。分けて付けてください。"
                ));
            }
            if head.number.is_some_and(|n| !(1..=7).contains(&n)) {
                return refused(String::from("しるしの号は、1号から7号までで書いてください。"));
            }
            at = text.len() - after.len();
            continue;
        }
        let c = rest.chars().next().unwrap_or_default();
        match c {
            '〔' => open += 1,
            '〕' if open == 0 => {
                return refused(String::from(
                    "「〕」だけがあります。始まりに「〔第三者：」か「〔不開示：」を付けるか、「〕」を消してください。",
                ));
            }
            '〕' => open -= 1,
            _ => {}
        }
        at += c.len_utf8();
    }
    Ok(())
}

/// Everything a person wrote in words in a record: the name of its field, and the text. Texts of the office's own file and
/// what the register or a choice filled in are not among them.
pub fn texts(body: &Body) -> Vec<(&'static str, &str)> {
    match body {
        Body::Contact(c) | Body::Visit(c) => alloc::vec![("spoke_with", c.with.as_str()), ("note", &c.note)],
        Body::Service(s) => alloc::vec![("note", s.note.as_str())],
        Body::PregnancyNotified(p) => alloc::vec![("note", p.note.as_str())],
        Body::PregnancyEnded { note, .. } | Body::Period { note, .. } | Body::Protection { note, .. } => {
            alloc::vec![("note", note.as_str())]
        }
        Body::Caution(c) => alloc::vec![
            ("introduce", c.introduce.as_str()),
            ("speak_to", &c.speak_to),
            ("times", &c.times),
            ("note", &c.note)
        ],
        Body::Closure(c) => alloc::vec![("reason", c.reason.as_str())],
        Body::Deferred(d) => alloc::vec![("reason", d.reason.as_str())],
        Body::Sent(s) => alloc::vec![("reason", s.reason.as_str())],
        Body::Held(h) => alloc::vec![("reason", h.reason.as_str())],
        Body::Returned(r) => alloc::vec![("note", r.note.as_str())],
        Body::Released { reason }
        | Body::Withdrawn { reason }
        | Body::Erased { reason, .. }
        | Body::JoinedBy { reason, .. }
        | Body::ToldApart { reason, .. } => alloc::vec![("reason", reason.as_str())],
        Body::Joined(joined) => alloc::vec![("reason", joined.reason.as_str())],
        Body::Note { text } => alloc::vec![("note", text.as_str())],
        Body::Escalated(taken) => alloc::vec![("note", taken.note.as_str())],
        Body::Emergency(e) => alloc::vec![("reason", e.reason.as_str())],
        Body::EmergencyReviewed(r) => alloc::vec![("note", r.note.as_str())],
        Body::DisclosureExtended(e) => alloc::vec![("reason", e.reason.as_str())],
        Body::DisclosureAnswered(a) => alloc::vec![("reason", a.reason.as_str())],
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
        | Body::SheetConfirmed(_) => Vec::new(),
    }
}

/// Asked of every record before it is kept.
pub(crate) fn check_body(body: &Body) -> Result<(), Refusal> {
    texts(body).into_iter().try_for_each(|(field, text)| check(field, text))
}

/// The mark of a whole record: one of its texts carries it.
pub fn of_record(body: &Body) -> Option<Mark> {
    texts(body).into_iter().find_map(|(_, text)| whole(text))
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn seen(text: &str) -> Vec<(Option<u8>, &str)> {
        pieces(text).into_iter().map(|p| (p.mark.map(Mark::ground), p.text)).collect()
    }

    #[test]
    fn a_mark_is_read_however_it_is_typed() {
        for typed in [
            "〔第三者：祖母の話〕",
            "〔第三者:祖母の話〕",
            "【第三者　祖母の話】",
            "［第三者、祖母の話］",
            "[第三者2号：祖母の話]",
        ] {
            let text = alloc::format!("会えた。{typed}次は来月。");
            let found = seen(&text);
            assert_eq!(found.len(), 3, "{typed}");
            assert_eq!((found[1].0, found[1].1.trim()), (Some(2), "祖母の話"), "{typed}");
            assert_eq!(check("note", &text), Ok(()));
        }
        for typed in ["〔不開示7号：見立て〕", "〔不開示第７号：見立て〕", "〔不開示7：見立て〕", "〔不開示：見立て〕"]
        {
            assert_eq!(seen(typed), [(Some(7), "見立て")], "{typed}");
        }
        assert_eq!(seen("〔不開示1号：夫に知られると危ない〕")[0].0, Some(1));
    }

    #[test]
    fn without_a_colon_it_still_hides_and_a_count_is_no_number() {
        assert_eq!(seen("〔第三者から聞いた〕"), [(Some(2), "から聞いた")]);
        assert_eq!(seen("〔第三者3人の話〕"), [(Some(2), "3人の話")]);
        assert_eq!(seen("〔表示しません〕に住む"), [(None, "〔表示しません〕に住む")], "any other bracket is text");
        assert_eq!(seen("〔第三者：〔表示しません〕の祖母〕と"), [(Some(2), "〔表示しません〕の祖母"), (None, "と")]);
    }

    #[test]
    fn alone_it_means_the_whole_record() {
        assert_eq!(whole("〔第三者〕近所の人から").map(Mark::ground), Some(2));
        assert_eq!(whole("〔不開示3号〕").map(Mark::ground), Some(3));
        assert_eq!(whole("〔第三者：近所の人から〕"), None);
        assert_eq!(as_whole(What::ThirdParty, "話"), "〔第三者〕話");
        assert_eq!(as_whole(What::ThirdParty, "〔第三者〕話"), "〔第三者〕話");
    }

    #[test]
    fn what_is_not_closed_is_refused_in_words_and_once_stored_hides_to_the_end() {
        let why = |text: &str| check("note", text).err().map(|r| r.message).unwrap_or_default();
        assert!(why("〔第三者：祖母の話").contains("閉じていません"));
        assert!(why("祖母の話〕").contains("「〕」だけ"));
        assert!(why("〔第三者：祖母〔不開示：と〕〕").contains("別のしるし"));
        assert!(why("〔不開示8号：話〕").contains("1号から7号"));
        assert_eq!(why("〔注〕普通の文"), "");
        assert_eq!(seen("前〔第三者：祖母の話"), [(None, "前"), (Some(2), "祖母の話")]);
    }

    #[test]
    fn marking_afterwards_changes_no_word() {
        assert!(same_words("祖母によると眠れない。", "〔第三者：祖母によると眠れない。〕"));
        assert!(same_words("祖母の話", "〔不開示7号〕祖母の話"));
        assert!(!same_words("祖母の話", "〔第三者：叔母の話〕"));
    }

    proptest! {
        /// Whatever is stored: nothing is lost, nothing fails, and what a mark covers is in no unmarked stretch.
        #[test]
        fn any_text_is_read(parts in proptest::collection::vec(proptest::sample::select(vec![
            "〔", "〕", "【", "】", "[", "第三者", "不開示", "：", "7号", "第", "祖母", "３", " ", "〔表示しません〕"]), 0..14)) {
            let text: String = parts.concat();
            let all: usize = pieces(&text).iter().map(|p| p.text.len()).sum();
            prop_assert!(all <= text.len());
            prop_assert_eq!(plain(&plain(&text)).len() <= text.len(), true);
            if check("note", &text).is_ok() {
                let unmarked: String = pieces(&text).iter().filter(|p| p.mark.is_none()).map(|p| p.text).collect();
                prop_assert!(pieces(&unmarked).iter().all(|p| p.mark.is_none()) || pieces(&text).len() > 1);
            }
        }

        #[test]
        fn a_marked_passage_is_hidden_and_the_rest_is_not(before in "[あ-ん]{0,5}", inside in "[ア-ン]{1,5}", after in "[a-z]{0,5}") {
            let text = alloc::format!("{before}〔第三者：{inside}〕{after}");
            let shown: String = pieces(&text).iter().filter(|p| p.mark.is_none()).map(|p| p.text).collect();
            prop_assert_eq!(shown, alloc::format!("{before}{after}"));
            prop_assert_eq!(plain(&text), alloc::format!("{before}{inside}{after}"));
            prop_assert!(check("note", &text).is_ok());
        }
    }

    #[test]
    fn grounds_are_said_by_number() {
        assert_eq!(Mark { what: What::Withheld, number: Some(1) }.label(), "不開示1号");
        assert!(reason(2).starts_with("第2号 本人以外"));
    }
}
