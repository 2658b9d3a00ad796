//! What an event says, by kind. Stored as versioned JSON; older versions are read by [`Body::read`] (upcasting).

pub mod certify;
pub mod limits;
mod stored;

use alloc::{string::String, vec::Vec};

use rules::{Day, Span};
use serde::{Deserialize, Serialize};

use self::certify::Confirmed;
pub use crate::contact::{
    Time,
    posting::{Held, Returned, Sent},
};
pub use crate::joining::Joined;
pub use crate::office::{Absence, Assignment, Renamed};
use crate::{
    disclosure::{Answered, Extended, Request},
    emergency::{Emergency, Reviewed},
    inspection::Inspected,
    office::handover::{Escalated, HandedOver, HandoverRead},
    office::staff::Staff,
    publication::{CarriedOut, Decided, Proposed, Published},
};

/// The part of a body that rules and returns read in bulk, without parsing it.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Columns<'a> {
    /// Second day: 分娩予定日, end of a stay, the promised next contact.
    pub day2: Option<Day>,
    /// Service code (schedule-facts §8) or the name of a period or mark.
    pub code: Option<&'a str>,
    pub product: Option<&'a str>,
    pub number: Option<f64>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// 住民記録: the register's view of a person on a day (new, changed, or moved in), whole.
    Resident(Resident),
    /// 転出. Opens a dated 終結判断; closes nothing by itself.
    MovedOut {
        destination: String,
    },
    Died,
    /// 電話・面接・手紙・オンライン.
    Contact(Contact),
    /// 訪問.
    Visit(Contact),
    /// 健診・面談・接種・妊婦健診 …: a service and its result.
    Service(Service),
    /// 妊娠届. Opens an episode.
    PregnancyNotified(Pregnancy),
    /// 流産・死産・人工妊娠中絶. On lists only 「妊娠終了」.
    PregnancyEnded {
        weeks: Option<u8>,
        note: String,
    },
    /// Birth, in the mother's file: ends the pregnancy.
    Delivered {
        children: Vec<i64>,
        weeks: Option<u8>,
        place: String,
    },
    /// Birth, in the child's file.
    Born(Born),
    /// 里帰り, 入院, 要支援, 低体重 …: a state with a beginning (the event's day) and perhaps an end.
    Period {
        name: String,
        until: Option<Day>,
        note: String,
    },
    /// 連絡上の注意: the latest stands on top of every screen of the person.
    Caution(Caution),
    /// 秘匿・支援措置: on or off from the event's day.
    Protection {
        on: bool,
        note: String,
        /// 見直し日: nothing ends with it ([`crate::protection`]).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review: Option<Day>,
    },
    /// A dated relation to another file of the same keeper (母, 父, 子, きょうだい …).
    Relation {
        to: i64,
        role: String,
        until: Option<Day>,
        /// 特別養子縁組: nobody is shown the link, and nothing follows it. It hides every other record of the same link.
        #[serde(default)]
        hidden: bool,
    },
    /// まとめる: this file is read as part of another one of the same person ([`crate::joining`]).
    Joined(Joined),
    /// The other half of [`Body::Joined`], in the file that is read.
    JoinedBy {
        other: i64,
        reason: String,
    },
    /// 別の人: this file and another are not the same person's, whatever they have in common.
    ToldApart {
        other: i64,
        reason: String,
    },
    /// 終結・対象外 or a tier-1 decision about one duty.
    Closure(Closure),
    /// 持ち越し: a duty past its date goes on, with a new next date and a reason. It closes nothing.
    Deferred(Deferred),
    /// 発送: a letter was put in the post.
    Sent(Sent),
    /// 発送しない: one that was not, with what was found before it went.
    Held(Held),
    /// 返戻.
    Returned(Returned),
    /// 台帳からの終結: the person is released from the register, by name and with a reason.
    Released {
        reason: String,
    },
    /// Free note in the log.
    Note {
        text: String,
    },
    /// Takes the event named by `corrects` back.
    Withdrawn {
        reason: String,
    },
    /// 抹消 of the event's body named by `target`, because it should not be here (wrong family, retention ended).
    Erased {
        target: i64,
        reason: String,
    },
    /// In the office's file: all events of a batch are taken back.
    BatchWithdrawn {
        batch: i64,
        reason: String,
    },
    /// In the office's file: who answers for 地区 × 事業 × 区分 from the event's day.
    Assigned(Assignment),
    /// In the office's file: somebody is away from the event's day.
    Absent(Absence),
    HandedOver(HandedOver),
    HandoverRead(HandoverRead),
    Escalated(Escalated),
    /// In the office's file: a source's evidence has arrived through a day.
    SourceArrived {
        source: String,
        through: Day,
        usual_lag_days: i32,
    },
    /// In the office's file: a setting got a new value.
    SettingChanged {
        name: String,
        value: String,
    },
    /// In the office's file: it is called otherwise from the event's day.
    Renamed(Renamed),
    /// In the office's file: accounts and posts of its staff.
    Staff(Staff),
    /// In the office's file: somebody wants the town's rules changed.
    RulesProposed(Proposed),
    /// In the office's file: that was approved, declined or taken back.
    RulesDecided(Decided),
    /// In the office's file: from here on the town's rules are changed.
    RulesPublished(Published),
    /// In the office's file: everybody has been derived by the changed rules.
    RulesCarriedOut(CarriedOut),
    /// 緊急閲覧: somebody opened what their role does not, for a while and with a reason.
    Emergency(Emergency),
    /// 緊急閲覧の確認.
    EmergencyReviewed(Reviewed),
    /// 開示請求, received on the event's day.
    Disclosure(Request),
    /// 開示請求の期限の延長.
    DisclosureExtended(Extended),
    /// 開示請求への決定.
    DisclosureAnswered(Answered),
    /// In the office's file: readings of a month that were looked at one by one (閲覧の点検).
    Inspected(Inspected),
    /// In the office's file: 未把握・未対応点検表 of the event's day was confirmed.
    SheetConfirmed(Confirmed),
}

