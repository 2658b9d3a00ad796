//! The page shown when a request cannot be answered: what happened and what to do next, never a code alone.

use super::view::{Frame, Link};

/// A stranger and a wrong address get the same page (404), so that nothing tells whether something exists.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "web/problem.html")]
pub struct ProblemPage {
    pub frame: Frame,
    /// 「見つかりません」
    pub title: String,
    pub message: String,
    pub advice: Vec<String>,
    pub links: Vec<Link>,
    /// For the help desk: 「受付番号 7f3a」
    pub reference: String,
}

impl ProblemPage {
    fn new(frame: Frame, title: &str, message: &str, advice: &[&str]) -> Self {
        let links = vec![Link { label: "はじめの画面へ".into(), url: "/".into() }];
        let advice = advice.iter().map(|line| (*line).into()).collect();
        let frame = Frame { title: title.into(), ..frame };
        Self { frame, title: title.into(), message: message.into(), advice, links, reference: String::new() }
    }

    /// 404, also for everything the reader may not know of.
    pub fn not_found(frame: Frame) -> Self {
        let advice =
            ["アドレスが途中で切れていないか確かめてください。", "異動や担当替えのあとは、見られる範囲が変わります。"];
        Self::new(frame, "見つかりません", "この画面はないか、いまの役割では開けません。", &advice)
    }

    /// 403 in 窓口モード: there is something, and it is not for this screen now.
    pub fn at_counter(frame: Frame) -> Self {
        let advice = [
            "見る必要があるときは、画面が来庁者から見えないことを確かめて、上の「窓口モードを終える」を押してください。",
        ];
        Self::new(frame, "窓口モードでは開けません", "この画面には、来庁者に見せてはならない内容があります。", &advice)
    }

    /// 409 without a form to give back.
    pub fn conflict(frame: Frame) -> Self {
        let advice = ["前の画面に戻り、いまの内容を確かめてから、もう一度操作してください。"];
        Self::new(frame, "ほかの操作と重なりました", "同じ記録が先に変更されたため、まだ保存していません。", &advice)
    }

    /// 400 and 413: the request itself could not be read.
    pub fn unreadable(frame: Frame, message: &str) -> Self {
        Self::new(frame, "受け付けられませんでした", message, &["前の画面に戻って、もう一度お試しください。"])
    }

    /// 429
    pub fn too_many(frame: Frame, wait: &str) -> Self {
        let message = format!("続けて失敗したため、いまは受け付けていません。{wait}");
        Self::new(
            frame,
            "しばらくお待ちください",
            &message,
            &["パスワードが分からないときは、管理者に再設定を頼んでください。"],
        )
    }

    /// 500 and 503
    pub fn failed(frame: Frame, reference: &str) -> Self {
        let advice = ["少し待って、もう一度お試しください。", "続くときは、下の受付番号を管理者に伝えてください。"];
        let page = Self::new(frame, "うまく処理できませんでした", "保存は行われていません。", &advice);
        Self { reference: reference.into(), ..page }
    }
}
