//! 体制 as shown.

use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::{Caution, Frame, Link, Name, State, Tab, Undo};
use crate::today::view::Counter;

/// GET /supervision
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "supervision/page.html")]
pub struct RoomPage {
    pub frame: Frame,
    pub lead: String,
    pub counters: Vec<Counter>,
    pub tabs: Vec<Tab>,
    pub by_word: String,
    pub heads: Vec<State>,
    pub rows: Vec<CountRow>,
    /// Who is here and answers for nothing open.
    pub idle: String,
    pub vacant: Vec<VacantRow>,
    /// Rows of the table whose holder has left, or leaves soon.
    pub left: Vec<LeftRow>,
    /// A town of one nurse: there is nobody to hand over to.
    pub alone: bool,
    /// Nobody has anything by name yet; who gets everything meanwhile.
    pub first: String,
    pub april: Link,
    pub handovers: Vec<HandoverRow>,
    pub absences: Vec<AbsenceRow>,
    pub escalation: String,
    pub monthly: String,
    /// Rules whose lines had mostly been done already; `None`: the role may not read it.
    pub noise: Option<Vec<Link>>,
}

/// A figure and the list it counts.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    pub n: i64,
    pub url: String,
}

#[derive(Debug, Clone, Default)]
pub struct CountRow {
    pub label: String,
    pub note: String,
    pub cells: Vec<Cell>,
    pub total: Cell,
}

#[derive(Debug, Clone, Default)]
pub struct VacantRow {
    pub label: String,
    pub why: String,
    pub to: String,
    pub pressing: Cell,
    pub lines: Cell,
}

#[derive(Debug, Clone, Default)]
pub struct LeftRow {
    pub label: String,
    pub who: String,
    pub when: String,
    pub url: String,
}

/// A 担当替え, and how far it has been read.
#[derive(Debug, Clone, Default)]
pub struct HandoverRow {
    pub url: String,
    pub from: String,
    pub name: String,
    pub readers: Vec<Reader>,
    pub who: String,
    pub state: String,
}

#[derive(Debug, Clone, Default)]
pub struct Reader {
    pub name: String,
    pub url: String,
    /// 「読みました R9.4.2」 / 「まだ読んでいません（4月15日まで）」
    pub said: String,
    pub done: bool,
    pub late: bool,
    pub icon: &'static str,
}

#[derive(Debug, Clone, Default)]
pub struct AbsenceRow {
    pub who: String,
    pub when: String,
    pub by: String,
    pub now: bool,
    pub undo: Option<Undo>,
}

/// GET /supervision/table: 担当表, district by district.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "supervision/table.html")]
pub struct TablePage {
    pub frame: Frame,
    /// The first one: nobody has anything by name yet.
    pub first: bool,
    /// Who gets what nobody has.
    pub said: String,
    pub ask: Form,
    pub districts: Vec<TableRow>,
    pub programmes: Vec<TableRow>,
    pub wrong: Vec<String>,
    pub plan: Option<PlanView>,
}

/// A line of the form of 担当表.
#[derive(Debug, Clone, Default)]
pub struct TableRow {
    pub label: String,
    /// Sent along: which district it is.
    pub hidden: Option<(String, String)>,
    pub persons: String,
    pub cells: Vec<TableCell>,
}

/// Whose it is.
#[derive(Debug, Clone, Default)]
pub struct TableCell {
    pub field: String,
    pub label: String,
    pub choices: Vec<(Choice, bool)>,
}

/// GET /supervision/absences
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "supervision/absences.html")]
pub struct AbsencesPage {
    pub frame: Frame,
    pub form: Form,
    pub workers: Vec<Choice>,
    pub substitutes: Vec<Choice>,
    pub rows: Vec<AbsenceRow>,
    pub alone: bool,
}

/// GET /supervision/rehearsal
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "supervision/rehearsal.html")]
pub struct RehearsalPage {
    pub frame: Frame,
    pub form: Form,
    pub workers: Vec<Choice>,
    pub wrong: String,
    pub title: String,
    pub said: Vec<String>,
    pub rows: Vec<FallRow>,
    pub next: Option<Link>,
}