/// 住民記録, as received (外字 and IVS kept). Empty text = the register said nothing.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Resident {
    /// 宛名番号: a dated identifier, not a key. Empty for 仮登録.
    pub number: String,
    /// 世帯番号.
    pub household: String,
    pub name: String,
    /// ふりがな in hiragana.
    pub kana: String,
    /// 旧氏・通称・ローマ字.
    pub also: Vec<String>,
    /// `F`, `M` or empty.
    pub sex: String,
    pub birth: Option<Span>,
    /// 続柄 as received.
    pub relation: String,
    pub postcode: String,
    pub address: String,
    /// 地区 code of the office.
    pub district: String,
    pub phone: String,
    pub nationality: String,
    /// 住登外者.
    pub outside_register: bool,
    /// What brought it: `birth`, `moved_in`, `ex_officio`, `present`, `changed`, `provisional`.
    pub cause: String,
    /// Day it took effect in the register, where it differs from the event's day.
    pub from_place: String,
}

/// How an attempt to reach somebody ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// つながった・会えた
    Reached,
    /// 不在
    Absent,
    /// 折り返し待ち
    CallBack,
    /// 番号が不通
    DeadNumber,
    /// 拒否
    Refused,
}

/// How surely the child was seen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// Who saw the child: `self`, `partner` (関係機関), `family` (told by the family).
    pub by: String,
    pub place: String,
    /// `seen` (目視), `glimpsed`, `voice`, `told`.
    pub how: String,
}

/// What was agreed to happen next.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Next {
    pub on: Day,
    /// `call`, `visit`, `interview`, `letter`, or other text.
    pub what: String,
}

/// The period of 要対協.
pub const YOUTAIKYO: &str = "youtaikyo";

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Contact {
    /// `phone`, `face`, `letter`, `online`, `visit`.
    pub means: String,
    /// 時刻, where somebody wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// With whom, in words (母, 父, 祖母 …).
    pub with: String,
    pub result: Reached,
    #[serde(default)]
    pub seen: Option<Seen>,
    #[serde(default)]
    pub next: Option<Next>,
    /// Key of the duty it was made for.
    #[serde(default)]
    pub about: Option<String>,
    /// Service it fulfils when reached (`home_visit_4m`, `pregnancy_support_2` …).
    #[serde(default)]
    pub service: Option<String>,
    pub note: String,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Service {
    /// Code of schedule-facts §8.
    pub code: String,
    /// `done`, `absent` (未受診), `refused`, `needs_exam` (要精密), `watch` (要観察), `normal` …
    pub result: String,
    pub product: Option<String>,
    pub number: Option<f64>,
    pub place: String,
    pub seen: Option<Seen>,
    pub next: Option<Next>,
    pub about: Option<String>,
    pub note: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Pregnancy {
    /// 分娩予定日.
    pub edd: Day,
    /// Number of fetuses known so far.
    pub fetuses: u8,
    /// 第何子 (1 = first child).
    pub birth_order: Option<u8>,
    /// 里帰り: place and period.
    #[serde(default)]
    pub satogaeri: Option<Stay>,
    #[serde(default)]
    pub clinic: String,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub next: Option<Next>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stay {
    pub from: Day,
    pub until: Option<Day>,
    pub place: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Born {
    pub birth: Span,
    /// Mother's file.
    pub mother: i64,
    /// Gram.
    pub weight: Option<i32>,
    pub weeks: Option<u8>,
    /// 1, 2 … among multiples.
    pub order: u8,
    pub multiple: bool,
    #[serde(default)]
    pub wish_newborn_visit: bool,
    /// 里帰り先から帰宅する日.
    #[serde(default)]
    pub home_from: Option<Day>,
}

/// 連絡上の注意 (practice.md §5).
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Caution {
    pub voicemail: Option<bool>,
    pub sms: Option<bool>,
    pub absence_card: Option<bool>,
    /// Letters and cards by post.
    pub mail: Option<bool>,
    /// How to introduce oneself.
    pub introduce: String,
    /// To whom one may speak.
    pub speak_to: String,
    pub times: String,
    pub note: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Closure {
    /// The duty's key.
    pub key: String,
    /// `not_applicable` (対象外), `ended` (終結), `already_done` (実は済), `declined` (本人の意向), `decided` (判断済),
    /// `before` (移行前: 初期整理).
    pub how: String,
    pub reason: String,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Deferred {
    /// The duty's key.
    pub key: String,
    /// 次の対応の日.
    pub on: Day,
    pub reason: String,
}
