//! What codes of rule files are called by those who read the rulebook.

use rules::{Day, rule::Counting, wareki};

use super::library::{Library, Written};

/// Areas in the order of the page; others follow.
pub const AREAS: &[&str] =
    &["予防接種", "乳幼児健診", "乳児訪問", "妊娠", "産後", "新生児", "小児慢性特定疾病", "要対協", "継続"];

pub fn subject(code: &str) -> &str {
    match code {
        "child" => "子ども",
        "pregnancy" => "妊婦",
        "postpartum" => "産婦（出産した人）",
        "resident" => "住民",
        "office" => "窓口",
        other => other,
    }
}

/// 区分, short as in the table.
pub fn tier(written: &Written) -> &'static str {
    match (written.file.duty, written.file.tier) {
        (false, _) => "仕事にしない",
        (true, 1) => "個別判断",
        (true, 2) => "月次一括",
        _ => "記録のみ",
    }
}

/// What the 区分 means for the list.
pub fn tier_about(written: &Written) -> &'static str {
    match (written.file.duty, written.file.tier) {
        (false, _) => "期間を調べるためだけの規則です。だれのやることにもなりません。",
        (true, 1) => "一人ずつ、だれかが決めるまで一覧に残ります。",
        (true, 2) => "月に一度の一覧で、まとめて判断します。",
        _ => "個人の画面に出ます。一覧の行にはなりません。",
    }
}

pub fn programme(code: &str) -> &str {
    match code {
        "immunisation" => "予防接種",
        "checkup" => "乳幼児健診",
        "infant_visit" => "乳児訪問",
        "prenatal" => "妊娠期",
        "postpartum" => "産後",
        "support" => "相談・支援",
        "protection" => "児童虐待対応",
        "register" => "台帳",
        other => other,
    }
}

/// Whose news settles it.
pub fn evidence(code: &str) -> &str {
    match code {
        "own" => "この窓口の記録（遅れて届くことはない）",
        "residents" => "住民記録（取込の日まで）",
        "vaccination" => "予防接種予診票（医療機関から届く）",
        "checkup" => "健診の結果（受診者名簿・医療機関から届く）",
        "prenatal_voucher" => "妊婦健診受診票（医療機関から届く）",
        "postpartum_voucher" => "産婦健診受診票（医療機関から届く）",
        other => other,
    }
}

pub fn counting(counting: Counting) -> &'static str {
    match counting {
        Counting::Vaccination => "定期接種の数え方：年齢には誕生日の前日に至る。始めも終わりもその日を含む",
        Counting::Checkup => "母子保健法の数え方：満年齢・満月齢。始めも終わりもその日を含む",
        Counting::Gestation => "分娩予定日から数えた妊娠週数",
        Counting::Calendar => "起点の日から数えた日数・月数",
        Counting::SchoolYear => "年度（4月1日から3月31日）と就学。4月1日生まれは上の学年",
    }
}

pub fn date(name: &str) -> &str {
    match name {
        "birth" => "生年月日",
        other => rules::words::date_word(other),
    }
}

/// An act; those that are a service of their own have its title.
pub fn act(library: &Library, code: &str) -> String {
    let further = match code {
        "delivery" => Some("出産"),
        "prenatal_checkup" => Some("妊婦健診"),
        "special_circumstance_start" => Some("特別の事情の始まり"),
        "special_circumstance_end" => Some("特別の事情の終わり"),
        _ => None,
    };
    let known = further.or_else(|| casework::explain::act_word(code)).or_else(|| library.title_of(code));
    known.unwrap_or(code).to_owned()
}

pub fn acts(library: &Library, codes: &[String]) -> String {
    codes.iter().map(|code| act(library, code)).collect::<Vec<_>>().join("・")
}

pub fn period(name: &str) -> &str {
    match name {
        "satogaeri" => "里帰り",
        "vouchers_used_up" => "受診票を使い切った",
        "hospitalised" => "入院",
        "wish_newborn_visit" => "新生児訪問の希望",
        "low_birth_weight" => "低体重",
        "needs_support" => "要支援",
        "youtaikyo" => "要対協（要保護児童対策地域協議会）の対象",
        "long_illness" => "長期の病気",
        "special_circumstance" => "長期療養などの特別の事情",
        "female" => "女",
        "male" => "男",
        "mr_shortage_fy2024" => "令和6年度MRワクチン供給不足（市の認定）",
        "hbig_and_hepb_vaccine_for_mother_to_child_prevention" => "母子感染予防（HBIGとB型肝炎ワクチン）",
        other => other,
    }
}

