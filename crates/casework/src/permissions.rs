//! Who may do what: roles of the seed document and the narrow ones of the field, in one readable table.

/// A role held through a dated post in an office. One person may hold several and switch between them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// 保健師
    Phn,
    /// 助産師
    Midwife,
    /// 社会福祉士
    SocialWorker,
    /// 統括支援員
    Coordinator,
    /// センター長・係長
    Head,
    /// 子ども家庭支援員
    FamilyWorker,
    /// 虐待対応専門員
    ProtectionWorker,
    /// 心理担当
    Psychologist,
    /// 栄養士
    Dietitian,
    /// 歯科衛生士
    DentalHygienist,
    /// 会計年度任用職員 (事務)
    Clerk,
    /// 委託 (助産師・訪問員)
    Contracted,
    /// 自立支援員 (小慢, 保健所)
    IndependenceWorker,
    /// 県 (本庁)
    Prefecture,
    /// 管理者
    Admin,
}

/// What a route asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Permission {
    /// Open without signing in.
    Public,
    /// Anybody signed in (own account, sign-out, role switch).
    SignedIn,
    /// 今日の対応 and lists of persons.
    ReadLists,
    /// A person's page.
    ReadPerson,
    /// Contacts, visits, notes.
    RecordContact,
    /// Results of check-ups, vaccinations, 受診票.
    RecordService,
    /// 妊娠届, birth, end of a pregnancy.
    RecordPregnancy,
    /// 終結・対象外 and tier-1 decisions.
    CloseDuty,
    /// 一括整理: many lines of tier 2 by one recorded decision.
    SettleLines,
    /// 初期整理: what was open before 稼働基準日, tier 1 by name; and that day itself.
    SettleStart,
    /// Correction and taking back of records.
    Correct,
    /// 抹消.
    Erase,
    /// 秘匿, 連絡上の注意.
    SetSafety,
    /// 秘匿の解除: decided by another role than whoever set it ([`crate::protection`]).
    EndProtection,
    /// 開示請求: received, looked over, copied and decided ([`crate::disclosure`]).
    Disclose,
    /// 要対協・通告: record and read in the compartment, hide a link (特別養子縁組).
    KeepCompartment,
    /// Unmask one protected item for an act, logged.
    RevealProtected,
    /// 緊急閲覧: one person's records that the role does not open, for a while and with a reason ([`crate::emergency`]).
    BreakGlass,
    /// Who looked at whom and why; 緊急閲覧の確認 and 閲覧の点検.
    InspectReadings,
    /// How far 閲覧の点検 is, in counts.
    CountReadings,
    /// 住民記録の取込 and 過去の記録の取込, and their undo.
    ImportResidents,
    /// Staff, posts, assignments, settings.
    Administer,
    /// Confirmed figures of municipalities.
    ReadFigures,
    /// What the law says of histories that are sent: nobody's record is read.
    Forecast,
    /// 規則集: the rules as written, nobody's data.
    ReadRulebook,
    /// 一覧の健全性: counts of how an office's lines were closed.
    ReadListHealth,
    /// 未把握・未対応点検表: the figures; names besides need [`Permission::ReadLists`].
    ReadCheckSheet,
    /// Confirm the check sheet of the day by name.
    ConfirmCheckSheet,
    /// 規則の変更案: what an office wants changed and what that would do, in counts.
    ReadRuleChanges,
    /// Propose, publish and put back.
    ChangeRules,
    /// Approve or decline somebody else's proposal.
    ApproveRules,
    /// 体制: lines by worker, vacant posts, who has read what was handed over.
    ReadSupervision,
    /// 引継書, wider than the room: whoever gives or takes over. It singles out 要支援 and above, so a visitor must not see it.
    ReadHandover,
    /// 担当替え, 休みと代行, and what a superior takes up.
    Reassign,
}

impl Role {
    pub const ALL: [Role; 15] = [
        Role::Phn,
        Role::Midwife,
        Role::SocialWorker,
        Role::Coordinator,
        Role::Head,
        Role::FamilyWorker,
        Role::ProtectionWorker,
        Role::Psychologist,
        Role::Dietitian,
        Role::DentalHygienist,
        Role::Clerk,
        Role::Contracted,
        Role::IndependenceWorker,
        Role::Prefecture,
        Role::Admin,
    ];

