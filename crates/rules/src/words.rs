//! The vocabulary of the rulebook: every name a rule file may use. A name outside these lists is a fault of the file, so
//! that a slip of the pen cannot silently make a rule that never applies.

/// Populations.
pub const SUBJECTS: &[&str] = &["child", "pregnancy", "postpartum", "resident", "office"];

/// Named dates of a subject, with the words that rule files and explanations use for them.
pub const DATES: &[(&str, &str)] = &[
    ("出生日", "birth"),
    ("分娩予定日", "edd"),
    ("分娩日", "delivery"),
    ("妊娠終了日", "loss"),
    ("死亡日", "death"),
    ("登録日", "registered"),
    ("転入日", "moved_in"),
    ("転出日", "moved_out"),
    ("帰宅日", "home_from"),
    ("初回面接日", "first_visit"),
    ("小慢の認定日", "shouman_certified"),
    ("関係者の記録日", KIN_RECORD),
];

/// The date a rule with `population.kin` counts from: the day of the related person's record.
pub const KIN_RECORD: &str = "kin_record";

/// Related persons whose recorded facts a rule may read, with what explanations call them. Depth one.
pub const KIN: &[(&str, &str)] = &[("母", "mother"), ("父", "father"), ("子", "child"), ("きょうだい", "sibling")];

/// Acts: what was done. Check-ups and visits carry the code of their service.
pub const ACTS: &[&str] = &[
    "bcg",
    "hepb",
    "rota",
    "dpt_ipv_hib",
    "dpt_ipv",
    "hib",
    "pcv",
    "mr",
    "varicella",
    "je",
    "dt",
    "hpv",
    "rsv_maternal",
    "mumps",
    "varicella_disease",
    "delivery",
    "pregnancy_notification",
    "shouman_certified",
    "special_circumstance_start",
    "special_circumstance_end",
    "prenatal_checkup",
    "pregnancy_support_1",
    "pregnancy_support_2",
    "pregnancy_support_3",
    "maternity_benefit_1",
    "maternity_benefit_2",
    "postpartum_checkup",
    "postpartum_checkup_2w",
    "postpartum_checkup_1m",
    "postnatal_care",
    "checkup_1m",
    "checkup_3_4m",
    "checkup_9_11m",
    "checkup_18m",
    "checkup_3y",
    "checkup_5y",
    "home_visit_newborn",
    "home_visit_4m",
    "hearing_screening",
    "mass_screening",
    "low_birth_weight_notice",
    "youiku_iryo",
    "epds",
    "epds_item10",
    "shouman_school_talk",
    "shouman_transition_talk",
    "contact",
    "visit",
    "seen",
    "invited",
    "invited_again",
    "closure",
];

/// States with a beginning and perhaps an end.
pub const PERIODS: &[&str] = &[
    "satogaeri",
    "vouchers_used_up",
    "hospitalised",
    "wish_newborn_visit",
    "low_birth_weight",
    "needs_support",
    "youtaikyo",
    "long_illness",
    "special_circumstance",
    "female",
    "male",
    "mr_shortage_fy2024",
    "hbig_and_hepb_vaccine_for_mother_to_child_prevention",
];

/// Products whose use the law tells apart.
pub const PRODUCTS: &[&str] = &["rotarix", "rotateq", "pcv13", "pcv15", "pcv20", "hpv2", "hpv4", "hpv9", "abrysvo"];

/// How an act went when it does not count as done.
pub const NOT_DONE: &[&str] = &["absent", "refused", "cancelled"];

/// Where the evidence comes from; the office knows for each up to when it has arrived. `own` is never late.
pub const SOURCES: &[&str] = &["own", "residents", "vaccination", "checkup", "prenatal_voucher", "postpartum_voucher"];

/// What kind of injection: shown in explanations.
pub const KINDS: &[(&str, &str)] = &[("primary", "初回接種"), ("booster", "追加接種")];

/// 事業, for responsibility.
pub const PROGRAMMES: &[&str] =
    &["immunisation", "checkup", "infant_visit", "prenatal", "postpartum", "support", "protection", "register"];

/// The name of the date that a Japanese word stands for.
pub fn date_named(word: &str) -> Option<&'static str> {
    DATES.iter().find(|(japanese, _)| *japanese == word).map(|(_, name)| *name)
}

/// The Japanese word for a named date; the name itself if there is none.
pub fn date_word(name: &str) -> &str {
    DATES.iter().find(|(_, n)| *n == name).map_or(name, |(japanese, _)| japanese)
}

/// What a related person is called in explanations: by role, never by name.
pub fn kin_word(role: &str) -> &str {
    KIN.iter().find(|(_, n)| *n == role).map_or(role, |(japanese, _)| japanese)
}
