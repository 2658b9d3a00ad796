//! One person's page as shown. Masks are applied before it gets here: what a reader may not see is not in these fields.

use crate::contacts::view::Subject;
use crate::platform::web::form::{Choice, Form};
use crate::platform::web::view::{Act, Caution, Frame, Link, Name, NavItem, State};
use crate::readings::disclosures::view::Receiver;

/// Page: GET /persons/{id}
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "persons/page.html")]
pub struct PersonPage {
    pub frame: Frame,
    pub bar: Bar,
    pub caution: Option<Caution>,
    /// 「連絡上の注意はまだありません」 with a link to set it.
    pub caution_edit: Option<Link>,
    /// 発送停止 that holds, with the page that ends it.
    pub stopped: Option<(String, Link)>,
    /// Open duties, most pressing first; all of the family's, also outside this week (ui.md §3, CHT #1852).
    pub duties: Vec<Duty>,
    /// Open, but worked off in a monthly batch or kept on record only.
    pub batch: Vec<Duty>,
    /// Done, closed and not applicable, with why not.
    pub settled: Vec<Duty>,
    pub relations: Vec<Relation>,
    /// Pregnancy or other episode under way, as name and value: 「予定日」「里帰り」
    pub episode: Vec<(String, String)>,
    pub episode_title: String,
    pub log: Vec<Entry>,
    /// 「46件のうち 1–20件」, with the next page.
    pub log_shown: String,
    pub log_more: Option<Link>,
    /// 「この画面を開いたことは閲覧の記録に残ります」
    pub reading_note: String,
    /// Everything else that can be recorded: 「連絡上の注意を設定」「転出を記録」
    pub more: Vec<Link>,
    /// Who receives a 開示請求, where the role at work does not.
    pub receiver: Option<Receiver>,
    /// Set when an earlier day or an earlier knowledge is shown: a sentence that says which.
    pub looking_back: String,
    /// The page's own address, for asking it as of another day.
    pub here: String,
}

/// A short form about one person (or nobody yet), drawn from data: title, what it does, fields, one button.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "persons/sheet.html")]
pub struct SheetPage {
    pub frame: Frame,
    pub title: String,
    pub subject: Option<Subject>,
    /// What it does, one sentence each.
    pub about: Vec<String>,
    /// The record it starts from, label and text.
    pub original: Vec<(String, String)>,
    pub form: Form,
    pub fields: Vec<SheetField>,
    /// The word on the button.
    pub send: String,
}

#[derive(Debug, Clone, Default)]
pub struct SheetField {
    pub name: String,
    pub label: String,
    /// 必須, 任意 or empty.
    pub need: &'static str,
    pub hint: String,
    pub kind: SheetKind,
}

#[derive(Debug, Clone, Default)]
pub enum SheetKind {
    #[default]
    Text,
    Area,
    /// The same, of a person: passages may be marked for 開示請求.
    Words,
    Day,
    /// With its unit.
    Number(&'static str),
    Radios(Vec<Choice>),
    Checks(Vec<Choice>),
    Select(Vec<Choice>),
}

/// Page: GET /persons and POST /persons (the term is never in an address).
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "persons/index.html")]
pub struct IndexPage {
    pub frame: Frame,
    /// Field `term`.
    pub form: Form,
    pub rows: Vec<IndexRow>,
    /// 「50人以上のうち 1–50人目」
    pub shown: String,
    /// What the searcher has to know: limits, what could not be read.
    pub notes: Vec<String>,
    /// Some were found by something else than their name.
    pub with_why: bool,
    /// Value of the button `from` that shows the next part.
    pub next: Option<usize>,
    /// Shown to whoever may register somebody.
    pub new_url: String,
}

#[derive(Debug, Clone, Default)]
pub struct IndexRow {
    pub name: Name,
    pub url: String,
    pub about: String,
    pub number: String,
    pub district: String,
    pub marks: Vec<String>,
    /// There is something to know before one acts; what, is on their page.
    pub noted: bool,
    pub protected: bool,
    /// 「母の電話番号」; empty for a name.
    pub why: String,
}