    /// The code as stored, and the name as shown.
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Role::Phn => ("phn", "保健師"),
            Role::Midwife => ("midwife", "助産師"),
            Role::SocialWorker => ("social_worker", "社会福祉士"),
            Role::Coordinator => ("coordinator", "統括支援員"),
            Role::Head => ("head", "センター長・係長"),
            Role::FamilyWorker => ("family_worker", "子ども家庭支援員"),
            Role::ProtectionWorker => ("protection_worker", "虐待対応専門員"),
            Role::Psychologist => ("psychologist", "心理担当"),
            Role::Dietitian => ("dietitian", "栄養士"),
            Role::DentalHygienist => ("dental_hygienist", "歯科衛生士"),
            Role::Clerk => ("clerk", "会計年度任用職員（事務）"),
            Role::Contracted => ("contracted", "委託（助産師・訪問員）"),
            Role::IndependenceWorker => ("independence_worker", "自立支援員"),
            Role::Prefecture => ("prefecture", "県（本庁）"),
            Role::Admin => ("admin", "管理者"),
        }
    }

    pub const fn code(self) -> &'static str {
        self.names().0
    }

    pub const fn label(self) -> &'static str {
        self.names().1
    }

    pub fn from_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.code() == code)
    }

    /// The permission table. A test keeps its printed form, so a change shows up as text.
    pub fn may(self, permission: Permission) -> bool {
        use Permission::*;
        use Role::*;
        match permission {
            Public | SignedIn => true,
            ReadLists => !matches!(self, Contracted | Prefecture | Admin | IndependenceWorker),
            ReadPerson => !matches!(self, Contracted | Prefecture | Admin | IndependenceWorker),
            RecordContact => !matches!(self, Contracted | Prefecture | Admin | IndependenceWorker | Clerk),
            RecordService => matches!(
                self,
                Phn | Midwife | SocialWorker | Coordinator | Head | Psychologist | Dietitian | DentalHygienist | Clerk
            ),
            RecordPregnancy => matches!(self, Phn | Midwife | SocialWorker | Coordinator | Head | Clerk),
            CloseDuty => matches!(self, Phn | Midwife | SocialWorker | Coordinator | Head),
            SettleLines => matches!(self, Phn | Midwife | SocialWorker | Coordinator | Head),
            SettleStart => matches!(self, Coordinator | Head),
            Correct => {
                matches!(self, Phn | Midwife | SocialWorker | Coordinator | Head | FamilyWorker | ProtectionWorker)
            }
            Erase => matches!(self, Coordinator | Head),
            SetSafety => {
                matches!(self, Phn | Midwife | SocialWorker | Coordinator | Head | FamilyWorker | ProtectionWorker)
            }
            RevealProtected => {
                matches!(self, Phn | Midwife | SocialWorker | Coordinator | Head | ProtectionWorker)
            }
            EndProtection => matches!(self, Coordinator | Head),
            // The copy holds a whole file: those who answer for the office. 管理者 sees nobody's record.
            Disclose => matches!(self, Coordinator | Head),
            // For all others there is nothing that it would open. 県 and 管理者 see nobody's records, emergency or not.
            BreakGlass => matches!(self, Clerk | Contracted | IndependenceWorker),
            InspectReadings => matches!(self, Coordinator | Head),
            CountReadings => matches!(self, Coordinator | Head | Admin),
            // Those who may see its records (児福25条の2): platform/src/mask.
            KeepCompartment => matches!(self, ProtectionWorker | Coordinator | Head),
            ImportResidents => matches!(self, Coordinator | Head | Clerk | Admin),
            Administer => matches!(self, Admin),
            ReadFigures => matches!(self, Prefecture | Coordinator | Head | Admin),
            Forecast => !matches!(self, Contracted),
            ReadRulebook => !matches!(self, Contracted | IndependenceWorker),
            ReadListHealth => matches!(self, Coordinator | Admin),
            ReadCheckSheet => matches!(self, Phn | Midwife | SocialWorker | Coordinator | Head | Admin),
            ConfirmCheckSheet => matches!(self, Coordinator | Head),
            ReadRuleChanges => matches!(self, Coordinator | Head | Admin),
            ChangeRules => matches!(self, Admin),
            ApproveRules => matches!(self, Coordinator | Admin),
            ReadSupervision => matches!(self, Coordinator | Head),
            ReadHandover => self.may(ReadLists),
            Reassign => matches!(self, Coordinator | Head),
        }
    }
}

impl Permission {
    /// Whether its pages are open in 窓口モード, while a visitor may see the screen. Only these: what protects, unmasks,
    /// mends, imports or administers shows more than a visitor may see, and so may what is not thought of yet.
    pub fn at_counter(self) -> bool {
        use Permission::*;
        matches!(
            self,
            Public
                | SignedIn
                | ReadLists
                | ReadPerson
                | RecordContact
                | RecordService
                | RecordPregnancy
                | CloseDuty
                | ReadRulebook
                | Forecast
        )
    }

    pub const ALL: [Permission; 34] = [
        Permission::Public,
        Permission::SignedIn,
        Permission::ReadLists,
        Permission::ReadPerson,
        Permission::RecordContact,
        Permission::RecordService,
        Permission::RecordPregnancy,
        Permission::CloseDuty,
        Permission::SettleLines,
        Permission::SettleStart,
        Permission::Correct,
        Permission::Erase,
        Permission::SetSafety,
        Permission::EndProtection,
        Permission::Disclose,
        Permission::KeepCompartment,
        Permission::RevealProtected,
        Permission::BreakGlass,
        Permission::InspectReadings,
        Permission::CountReadings,
        Permission::ImportResidents,
        Permission::Administer,
        Permission::ReadFigures,
        Permission::Forecast,
        Permission::ReadRulebook,
        Permission::ReadListHealth,
        Permission::ReadCheckSheet,
        Permission::ConfirmCheckSheet,
        Permission::ReadRuleChanges,
        Permission::ChangeRules,
        Permission::ApproveRules,
        Permission::ReadSupervision,
        Permission::ReadHandover,
        Permission::Reassign,
    ];
}
