//! 生まれた年度: children by the class they go to school with (born 2 April to 1 April); for everybody else (pregnancies,
//! mothers) the fiscal year in which the line was due.

use rules::{Day, counting, wareki};

/// Whoever is older is no child of a class.
const CLASSES: i32 = 19;
/// Lines older than this many fiscal years are one cohort.
const DUE: i32 = 30;

/// The cohort of a line as SQL over its columns `birth` and `deadline`: `b2019`, `d2024`, or nothing.
pub fn sql(today: Day) -> String {
    let year = counting::fiscal_year(today);
    let start = |year: i32, day: i32| counting::in_fiscal_year(year, 4, day).map_or(i32::MIN + 1, |d| d.0);
    let mut sql = String::from("case when birth is not null and birth >= ");
    sql.push_str(&format!("{} then case", start(year - CLASSES, 2)));
    for class in year - CLASSES..=year {
        sql.push_str(&format!(" when birth < {} then 'b{class}'", start(class + 1, 2)));
    }
    sql.push_str(&format!(" else 'b{}' end when deadline is null then '' else case", year + 1));
    for due in year - DUE..=year + 1 {
        sql.push_str(&format!(" when deadline < {} then 'd{due}'", start(due + 1, 1)));
    }
    sql.push_str(&format!(" else 'd{}' end end", year + 2));
    sql
}

/// 「H31.4.2〜R2.4.1生まれ（小1）」「おとな・令和6年度が期限」
pub fn label(code: &str, today: Day) -> String {
    let year = code.get(1..).and_then(|year| year.parse::<i32>().ok());
    match (code.get(..1), year) {
        (Some("b"), Some(year)) => born(year, today),
        (Some("d"), Some(year)) => match counting::in_fiscal_year(year, 4, 1) {
            Some(day) => format!("おとな・{}が期限", wareki::fiscal_year(day)),
            None => String::from("おとな"),
        },
        _ => String::from("年度なし"),
    }
}

fn born(year: i32, today: Day) -> String {
    let (Some(from), Some(to)) = (counting::in_fiscal_year(year, 4, 2), counting::in_fiscal_year(year + 1, 4, 1))
    else {
        return String::from("年度なし");
    };
    let class = match counting::fiscal_year(today) - year - 1 {
        n @ 0..=5 => format!("（{n}歳児）"),
        n @ 6..=11 => format!("（小{}）", n - 5),
        n @ 12..=14 => format!("（中{}）", n - 11),
        n @ 15..=17 => format!("（高{}の年）", n - 14),
        _ => String::new(),
    };
    format!("{}〜{}生まれ{class}", wareki::short(from), wareki::short(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_told_with_its_days_and_what_it_is_now() {
        let today = Day::from_ymd(2026, 6, 15).unwrap_or(Day(0));
        assert_eq!(label("b2019", today), "H31.4.2〜R2.4.1生まれ（小1）");
        assert_eq!(label("b2026", today), "R8.4.2〜R9.4.1生まれ");
        assert_eq!(label("b2020", today), "R2.4.2〜R3.4.1生まれ（5歳児）");
        assert!(label("d2024", today).starts_with("おとな・"), "{}", label("d2024", today));
        assert_eq!(label("", today), "年度なし");
    }
}
