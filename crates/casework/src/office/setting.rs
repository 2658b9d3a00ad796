//! What each setting of an office means, in the words of those who set it, and which values it takes.

use alloc::{
    format,
    string::{String, ToString},
};

use rules::{Day, wareki};

use crate::{act::Refusal, office::SETTINGS};

/// The values a setting takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One day; empty: not decided.
    Day,
    /// A whole number within both ends, with its unit; empty only where the shipped value is.
    Whole { least: i32, most: i32, unit: &'static str },
    /// One of a few codes, each with its word.
    Choice(&'static [(&'static str, &'static str)]),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Meaning {
    /// As in [`SETTINGS`].
    pub name: &'static str,
    pub label: &'static str,
    /// What changes with it.
    pub about: &'static str,
    pub kind: Kind,
}

/// One for each of [`SETTINGS`]; a test sees to it. A meaning whose setting this version does not have is not shown.
pub const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "operating_since",
        label: "稼働基準日",
        about: "この日より前に期限が過ぎていた対応を「移行前」とします。今日の対応で期限超過になりません。",
        kind: Kind::Day,
    },
    Meaning {
        name: "start_named_days",
        label: "初期整理で名前を見る日数",
        about: "稼働基準日の前、この日数以内に法の期間が終わった個別判断の対応は、初期整理で一人ずつ名前を見て決めます。",
        kind: Kind::Whole { least: 0, most: 3650, unit: "日" },
    },
    Meaning {
        name: "near_days",
        label: "期限間近にする日数",
        about: "期限までの残りがこの日数以内になった対応を「期限間近」として、今日の対応に出します。",
        kind: Kind::Whole { least: 0, most: 90, unit: "日" },
    },
    Meaning {
        name: "list_health_least",
        label: "一覧の健全性で割合を出す最少の件数",
        about: "終わった対応がこの件数より少ない規則では、「実は済んでいた」割合を出しません。",
        kind: Kind::Whole { least: 1, most: 1000, unit: "件" },
    },
    Meaning {
        name: "lock_minutes",
        label: "画面を自動でロックするまでの時間",
        about: "この時間操作がないと画面をロックします。決めていないときは、サーバーの設定に従います。",
        kind: Kind::Whole { least: 1, most: 720, unit: "分" },
    },
    Meaning {
        name: "emergency_minutes",
        label: "緊急閲覧の時間",
        about: "緊急閲覧で記録を開いていられる時間です。過ぎると開けなくなります。",
        kind: Kind::Whole { least: 5, most: 720, unit: "分" },
    },
    Meaning {
        name: "emergency_review_days",
        label: "緊急閲覧を点検するまでの日数",
        about: "緊急閲覧は、この日数以内に統括支援員かセンター長・係長が点検します。",
        kind: Kind::Whole { least: 1, most: 60, unit: "日" },
    },
    Meaning {
        name: "inspection_size",
        label: "閲覧の点検で選ぶ件数",
        about: "ひと月の閲覧から、この件数を無作為に選んで点検します。",
        kind: Kind::Whole { least: 1, most: 500, unit: "件" },
    },
    Meaning {
        name: "protection_review_months",
        label: "秘匿を見直すまでの月数",
        about: "秘匿を設定するとき、この月数のあとを見直し日として出します。人ごとに変えられます。見直し日を過ぎても秘匿は続きます。",
        kind: Kind::Whole { least: 1, most: 12, unit: "か月" },
    },
    Meaning {
        name: "protection_alone",
        label: "秘匿の解除を一人で決める",
        about: "秘匿の解除は、設定した人とは別の統括支援員かセンター長・係長が決めます。職員が一人の町で、ほかに決められる人がいないときに、一人で決めてよいかどうかです。",
        kind: Kind::Choice(&[("", "決められない"), ("1", "ほかにいないときは決めてよい")]),
    },
    Meaning {
        name: "disclosure_days",
        label: "開示請求に回答するまでの日数",
        about: "開示請求を受け付けた日から決定するまでの日数です。法律では30日以内です。条例で短くしているときに変えます。",
        kind: Kind::Whole { least: 1, most: 30, unit: "日" },
    },
    Meaning {
        name: "escalation",
        label: "上位者への連絡のしかた",
        about: "長く期限を過ぎた対応を、上位者にどう伝えるかです。",
        kind: Kind::Choice(&[
            ("off", "使わない"),
            ("weekly", "会議用の週ごとの一覧"),
            ("duty", "上位者の対応にできる"),
        ]),
    },
    Meaning {
        name: "reading_names",
        label: "閲覧の記録に職員の氏名を印刷する",
        about: "本人に渡す「だれが見たか」の紙に、仕事の種類に加えて職員の氏名を印刷するかどうかです。",
        kind: Kind::Choice(&[("", "印刷しない"), ("1", "印刷する")]),
    },
    Meaning {
        name: "posting_again_days",
        label: "同じものを続けて送らない日数",
        about: "同じ件名か同じ事業の郵便を、この日数以内に発送した人には、もう一度は送りません。",
        kind: Kind::Whole { least: 0, most: 366, unit: "日" },
    },
    Meaning {
        name: "posting_moved_days",
        label: "発送前に転居を確かめる日数",
        about: "この日数以内に住所が変わった人は、発送前の確認で「判断が要る」に出ます。",
        kind: Kind::Whole { least: 0, most: 366, unit: "日" },
    },
    Meaning {
        name: "posting_loss_days",
        label: "発送前に死亡・妊娠終了を確かめる日数",
        about: "妊娠終了からこの日数以内の人には送りません。家族に死亡か妊娠終了があった人は「判断が要る」に出ます。",
        kind: Kind::Whole { least: 0, most: 3650, unit: "日" },
    },
];

