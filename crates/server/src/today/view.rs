//! 今日の対応 as shown: counters, filters, lines grouped by person, the open panel, and what was recorded a moment ago.
//!
//! One page, one address: `/today?<filters>&open=<line>&act=<call|visit|done|close>` draws the same list with that line's
//! panel open, so that everything works without JavaScript; the script only replaces `#work` instead of the page.

use crate::checkups::view::CheckupForm;
use crate::closures::view::ClosureForm;
use crate::contacts::view::ContactForm;
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::{Act, Frame, Link, Name, State, Undo};
use crate::visits::view::VisitForm;

#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "today/page.html")]
pub struct TodayPage {
    pub frame: Frame,
    /// 「期限を過ぎた対応が 4人 6件、期限の近い対応が …」; on a quiet day 「期限を過ぎた対応はありません。」
    pub lead: String,
    /// 「10:58 時点」
    pub as_of: String,
    pub counters: Vec<Counter>,
    pub filter: Filter,
    pub groups: Vec<Group>,
    /// 1行1件: no person headings, the name stands in the line.
    pub flat: bool,
    /// 「12人のうち 1–6人を表示」; nothing is silently cut (promise 10).
    pub shown: String,
    pub more: Option<Link>,
    /// Up to when each source has arrived: 「妊婦健診受診票 9月診療分まで」
    pub arrivals: Vec<String>,
    pub recent: Vec<Recent>,
    /// 引継書 that wait to be read.
    pub handovers: Vec<Link>,
    /// Readings that wait for whoever answers for the office.
    pub reviews: Vec<Link>,
    /// Ways to 一括整理, for whoever may decide there: 「月次一括」
    pub settlings: Vec<Link>,
    /// For whoever may give charges: nobody has any, and who gets everything meanwhile.
    pub first_table: String,
}

/// A number that opens the list it counts.
#[derive(Debug, Clone)]
pub struct Counter {
    pub state: State,
    pub count: u32,
    /// 「4人・昨日より＋1」
    pub detail: String,
    pub url: String,
    pub current: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// 自分の担当 / 北部地区 / センター全体, as links with counts.
    pub scopes: Vec<Scope>,
    /// What narrows the list now; each can be taken off.
    pub active: Vec<ActiveFilter>,
    pub clear_url: String,
    /// GET form of names `state`, `service`, `district`, `owner`, `order`, `flat`; `action` is `/today`.
    /// No name is searched here: what is typed into a GET form ends up in addresses and logs.
    pub form: Form,
    pub states: Vec<Choice>,
    pub services: Vec<Choice>,
    pub districts: Vec<Choice>,
    pub orders: Vec<Choice>,
    /// Keep the rarely used filters unfolded while one of them is in use.
    pub unfolded: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Scope {
    pub label: String,
    pub count: u32,
    pub url: String,
    pub current: bool,
}

#[derive(Debug, Clone, Default)]
pub struct ActiveFilter {
    pub label: String,
    pub remove_url: String,
}

/// One person with everything open about them. Never grouped by 世帯 in DV or separation (practice.md §5).
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Anchor and unique on the page: "p-4711".
    pub id: String,
    pub name: Name,
    pub url: String,
    pub family_url: String,
    /// 「長男・生後98日」「妊娠32週1日・第2子」
    pub about: String,
    /// Other people of the file, in one line: 「母 髙﨑 美穂 34歳」
    pub kin: String,
    /// Neutral marks only: 「里帰り中」「通訳：ベトナム語」; never 特定妊婦, scores or phones.
    pub marks: Vec<String>,
    /// There is something to know before one acts; what, is on their page (practice.md §5).
    pub noted: bool,
    /// 「住所は表示しません」 is shown instead of the district.
    pub protected: bool,
    pub district: String,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone)]
