//! Why a line stands, and why not (promise 4): asked for one person at a time, never stored.

use alloc::{format, string::String, vec::Vec};

use rules::{Day, Rule, Rulebook, Standing, Step, wareki};

use crate::{
    body::{Body, Contact, Reached},
    disclosure::{self, REPLY},
    duties::{NEXT_CONTACT, key as duty_key},
    fold::{Entry, Story},
    kin::Relative,
    office::handover::{self, ESCALATION, HANDOVER},
    person::Person,
    protection::{self, REVIEW},
    scopes::{Scope, scopes},
};

/// The reason of one duty, in plain Japanese.
#[derive(Clone, Debug, Default)]
pub struct Why {
    /// Title, law, version, evidence source of the rule; `None` for a promise.
    pub rule: Option<RuleNote>,
    /// The arithmetic with its dates, most telling first.
    pub because: Vec<String>,
    /// Events it was read from (their first recording).
    pub read: Vec<i64>,
}

#[derive(Clone, Debug)]
pub struct RuleNote {
    pub id: String,
    pub service: String,
    pub title: String,
    pub law: String,
    pub valid_from: Day,
    pub evidence: String,
}

impl From<&Rule> for RuleNote {
    fn from(rule: &Rule) -> RuleNote {
        RuleNote {
            id: rule.id.clone(),
            service: rule.service.clone(),
            title: rule.title.clone(),
            law: rule.law.clone(),
            valid_from: rule.valid_from,
            evidence: rule.evidence.clone(),
        }
    }
}

/// Why the duty of this key stands today.
pub fn why<'a>(
    story: &Story<'a>,
    person: &Person<'a>,
    relatives: &[Relative<'a>],
    rulebook: &Rulebook,
    key: &str,
    today: Day,
) -> Why {
    if key.starts_with(NEXT_CONTACT) {
        return promised(story, key);
    }
    if [HANDOVER, ESCALATION].iter().any(|of| key.starts_with(of)) {
        return Why { because: handover::because(story, key), ..Why::default() };
    }
    if key.starts_with(REVIEW) {
        return Why { because: protection::because(story, key), ..Why::default() };
    }
    if key.starts_with(REPLY) {
        return Why { because: disclosure::because(story, key), ..Why::default() };
    }
    for scope in scopes(story, person, relatives) {
        for rule in rulebook.rules_for(scope.facts.subject).filter(|r| r.duty) {
            if !key.starts_with(rule.service.as_str()) {
                continue;
            }
            let steps = rulebook.evaluate(rule, &scope.facts, true).steps;
            let read = read(&scope, &steps);
            for step in steps {
                if duty_key(&rule.service, step.dose, step.occurrence, scope.episode) != key {
                    continue;
                }
                let because = match step.standing {
                    Standing::Open(phases) => phases
                        .into_iter()
                        .find(|p| p.applies_until.is_none_or(|u| u >= today))
                        .map(|p| p.because)
                        .unwrap_or_default(),
                    Standing::Done { on, .. } => alloc::vec![format!("{}に済みました。", wareki::date(on))],
                    Standing::Excused { reason, .. } => alloc::vec![reason],
                };
                return Why { rule: Some(RuleNote::from(rule)), because, read };
            }
        }
    }
    Why::default()
}

/// Events a rule was read from: the dates of its scope, then what has been done of it already, then records of relatives.
fn read(scope: &Scope<'_>, steps: &[Step]) -> Vec<i64> {
    let mut read: Vec<i64> = Vec::new();
    let done = steps.iter().filter_map(|step| match step.standing {
        Standing::Done { event, .. } | Standing::Excused { event, .. } => Some(event),
        Standing::Open(_) => None,
    });
    let of_kin_and_letters = steps.iter().flat_map(|step| {
        let phases = match &step.standing {
            Standing::Open(phases) => phases.as_slice(),
            _ => &[],
        };
        let letters = phases.iter().filter_map(|p| p.letter);
        step.kin.iter().chain(phases.iter().flat_map(|p| &p.kin)).copied().chain(letters)
    });
    for event in scope.facts.dates.iter().map(|d| d.event).chain(done).chain(of_kin_and_letters) {
        if !read.contains(&event) {
            read.push(event);
        }
    }
    read
}

/// A rule that owes nothing now.
#[derive(Clone, Debug)]
pub struct WhyNot {
    pub rule: RuleNote,
    pub reason: String,
    /// Events it was read from (their first recording).
    pub read: Vec<i64>,
}