/// Page: the answer to POST /persons/{id}/reveal. One protected item, once.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "persons/reveal/revealed.html")]
pub struct RevealedPage {
    pub frame: Frame,
    pub subject: Subject,
    pub label: String,
    pub text: String,
}

/// Page: the answer to POST /persons/{id}/reveal for one envelope.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "persons/reveal/label.html")]
pub struct LabelPage {
    pub frame: Frame,
    pub subject: Subject,
    pub name: String,
    pub postcode: String,
    pub address: String,
}

/// The identity bar: who this is, on one line, and what can be recorded.
#[derive(Debug, Clone, Default)]
pub struct Bar {
    /// Back to the list with its filters: 「今日の対応」
    pub back: Option<Link>,
    pub place: Option<Place>,
    /// 本人の記録 and 家庭: the two pages of a person.
    pub tabs: Vec<NavItem>,
    pub name: Name,
    /// 「女・R8.8.18生・生後98日」
    pub about: String,
    /// 宛名番号, 世帯番号 and the like, label and text.
    pub numbers: Vec<(String, String)>,
    pub district: String,
    /// Empty when `protected`: 「住所は表示しません」 stands instead.
    pub address: String,
    pub phones: Vec<(String, String)>,
    pub protected: bool,
    /// Hidden for somebody who lives in the same home.
    pub with_family: bool,
    /// Reveals one item for one act, logged; only for the holder of the case (practice.md §5).
    pub reveal: Option<Link>,
    pub marks: Vec<String>,
    pub owner: String,
    pub acts: Vec<Act>,
}

/// Where this person stands in the filtered list: 「14人中 1」
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub text: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Duty {
    pub id: String,
    /// The service's code, for whoever picks by it; not shown.
    pub code: String,
    pub state: State,
    pub service: String,
    /// Whose, when it is not this person's own: 「母 髙﨑 美穂」
    pub subject: String,
    pub reason: String,
    pub evidence: String,
    pub window: String,
    pub due: String,
    pub left: String,
    pub owner: String,
    pub acts: Vec<Act>,
    pub why: Why,
}

/// Promise 4: every derived line can say why, and why not.
#[derive(Debug, Clone, Default)]
pub struct Why {
    /// 「なぜ出ているか」 or 「なぜ出ていないか」
    pub title: String,
    /// Rule, version and law: 「3～4か月児健診（市の規則 第2版）／母子保健法第13条」
    pub rule: String,
    /// Facts read: 「生年月日 R8.8.18（住民記録 R8.8.25取込）」
    pub facts: Vec<String>,
    /// The arithmetic: 「R8.8.18 の3か月後 R8.11.18 から …」
    pub reckoning: Vec<String>,
    /// What would change it: 「健診の結果を記録すると消えます」
    pub changes: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Relation {
    /// 「母」「姉」「主治医」
    pub role: String,
    pub name: Name,
    /// Empty where the reader may not open it.
    pub url: String,
    pub about: String,
    /// 「同じ世帯」「別世帯」; empty where protected.
    pub household: String,
}

/// One entry of the log. Corrected and withdrawn entries stay, struck through.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// Anchor: "e-93".
    pub id: String,
    /// Whose, where several people's records stand together: 「母 髙﨑 美穂」
    pub subject: String,
    /// 「R8.11.20」, or 「R8.11月」 where only the month is known.
    pub day: String,
    pub time: String,
    pub icon: &'static str,
    /// 「電話（不在）」
    pub title: String,
    pub text: Vec<String>,
    /// 「目視：直接見た（自分・自宅）」
    pub sight: String,
    /// 「佐藤 美咲（保健師）」
    pub who: String,
    /// 「R8.11.20 10:41 記録」
    pub recorded: String,
    /// Empty for what people typed; 「住民記録 R8.11.10 取込」 for the rest.
    pub source: String,
    /// Set when a later entry replaced it: 「R8.11.21 田村 が訂正（日付の誤り）」
    pub struck: String,
    /// Set on the correcting entry: link to what it corrects.
    pub corrects: Option<Link>,
    pub correct_url: String,
    pub withdraw_url: String,
    /// 「しるし」: passages for 開示請求, marked afterwards.
    pub mark_url: String,
    pub third_party: bool,
}