/// Charges that fall to somebody else.
#[derive(Debug, Clone, Default)]
pub struct FallRow {
    pub label: String,
    pub to: String,
    pub why: String,
    pub persons: i64,
    pub pressing: i64,
    pub lines: i64,
    pub nobody: bool,
}

/// GET /supervision/escalations
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "supervision/escalations.html")]
pub struct EscalationsPage {
    pub frame: Frame,
    pub setting: String,
    pub form: Option<Form>,
    pub ways: Vec<Choice>,
    pub since: String,
    pub tabs: Vec<Tab>,
    pub shown: String,
    pub more: Option<Link>,
    pub lines: Vec<EscalatedLine>,
}

#[derive(Debug, Clone, Default)]
pub struct EscalatedLine {
    pub id: String,
    pub name: Name,
    pub url: String,
    pub about: String,
    pub protected: bool,
    pub district: String,
    pub state: Option<State>,
    pub service: String,
    pub due: String,
    pub left: String,
    pub since: String,
    pub owner: String,
    /// Already a superior's own duty.
    pub taken: bool,
    pub take: Option<Undo>,
}

/// GET /supervision/handovers/new
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "supervision/handovers/new.html")]
pub struct NewHandoverPage {
    pub frame: Frame,
    /// GET: what is to move.
    pub ask: Form,
    pub workers: Vec<Choice>,
    pub givers: Vec<Choice>,
    pub rows: Vec<MoveRow>,
    /// A charge cut out of a wider one, or one that nobody has by name.
    pub districts: Vec<Choice>,
    pub programmes: Vec<Choice>,
    pub categories: Vec<Choice>,
    pub wrong: Vec<String>,
    pub plan: Option<PlanView>,
}

/// A row of the table with whom it goes to.
#[derive(Debug, Clone, Default)]
pub struct MoveRow {
    pub field: String,
    pub label: String,
    pub who: String,
    pub until: String,
    pub choices: Vec<(Choice, bool)>,
}

/// What deciding would do.
#[derive(Debug, Clone, Default)]
pub struct PlanView {
    pub title: String,
    pub rows: Vec<PlanRow>,
    pub said: Vec<String>,
    pub form: Form,
    pub fields: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default)]
pub struct PlanRow {
    pub from: String,
    pub to: String,
    pub charges: String,
    pub persons: i64,
    pub named: i64,
    pub pressing: i64,
    pub lines: i64,
}

/// GET /supervision/handovers/{id}: the 引継書.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "supervision/handovers/sheet.html")]
pub struct SheetPage {
    pub frame: Frame,
    pub back: Link,
    pub title: String,
    /// Charges, from whom to whom, from when, decided by whom, why.
    pub head: Vec<(String, String)>,
    /// One tab for each receiver, for whoever supervises.
    pub tabs: Vec<Tab>,
    pub undone: String,
    pub note: String,
    pub counts: Vec<crate::intake::imports::view::Count>,
    pub reading: Option<ReadForm>,
    pub named: Vec<SheetPerson>,
    pub pressing: Vec<SheetPerson>,
    pub shown: String,
    pub rest: Vec<(String, i64)>,
    pub rest_said: String,
    pub undo_form: Option<Form>,
    pub undo_effects: Vec<String>,
}

/// 「読みました」: for one person, or for the whole.
#[derive(Debug, Clone, Default)]
pub struct ReadForm {
    pub action: String,
    pub csrf: String,
    pub command_id: String,
    pub file: String,
    /// What is said if it has been read already.
    pub read: String,
    /// Only the receiver ticks.
    pub may: bool,
    pub due: String,
    pub late: bool,
}

#[derive(Debug, Clone, Default)]
pub struct SheetPerson {
    pub id: String,
    pub name: Name,
    pub url: String,
    pub about: String,
    pub marks: Vec<String>,
    pub protected: bool,
    pub district: String,
    pub caution: Option<Caution>,
    /// 次の対応
    pub next: String,
    /// The last contact on record.
    pub last: String,
    pub lines: Vec<SheetLine>,
    pub reading: Option<ReadForm>,
}

#[derive(Debug, Clone)]
pub struct SheetLine {
    pub state: State,
    pub service: String,
    pub due: String,
    pub left: String,
    pub why: String,
}