/// Services of this person that owe nothing now, with the reason.
pub fn why_not<'a>(
    story: &Story<'a>,
    person: &Person<'a>,
    relatives: &[Relative<'a>],
    rulebook: &Rulebook,
) -> Vec<WhyNot> {
    let mut reasons = Vec::new();
    for scope in scopes(story, person, relatives) {
        for rule in rulebook.rules_for(scope.facts.subject).filter(|r| r.duty) {
            let outcome = rulebook.evaluate(rule, &scope.facts, true);
            // 「記録はありません」 would reassure somebody who may not know of the record.
            if rule.hangs_on_kin() && outcome.steps.is_empty() {
                continue;
            }
            if let Some(reason) = outcome.why_not {
                reasons.push(WhyNot { rule: RuleNote::from(rule), reason, read: read(&scope, &outcome.steps) });
            }
        }
    }
    reasons
}

fn promised(story: &Story<'_>, key: &str) -> Why {
    let root = key.rsplit('#').next().and_then(|n| n.split('@').next()).and_then(|n| n.parse::<i64>().ok());
    let Some(entry) = story.entries.iter().find(|e| Some(e.root) == root) else { return Why::default() };
    let mut because = Vec::new();
    if let Some(next) = next_of(entry.body) {
        because.push(format!(
            "{}の{}で、次は{}に{}と決めました。",
            wareki::month_day(entry.day.hi),
            title(entry.body),
            wareki::month_day(next.0),
            next.1
        ));
    }
    let later: Vec<&Entry<'_>> = story.entries.iter().filter(|e| about(e.body) == Some(key)).collect();
    if let Some(last) = later.last() {
        because.push(format!("そのあと{}に{}。", wareki::month_day(last.day.hi), title(last.body)));
    }
    Why { rule: None, because, read: alloc::vec![entry.root] }
}

fn about(body: &Body) -> Option<&str> {
    match body {
        Body::Contact(c) | Body::Visit(c) => c.about.as_deref(),
        Body::Service(s) => s.about.as_deref(),
        _ => None,
    }
}

fn next_of(body: &Body) -> Option<(Day, &'static str)> {
    let next = match body {
        Body::Contact(c) | Body::Visit(c) => c.next.as_ref(),
        Body::Service(s) => s.next.as_ref(),
        Body::PregnancyNotified(p) => p.next.as_ref(),
        _ => None,
    }?;
    Some((next.on, next_word(&next.what)))
}

/// The word for a promised next step.
pub fn next_word(what: &str) -> &'static str {
    match what {
        "call" => "電話する",
        "visit" => "訪問する",
        "interview" => "面談する",
        "letter" => "手紙を送る",
        "watch" => "様子を見る",
        "address" => "宛先を確かめる",
        _ => "連絡する",
    }
}

/// What an event is called in the log and in reasons.
pub fn title(body: &Body) -> String {
    let reached = |c: &Contact| match c.result {
        Reached::Reached => "",
        Reached::Absent => "（不在）",
        Reached::CallBack => "（折り返し待ち）",
        Reached::DeadNumber => "（番号が不通）",
        Reached::Refused => "（辞退）",
    };
    let plain = match body {
        Body::Contact(c) => {
            let means = match c.means.as_str() {
                "phone" => "電話",
                "face" => "面接",
                "letter" => "手紙",
                "online" => "オンライン面談",
                _ => "連絡",
            };
            return format!("{means}{}", reached(c));
        }
        Body::Visit(c) => return format!("訪問{}", reached(c)),
        Body::Resident(r) => match r.cause.as_str() {
            "birth" => "住民記録（出生）",
            "moved_in" => "住民記録（転入）",
            "provisional" => "仮登録",
            "ex_officio" => "住民記録（職権）",
            _ => "住民記録",
        },
        Body::MovedOut { .. } => "転出",
        Body::Died => "死亡",
        Body::Service(_) => "実施の記録",
        Body::PregnancyNotified(_) => "妊娠届",
        Body::PregnancyEnded { .. } => "妊娠終了",
        Body::Delivered { .. } => "出産",
        Body::Born(_) => "出生",
        Body::Period { name, .. } => period_word(name),
        Body::Caution(_) => "連絡上の注意",
        Body::Disclosure(_) => "開示請求の受付",
        Body::DisclosureExtended(_) => "開示請求の期限の延長",
        Body::DisclosureAnswered(_) => "開示請求への決定",
        Body::Protection { on: true, .. } => "秘匿の設定",
        Body::Protection { on: false, .. } => "秘匿の解除",
        Body::Relation { .. } => "家族・関係者",
        Body::Closure(_) => "終結・対象外",
        Body::Deferred(_) => "持ち越し",
        Body::Sent(_) => "郵便の発送",
        Body::Held(_) => "郵便を送らない判断",
        Body::Returned(_) => "郵便の返戻",
        Body::Released { .. } => "台帳からの終結",
        Body::Joined(_) | Body::JoinedBy { .. } => "台帳のまとめ",
        Body::ToldApart { .. } => "別の人",
        Body::Note { .. } => "メモ",
        Body::Withdrawn { .. } => "取消",
        Body::Erased { .. } => "抹消",
        Body::BatchWithdrawn { .. } => "取込の取消",
        Body::Assigned(_) => "担当の決定",
        Body::Absent(_) => "休みと代行",
        Body::HandedOver(_) => "担当替え",
        Body::HandoverRead(_) => "引継書を読んだ",
        Body::Escalated(_) => "上位者の対応にした",
        Body::SourceArrived { .. } => "資料の到着",
        Body::SettingChanged { .. } => "設定の変更",
        Body::RulesProposed(_) => "規則の変更案",
        Body::RulesDecided(_) => "規則の変更案の承認",
        Body::RulesPublished(_) => "規則の公開",
        Body::RulesCarriedOut(_) => "公開した規則の反映",
        Body::Renamed(_) => "名称の変更",
        Body::Staff(_) => "職員",
        Body::Emergency(_) => "緊急閲覧",
        Body::EmergencyReviewed(_) => "緊急閲覧の確認",
        Body::Inspected(_) => "閲覧の点検",
        Body::SheetConfirmed(_) => "点検表の確認",
    };
    String::from(plain)
}