pub struct Line {
    /// Anchor of the line, unique on the page: "d-812".
    pub id: String,
    pub state: State,
    /// What the rule asks for: 「1歳6か月児健診」
    pub service: String,
    /// Why it stands here, one sentence.
    pub reason: String,
    /// Up to when its evidence reaches: 「予防接種予診票 9月分まで到着」
    pub evidence: String,
    /// 「期間 11/10〜12/8」
    pub window: String,
    /// 「12/8」 or 「12月中」
    pub due: String,
    /// 「28日超過」「今日まで」「あと3日」
    pub left: String,
    pub owner: String,
    pub mine: bool,
    pub life: Option<LifeLine>,
    pub acts: Vec<Act>,
    pub panel: Option<Panel>,
}

/// The form opened inside a line. Each posts to its own feature and comes back here (`return_to`).
#[derive(Debug, Clone)]
pub enum Panel {
    Contact(Box<ContactForm>),
    Visit(Box<VisitForm>),
    Checkup(Box<CheckupForm>),
    Closure(Box<ClosureForm>),
}

/// さきほどの記録, to be taken back by one button.
#[derive(Debug, Clone, Default)]
pub struct Recent {
    pub time: String,
    pub who: String,
    pub what: String,
    pub url: String,
    pub undo: Option<Undo>,
}

/// The last 150 days and the next 26 on one line: contacts, absences, silence, deadline. 記録なし is not "no contact".
#[derive(Debug, Clone, Default)]
pub struct LifeLine {
    /// The finding in words, for screen readers and for forced colours.
    pub label: String,
    pub marks: Vec<LifeMark>,
    /// From the last contact to today, when there is nothing in between.
    pub silent: Option<(i32, i32)>,
    /// Deadline, when it lies on the strip.
    pub due: Option<i32>,
    pub today: i32,
}

#[derive(Debug, Clone, Copy)]
pub struct LifeMark {
    pub x: i32,
    pub reached: bool,
}

const STRIP_DAYS_BACK: i32 = 150;
const STRIP_DAYS_AHEAD: i32 = 26;
const STRIP_LEFT: i32 = 6;
const STRIP_WIDTH: i32 = 224;

impl LifeLine {
    /// `contacts`: days before today and whether somebody was reached; `due_in`: days from today, negative when past.
    pub fn new(label: &str, contacts: &[(i32, bool)], due_in: Option<i32>) -> Self {
        let shown: Vec<_> = contacts.iter().filter(|(ago, _)| (0..=STRIP_DAYS_BACK).contains(ago)).collect();
        let last_reached = shown.iter().filter(|(_, reached)| *reached).map(|(ago, _)| *ago).min();
        let silent_from = last_reached.unwrap_or(STRIP_DAYS_BACK);
        Self {
            label: label.into(),
            marks: shown.iter().map(|(ago, reached)| LifeMark { x: strip_x(-ago), reached: *reached }).collect(),
            silent: (silent_from > 14).then(|| (strip_x(-silent_from), strip_x(0))),
            due: due_in.filter(|days| (-STRIP_DAYS_BACK..=STRIP_DAYS_AHEAD).contains(days)).map(strip_x),
            today: strip_x(0),
        }
    }
}

fn strip_x(days_from_today: i32) -> i32 {
    STRIP_LEFT + (days_from_today + STRIP_DAYS_BACK) * STRIP_WIDTH / (STRIP_DAYS_BACK + STRIP_DAYS_AHEAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_keeps_time_linear_and_marks_silence_only_after_two_weeks() {
        let long = LifeLine::new("", &[(150, true), (49, true), (4, false)], Some(26));
        assert_eq!(long.marks.first().map(|mark| mark.x), Some(STRIP_LEFT));
        assert_eq!(long.due, Some(STRIP_LEFT + STRIP_WIDTH));
        assert_eq!(long.silent, Some((strip_x(-49), strip_x(0))));
        assert_eq!(LifeLine::new("", &[(7, true)], None).silent, None);
        assert_eq!(LifeLine::new("", &[(400, true)], Some(90)).marks.len(), 0);
    }
}