/// What an office may set, in the order of the page.
pub fn all() -> impl Iterator<Item = &'static Meaning> {
    MEANINGS.iter().filter(|m| SETTINGS.iter().any(|(name, _)| *name == m.name))
}

pub fn meaning(name: &str) -> Option<&'static Meaning> {
    all().find(|m| m.name == name)
}

/// The value that holds until the office decides.
pub fn shipped(name: &str) -> &'static str {
    SETTINGS.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

impl Meaning {
    /// A stored value as people say it.
    pub fn said(&self, value: &str) -> String {
        match self.kind {
            Kind::Day => Day::parse_iso(value).map_or_else(|| String::from("決めていません"), wareki::long),
            Kind::Whole { .. } if value.is_empty() => String::from("決めていません"),
            Kind::Whole { unit, .. } => format!("{value}{unit}"),
            Kind::Choice(of) => of.iter().find(|(code, _)| *code == value).map_or(value, |(_, word)| word).to_string(),
        }
    }

    /// # Errors
    /// A refusal at the field `value`.
    pub fn check(&self, value: &str) -> Result<(), Refusal> {
        match self.kind {
            Kind::Day if value.is_empty() || Day::parse_iso(value).is_some() => Ok(()),
            Kind::Day => Err(Refusal::at("value", "日付を入力してください（例 R8.11.24）。")),
            Kind::Whole { .. } if value.is_empty() && shipped(self.name).is_empty() => Ok(()),
            Kind::Whole { least, most, unit } => match value.parse::<i32>() {
                Ok(number) if (least..=most).contains(&number) => Ok(()),
                _ => Err(Refusal::at("value", format!("{least}{unit}から{most}{unit}までの数で入力してください。"))),
            },
            Kind::Choice(of) if of.iter().any(|(code, _)| *code == value) => Ok(()),
            Kind::Choice(_) => Err(Refusal::at("value", "どれか一つを選んでください。")),
        }
    }
}

pub(crate) fn check(name: &str, value: &str) -> Result<(), Refusal> {
    match meaning(name) {
        Some(meaning) => meaning.check(value),
        None => Err(Refusal::new(format!("設定「{name}」はありません。"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_a_meaning_and_its_shipped_value_is_one_of_its_values() {
        for (name, value) in SETTINGS.iter().copied() {
            let meaning = meaning(name);
            assert!(meaning.is_some(), "say in setting.rs what {name} means");
            assert_eq!(meaning.map(|m| m.check(value)), Some(Ok(())), "{name}");
        }
    }

    #[test]
    fn a_value_outside_its_ends_is_refused_in_words() {
        let near = |value: &str| check("near_days", value).err().map(|r| (r.field, r.message));
        assert_eq!(near("0"), None);
        assert_eq!(near("90"), None);
        let why = Some((Some("value"), String::from("0日から90日までの数で入力してください。")));
        assert_eq!(near("91"), why);
        assert_eq!(near("-1"), why);
        assert_eq!(near(""), why);
        assert!(check("operating_since", "2026-02-31").is_err());
        assert!(check("operating_since", "").is_ok());
        assert!(check("no_such", "1").is_err());
    }

    #[test]
    fn values_are_said_with_their_unit() {
        let said = |name: &str, value: &str| meaning(name).map(|m| m.said(value)).unwrap_or_default();
        assert_eq!(said("near_days", "7"), "7日");
        assert_eq!(said("operating_since", ""), "決めていません");
        assert_eq!(said("operating_since", "2026-04-01"), "令和8年4月1日（水）");
    }
}