/// The word for a dated state.
pub fn period_word(name: &str) -> &'static str {
    match name {
        "satogaeri" => "里帰り",
        "needs_support" => "要支援",
        "low_birth_weight" => "低体重",
        "wish_newborn_visit" => "新生児訪問の希望",
        "vouchers_used_up" => "受診票の使い切り",
        "hospital" => "入院",
        "letters_stopped" => "発送停止",
        "youtaikyo" => "要対協の対象",
        "support_centre" => "子育て世代包括支援センター",
        "family_centre" => "こども家庭センター",
        _ => "期間",
    }
}

/// The word for an act or service that is no rule's own service (a rule's title comes from the rulebook).
pub fn act_word(code: &str) -> Option<&'static str> {
    Some(match code {
        "bcg" => "BCG",
        "hepb" => "B型肝炎",
        "rota" => "ロタウイルス",
        "dpt_ipv_hib" => "5種混合",
        "dpt_ipv" => "4種混合",
        "mr" => "MR（麻しん・風しん）",
        "varicella" => "水痘",
        "je" => "日本脳炎",
        "dt" => "DT（2種混合）",
        "hpv" => "HPV",
        "rsv_maternal" => "妊婦RSV",
        "mumps" => "おたふくかぜ",
        "varicella_disease" => "水痘の罹患",
        "pregnancy_notification" => "妊娠届",
        "pregnancy_support_1" => "妊娠届出時の面談",
        "postpartum_checkup" => "産婦健診",
        "postnatal_care" => "産後ケア",
        "checkup_1m" => "1か月児健診",
        "checkup_9_11m" => "9〜11か月児健診",
        "checkup_5y" => "5歳児健診",
        "pregnancy_support_3" => "出生後の面談",
        "maternity_benefit_1" => "妊婦支援給付金（1回目）",
        "maternity_benefit_2" => "妊婦支援給付金（2回目）",
        "hearing_screening" => "新生児聴覚検査",
        "mass_screening" => "先天性代謝異常等検査",
        "low_birth_weight_notice" => "低体重児届",
        "youiku_iryo" => "養育医療",
        "shouman_certified" => "小慢の認定",
        "shouman_school_talk" => "就学前の相談（小慢）",
        "shouman_transition_talk" => "移行期の相談（小慢）",
        "home_visit_newborn" => "新生児訪問",
        "home_visit_4m" => "全戸訪問",
        "invited" => "案内の送付",
        "invited_again" => "再案内の送付",
        "epds" => "EPDS（産後うつの質問票）",
        "epds_item10" => "EPDS第10項目",
        "contact" => "連絡",
        "visit" => "訪問",
        "seen" => "目視",
        "closure" => "終結の判断",
        HANDOVER => "引継書を読む",
        ESCALATION => "上位者の対応",
        // Lists are looked at over shoulders: what it is about stands on the person's page.
        REVIEW => "設定の見直し",
        REPLY => "書面への回答",
        _ => return None,
    })
}
