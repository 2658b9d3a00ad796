//! What every page shows around its own content, ready to print: no logic, no dates, only words.

/// Embedded by every page as `frame`; `layout.html` reads nothing else.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Title of the page, without the product's name. Never a person's name: titles end up in the browser's history.
    pub title: String,
    pub office: String,
    /// Empty while nobody is signed in; then neither menu nor account is drawn.
    pub user_name: String,
    /// Written beside the name; with several roles the switch says it instead.
    pub role_label: String,
    /// All roles of this person; the switch is drawn from two on.
    pub roles: Vec<RoleChoice>,
    pub nav: Vec<NavItem>,
    /// The other pages of the same entry of the menu; empty where there is only one.
    pub tabs: Vec<NavItem>,
    /// The field for finding a person is drawn.
    pub search: bool,
    /// The manual's section about this page; empty where none can be opened.
    pub help: String,
    /// 「令和8年11月24日（火）」
    pub today_long: String,
    pub csrf: String,
    /// The result of the last act, once.
    pub notice: Option<Notice>,
    /// 窓口モード: a visitor may see the screen (practice.md §5).
    pub counter_mode: bool,
    /// For whoever is signed in and sits there: when the screen locks itself and when the sign-in ends.
    pub watch: Option<Watch>,
    /// Changes with the program, so that assets may be cached for ever.
    pub asset_stamp: String,
    /// 「架空のデータです」: the demo says so on every page and print.
    pub demo_note: String,
    /// For 管理者: when the last backup was taken, or since when there is none (then it is told on top).
    pub backup: String,
    pub backup_worry: bool,
}

/// What a page knows of its own time.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Seconds without activity after which the screen is locked.
    pub lock_after: i64,
    /// Seconds until the day's limit.
    pub ends_in: i64,
    /// 「18:02」
    pub ends_at: String,
    /// The limit is near: said at once, also without script.
    pub ends_soon: bool,
}

impl Watch {
    pub fn minutes(&self) -> i64 {
        self.lock_after / 60
    }
}

#[derive(Debug, Clone, Default)]
pub struct RoleChoice {
    pub id: String,
    pub label: String,
    pub current: bool,
}

#[derive(Debug, Clone, Default)]
pub struct NavItem {
    pub label: String,
    pub url: String,
    pub current: bool,
    /// Shown as a badge; zero is left out.
    pub count: Option<u32>,
    /// 「14件待っています」, read out instead of the bare number.
    pub count_label: String,
}

/// 「電話（不在）を記録しました」 with the way back.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Notice {
    pub tone: NoticeTone,
    pub text: String,
    pub link: Option<Link>,
    pub undo: Option<Undo>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum NoticeTone {
    #[default]
    Done,
    Told,
    Failed,
}

impl NoticeTone {
    /// Class, icon and the word that says the same without colour.
    pub fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Told => "told",
            Self::Failed => "failed",
        }
    }
    pub fn icon(self) -> &'static str {
        match self {
            Self::Done => "check",
            Self::Told => "info",
            Self::Failed => "alert",
        }
    }
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "完了",
            Self::Told => "お知らせ",
            Self::Failed => "エラー",
        }
    }
}

#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Link {
    pub label: String,
    pub url: String,
}

/// One of several ways to look at the same; the one shown is `current`.
#[derive(Debug, Clone, Default)]
pub struct Tab {
    pub label: String,
    pub url: String,
    pub current: bool,
}

/// A button that takes back one recorded act; posts `csrf`, `command_id` and `return_to`.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Undo {
    pub url: String,
    pub command_id: String,
    /// Where the list stood, filters included.
    pub return_to: String,
    /// What is taken back, for screen readers: 「10:41 髙﨑 湊 電話」
    pub what: String,
}

/// A state, always icon and word, never colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Overdue,
    Unconfirmed,
    NotArrived,
    DueSoon,
    Planned,
    ToDecide,
    Done,
    Closed,
    NotYet,
    /// Tier 2, closed undone: worked off once a month together.
    Monthly,
    /// Closed before the office began to work with this system.
    Before,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            Self::Overdue => "期限超過",
            Self::Unconfirmed => "未確認",
            Self::NotArrived => "未着",
            Self::DueSoon => "期限間近",
            Self::Planned => "予定",
            Self::ToDecide => "判断待ち",
            Self::Done => "済",
            Self::Closed => "終結・対象外",
            Self::NotYet => "これから",
            Self::Monthly => "月次一括",
            Self::Before => "移行前",
        }
    }
    pub fn icon(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Unconfirmed => "ask",
            Self::NotArrived | Self::NotYet | Self::Monthly | Self::Before => "wait",
            Self::DueSoon => "clock",
            Self::Planned => "calendar",
            Self::ToDecide => "decide",
            Self::Done => "check",
            Self::Closed => "closed",
        }
    }
    pub fn class(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Unconfirmed => "ask",
            Self::NotArrived | Self::Closed | Self::NotYet | Self::Monthly | Self::Before => "quiet",
            Self::DueSoon => "near",
            Self::Planned => "plan",
            Self::ToDecide => "decide",
            Self::Done => "done",
        }
    }
}

/// Somebody's name as a heading or link: 漢字 with ふりがな.
#[derive(Debug, Clone, Default)]
pub struct Name {
    pub text: String,
    /// Empty where the reading is unknown or the name is kana already.
    pub ruby: String,
}

/// 連絡上の注意, on top of every screen of a person (practice.md §5).
#[derive(Debug, Clone, Default)]
pub struct Caution {
    /// 「留守番電話」→「残さない」
    pub lines: Vec<(String, String)>,
    /// Who set it and when.
    pub source: String,
}

/// A link that opens an act: icon, word, address.
#[derive(Debug, Clone, Default)]
pub struct Act {
    pub label: String,
    pub icon: &'static str,
    pub url: String,
    /// The key that opens it in the list: "c" (電話), "v" (訪問), or empty.
    pub key: &'static str,
    /// The one that is proposed; at most one in a line.
    pub first: bool,
    /// The panel of this act is open.
    pub open: bool,
}