pub fn periods(names: &[String]) -> String {
    names.iter().map(|name| period(name)).collect::<Vec<_>>().join("・")
}

pub fn product(code: &str) -> String {
    let word = match code {
        "rotarix" => "ロタウイルス1価",
        "rotateq" => "ロタウイルス5価",
        "pcv13" => "13価",
        "pcv15" => "15価",
        "pcv20" => "20価",
        "hpv2" => "2価",
        "hpv4" => "4価",
        "hpv9" => "9価",
        "abrysvo" => "母子免疫ワクチン（アブリスボ）",
        other => other,
    };
    word.to_owned()
}

/// The product of an injection, or the service somebody was invited to.
pub fn product_or_act(library: &Library, code: &str) -> String {
    if rules::words::PRODUCTS.contains(&code) { product(code) } else { act(library, code) }
}

pub fn products(codes: &[String]) -> String {
    codes.iter().map(|code| product(code)).collect::<Vec<_>>().join("・")
}

pub fn kind(code: &str) -> &str {
    rules::words::KINDS.iter().find(|(name, _)| *name == code).map_or("", |(_, word)| word)
}

pub fn result(code: &str) -> &str {
    match code {
        "absent" => "不在・未受診",
        "refused" => "辞退",
        "cancelled" => "中止",
        other => other,
    }
}

/// The status of an example.
pub fn status(code: &str) -> &str {
    match code {
        "not_yet" => "まだ始まらない",
        "due" => "期間内",
        "recommended" => "標準的な時期",
        "overdue" => "時期・期限を過ぎた（期間内）",
        "expired" => "期間が終わった",
        "complete" => "済",
        "not_eligible" => "対象外",
        other => other,
    }
}

/// 令和8年4月1日 where a file says 2026-04-01; other words stay.
pub fn bound(text: &str) -> String {
    Day::parse_iso(text).map_or_else(|| text.to_owned(), wareki::date)
}

/// 令和8年4月1日から令和9年3月31日まで; 「〜から」 where there is no end.
pub fn between(from: Option<&str>, to: Option<&str>) -> String {
    let from = from.map(|text| format!("{}から", bound(text))).unwrap_or_default();
    let to = to.map(|text| format!("{}まで", bound(text))).unwrap_or_default();
    from + &to
}

/// The numbers of `{name}` and `{a+b}` put into a phrase.
pub fn filled(text: &str, settings: &[(String, i32)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('{') {
        out.push_str(head);
        let Some((names, after)) = tail.split_once('}') else {
            return out + "{" + tail;
        };
        let value = |name: &str| settings.iter().find(|(n, _)| n == name.trim()).map_or(0, |(_, v)| *v);
        out.push_str(&names.split('+').map(value).sum::<i32>().to_string());
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn settings_stand_in_the_phrase_and_sums_are_added() {
        let settings = [(String::from("a"), 14), (String::from("b"), 7)];
        assert_eq!(filled("記録日から{a}日後", &settings), "記録日から14日後");
        assert_eq!(filled("分娩日から{a+b}日後の翌日", &settings), "分娩日から21日後の翌日");
        assert_eq!(filled("生後2月に至る日", &settings), "生後2月に至る日");
    }

    #[test]
    fn every_word_of_the_rule_language_is_said_in_japanese() {
        for name in rules::words::PERIODS {
            assert_ne!(period(name), *name);
        }
        for code in rules::words::PRODUCTS {
            assert_ne!(product(code), *code);
        }
        for code in rules::words::SUBJECTS {
            assert_ne!(subject(code), *code);
        }
        for code in rules::words::PROGRAMMES {
            assert_ne!(programme(code), *code);
        }
        for code in rules::words::SOURCES {
            assert_ne!(evidence(code), *code);
        }
        for code in rules::words::NOT_DONE {
            assert_ne!(result(code), *code);
        }
        let library = super::super::library::library().unwrap();
        for code in rules::words::ACTS {
            assert_ne!(act(library, code), *code, "{code}");
        }
    }
}
