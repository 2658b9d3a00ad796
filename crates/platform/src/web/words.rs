//! Words that every page says alike: days in short, ages and weeks, names, sources and results.

use rules::{Day, counting, wareki};

use super::view::Name;

/// 「11/24」, with the year where it is not this one.
pub fn short(day: Day, today: Day) -> String {
    if day.ymd().0 == today.ymd().0 { wareki::month_day(day) } else { wareki::short(day) }
}

/// The word for a source of evidence.
pub fn source(code: &str) -> &str {
    match code {
        "own" => "この窓口の記録",
        "residents" => "住民記録",
        "prenatal_voucher" => "妊婦健診受診票",
        "postpartum_voucher" => "産婦健診受診票",
        "vaccination" => "予防接種予診票",
        "checkup" => "健診",
        "visit" => "訪問記録",
        "pregnancy" => "妊娠届",
        other => other,
    }
}

/// A source and how far it has arrived: a whole month, or a day.
pub fn arrival(code: &str, through: Day) -> String {
    let (year, month, day) = through.ymd();
    match counting::month_end(year, month) {
        Some(end) if end.ymd().2 == day => format!("{} {month}月分まで到着", source(code)),
        _ => format!("{} {}分まで到着", source(code), wareki::month_day(through)),
    }
}

/// 「生後98日」「3歳2か月」「妊娠32週1日」: computed for display, never stored.
pub fn about(birth: Option<Day>, edd: Option<Day>, today: Day) -> String {
    if let Some(edd) = edd
        && let Some((weeks, days)) = counting::gestation(edd, today)
    {
        return format!("妊娠{weeks}週{days}日");
    }
    let Some(birth) = birth else { return String::new() };
    let days = today.since(birth);
    if days < 0 {
        return String::new();
    }
    match counting::age(birth, today) {
        (0, months) if months < 4 => format!("生後{days}日"),
        (0, months) => format!("{months}か月"),
        (years, _) if years >= 18 => format!("{years}歳"),
        (years, months) => format!("{years}歳{months}か月"),
    }
}

/// Somebody without a name yet is named by what is known.
pub fn name(text: &str, kana: &str) -> Name {
    if text.is_empty() {
        return Name { text: String::from("（名前未登録の子）"), ruby: String::new() };
    }
    let kana_only = text.chars().all(|c| matches!(c, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '・' | ' ' | '　'));
    Name { text: text.to_owned(), ruby: if kana_only { String::new() } else { kana.to_owned() } }
}

/// The result of a service; empty where it is simply done.
pub fn result_word(result: &str) -> &str {
    match result {
        "" | "done" => "",
        "normal" => "異常なし",
        "absent" => "未受診",
        "refused" => "受けない意向",
        "needs_exam" => "要精密",
        "needs_treatment" => "要医療",
        "in_treatment" => "治療・管理中",
        "watch" => "要観察",
        other => other,
    }
}
