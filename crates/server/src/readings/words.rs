//! The reading log in words: how somebody looked, and what for. No code ever reaches a page.

use casework::Role;

use super::read::Row;
use crate::persons::{purpose::ASKED, reveal};

/// How somebody looked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Screen,
    Listed,
    Printed,
    Reveal,
    Emergency,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Screen, Kind::Reveal, Kind::Emergency, Kind::Printed, Kind::Listed];

    pub fn of(row: &Row) -> Kind {
        match row.what.as_str() {
            "person" => Kind::Screen,
            "reveal" => Kind::Reveal,
            "emergency" => Kind::Emergency,
            "export" => Kind::Printed,
            _ => Kind::Listed,
        }
    }

    pub const fn code(self) -> &'static str {
        match self {
            Kind::Screen => "screen",
            Kind::Listed => "list",
            Kind::Printed => "print",
            Kind::Reveal => "reveal",
            Kind::Emergency => "emergency",
        }
    }

    /// For the office.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Screen => "画面",
            Kind::Listed => "一覧",
            Kind::Printed => "印刷・書き出し",
            Kind::Reveal => "1項目の表示",
            Kind::Emergency => "緊急閲覧",
        }
    }

    /// For the person concerned.
    pub const fn plain(self) -> &'static str {
        match self {
            Kind::Screen => "記録の画面を開きました",
            Kind::Listed => "一覧にお名前が表示されました",
            Kind::Printed => "記録を印刷しました",
            Kind::Reveal => "ふだん表示しない項目を1つ、業務のために表示しました",
            Kind::Emergency => "緊急のため、理由を記録して開きました",
        }
    }
}

/// What for, for the office.
pub fn purpose(code: &str) -> String {
    if let Some((_, label)) = ASKED.iter().find(|(asked, _)| *asked == code) {
        return format!("{label}（本人が選択）");
    }
    if let Some(told) = reveal::told(code) {
        return told;
    }
    String::from(match code {
        "duty" => "担当の対応・担当地区",
        "office" => "所全体の管理",
        "list" => "一覧から",
        "search" => "検索から",
        "own_record" => "自分が書いた記録の続き",
        "family" => "家族の記録から",
        "settling" => "一括整理",
        "posting" => "発送前の確認・発送",
        "posting_labels" => "宛名ラベルの印刷",
        "posting_list" => "発送名簿の印刷",
        "posting_csv" => "印刷会社へ渡す宛名のCSV",
        "matching" | "sweep" => "台帳の照合",
        "import" => "取込の確認",
        "rule_change" => "規則の変更の影響",
        "emergency" => "緊急閲覧（理由は経過の記録）",
        "missed" => "緊急閲覧（該当なし）",
        "disclosure" => "開示の写し・本人へのお知らせ",
        "disclosures" => "開示請求の点検",
        "readings" => "閲覧の確認",
        "inspection" => "閲覧の点検",
        "label" => "宛名ラベル1枚",
        _ => "業務",
    })
}

/// What for, for the person concerned.
pub fn plain_purpose(row: &Row) -> &'static str {
    if row.what == "reveal" {
        return "訪問・お手紙・電話など、支援のため";
    }
    match row.purpose.as_str() {
        "duty" | "own_record" | "list" | "family" => "担当としての支援のため",
        "office" | "readings" | "inspection" => "センター全体の仕事の確認のため",
        "search" | "asked_call" => "ご本人・ご家族からの電話や来所に応じるため",
        "asked_partner" => "関係機関からの連絡に応じるため",
        "asked_meeting" => "会議や引継ぎの準備のため",
        "asked_substitute" => "担当者が不在のときの対応のため",
        "matching" | "sweep" | "import" => "記録の正確さの確認のため",
        "emergency" => "緊急の対応のため",
        "disclosure" | "disclosures" => "お知らせや写しの紙を作るため",
        "label" | "posting" | "posting_labels" | "posting_list" | "posting_csv" => "お手紙を送るため",
        _ => "そのほかの業務のため",
    }
}

/// Readings that the paper for the person concerned says nothing about, on anybody's paper: those of the 要対協
/// compartment's own workers, and those made inside it. Whether there were any stays unanswered (個人情報保護法81条).
pub fn is_withheld(row: &Row) -> bool {
    let inside = ["compartment", "youtaikyo", "tsukoku"].iter().any(|mark| row.purpose.contains(mark));
    inside || row.role() == Some(Role::ProtectionWorker)
}

/// 「佐藤 美咲（保健師・みなと市こども家庭センター）」
pub fn who(row: &Row) -> String {
    if row.staff == 0 {
        return String::from("つむぎ（自動）");
    }
    let role = row.role().map(Role::label).unwrap_or_default();
    let post: Vec<&str> = [role, &row.office].into_iter().filter(|part| !part.is_empty()).collect();
    let name = if row.name.is_empty() { "（登録のない職員）" } else { &row.name };
    if post.is_empty() { name.to_owned() } else { format!("{name}（{}）", post.join("・")) }
}
