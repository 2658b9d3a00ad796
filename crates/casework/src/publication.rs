//! Changing the rules of a town: proposed, decided by somebody else, published, and carried out on everybody concerned.
//!
//! All of it stands in the office's own file. What is in force for the town is the fold of what was published there.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{
    act::{Known, Refusal},
    body::Body,
    fold::Story,
};

/// One file of a town's rules after the change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RuleText {
    /// Below the rulebook's folder: `municipalities/<団体コード>/…`.
    pub path: String,
    pub text: Text,
}

/// What holds at a path of a town's rules.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Text {
    /// This whole text.
    Own(String),
    /// Nothing, also if the program has a file there.
    Gone,
    /// What the program has there, if anything.
    Shipped,
}

/// What somebody wants the rules to be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Proposed {
    /// Id of the rule it is about; empty if it puts former rules back.
    pub rule: String,
    pub files: Vec<RuleText>,
    pub reason: String,
    /// Hash of the town's book it was written against.
    pub base: String,
    /// The publication whose former rules it puts back.
    #[serde(default)]
    pub undoes: Option<i64>,
}

/// Somebody's decision about a proposal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decided {
    pub proposal: i64,
    /// `approved`, `declined` or `withdrawn`.
    pub how: String,
    /// Staff id of who decides.
    pub by: i64,
    /// Nobody else of the office had the right, so the author decided.
    #[serde(default)]
    pub alone: bool,
    pub note: String,
}

/// Duties added, removed and moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Moves {
    pub added: u64,
    pub removed: u64,
    pub moved: u64,
}

/// What a change does to the living population. Counts only.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Effects {
    /// Files looked at, and those of them with a difference.
    pub files: u64,
    pub persons: u64,
    pub all: Moves,
    pub by_rule: BTreeMap<String, Moves>,
}

/// From here on the town's book is another one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Published {
    pub proposal: i64,
    /// Hashes of the town's book.
    pub before: String,
    pub after: String,
    /// As computed beforehand, and when (microseconds since the epoch).
    pub predicted: Effects,
    pub predicted_at: i64,
}

/// Everybody concerned has been derived by the new book.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CarriedOut {
    pub publication: i64,
    pub done: Effects,
    /// Files whose stored duties are not what they were.
    pub rewritten: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Waiting,
    Approved,
    Declined,
    Withdrawn,
    /// In force; not yet everybody is derived by it.
    Published,
    CarriedOut,
}

/// A body with who recorded it when.
#[derive(Debug)]
pub struct Signed<'a, T> {
    pub event: i64,
    pub by: i64,
    /// Microseconds since the epoch.
    pub at: i64,
    pub body: &'a T,
}

impl<T> Clone for Signed<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Signed<'_, T> {}

/// A proposal with what became of it.
#[derive(Clone, Debug)]
pub struct Proposal<'a> {
    pub proposed: Signed<'a, Proposed>,
    pub decided: Option<Signed<'a, Decided>>,
    pub published: Option<Signed<'a, Published>>,
    pub carried_out: Option<Signed<'a, CarriedOut>>,
}

impl Proposal<'_> {
    pub fn state(&self) -> State {
        match (&self.carried_out, &self.published, self.decided.map(|d| d.body.how.as_str())) {
            (Some(_), ..) => State::CarriedOut,
            (_, Some(_), _) => State::Published,
            (_, _, Some("approved")) => State::Approved,
            (_, _, Some("declined")) => State::Declined,
            (_, _, Some(_)) => State::Withdrawn,
            _ => State::Waiting,
        }
    }

    /// Nobody need approve rules that were in force before.
    pub fn may_be_published(&self) -> bool {
        let state = self.state();
        state == State::Approved || (state == State::Waiting && self.proposed.body.undoes.is_some())
    }
}

/// The proposals of an office's file, oldest first.
pub fn proposals<'a>(story: &Story<'a>) -> Vec<Proposal<'a>> {
    let mut found: Vec<Proposal<'a>> = Vec::new();
    for entry in &story.entries {
        let by = story.log.iter().find(|(event, _)| event.id == entry.root).map_or(0, |(event, _)| event.actor);
        let (event, at) = (entry.root, entry.recorded_at);
        let of = |list: &[Proposal<'a>], id: i64| list.iter().position(|p| p.proposed.event == id);
        match entry.body {
            Body::RulesProposed(body) => {
                let proposed = Signed { event, by, at, body };
                found.push(Proposal { proposed, decided: None, published: None, carried_out: None });
            }
            Body::RulesDecided(body) => {
                if let Some(n) = of(&found, body.proposal) {
                    found[n].decided = Some(Signed { event, by, at, body });
                }
            }
            Body::RulesPublished(body) => {
                if let Some(n) = of(&found, body.proposal) {
                    found[n].published = Some(Signed { event, by, at, body });
                }
            }
            Body::RulesCarriedOut(body) => {
                let is_it = |p: &&mut Proposal<'a>| p.published.is_some_and(|s| s.event == body.publication);
                if let Some(proposal) = found.iter_mut().find(is_it) {
                    proposal.carried_out = Some(Signed { event, by, at, body });
                }
            }
            _ => {}
        }
    }
    found
}

/// What a town's publications say of its files: path → (text, the publication that said so).
pub type Local = BTreeMap<String, (Text, i64)>;

/// What is in force by what was published, in the order it was published; up to and without `until`, if given.
pub fn local(proposals: &[Proposal<'_>], until: Option<i64>) -> Local {
    let mut published: Vec<(i64, &Proposed)> =
        proposals.iter().filter_map(|p| Some((p.published?.event, p.proposed.body))).collect();
    published.sort_by_key(|(event, _)| *event);
    let mut local = Local::new();
    for (event, proposed) in published.into_iter().take_while(|(event, _)| until.is_none_or(|u| *event < u)) {
        for file in &proposed.files {
            local.insert(file.path.clone(), (file.text.clone(), event));
        }
    }
    local
}

/// The files that put the rules back as they were before a publication; empty if there is nothing to put back.
pub fn back_before(proposals: &[Proposal<'_>], publication: i64) -> Vec<RuleText> {
    let (now, then) = (local(proposals, None), local(proposals, Some(publication)));
    let former = |path: &String| then.get(path).map_or(Text::Shipped, |(text, _)| text.clone());
    let files = now.iter().map(|(path, (text, _))| (text, RuleText { path: path.clone(), text: former(path) }));
    files.filter(|(text, file)| **text != file.text).map(|(_, file)| file).collect()
}

pub(crate) fn check(body: &Body, of: &Known<'_>) -> Result<(), Refusal> {
    let all = proposals(&of.story);
    let find = |id: i64| {
        let found = all.iter().find(|p| p.proposed.event == id);
        found.ok_or_else(|| Refusal::new("この変更案は見つかりません。画面を開きなおしてください。"))
    };
    match body {
        Body::RulesProposed(proposed) => check_proposed(proposed, &all),
        Body::RulesDecided(decided) => check_decided(decided, find(decided.proposal)?),
        Body::RulesPublished(published) => {
            let proposal = find(published.proposal)?;
            if all.iter().any(|p| p.state() == State::Published) {
                return Err(Refusal::new("前の公開の反映が終わっていません。終わってから公開してください。"));
            }
            if !proposal.may_be_published() {
                return Err(Refusal::new(format!("この変更案は「{}」です。公開できません。", word(proposal.state()))));
            }
            if published.before != proposal.proposed.body.base {
                return Err(Refusal::new(
                    "変更案を作ったあとで規則集が変わりました。この案では公開できません。作りなおしてください。",
                ));
            }
            Ok(())
        }
        Body::RulesCarriedOut(carried) => {
            let open = |p: &&Proposal<'_>| p.published.is_some_and(|s| s.event == carried.publication);
            match all.iter().find(open).map(Proposal::state) {
                Some(State::Published) => Ok(()),
                _ => Err(Refusal::new("この公開の反映は、もう終わっています。")),
            }
        }
        _ => Ok(()),
    }
}

fn check_proposed(proposed: &Proposed, all: &[Proposal<'_>]) -> Result<(), Refusal> {
    if proposed.reason.trim().is_empty() {
        return Err(Refusal::at("reason", "変える理由を入力してください。"));
    }
    if proposed.files.is_empty() {
        return Err(Refusal::new("いまの規則と同じです。変えるところがありません。"));
    }
    if proposed.files.iter().any(|f| !f.path.starts_with("municipalities/") || f.path.contains("..")) {
        return Err(Refusal::new("変えられるのは、自分の市町村の規則だけです。"));
    }
    match proposed.undoes {
        Some(publication) if !all.iter().any(|p| p.published.is_some_and(|s| s.event == publication)) => {
            Err(Refusal::new("戻す公開が見つかりません。画面を開きなおしてください。"))
        }
        _ => Ok(()),
    }
}

fn check_decided(decided: &Decided, proposal: &Proposal<'_>) -> Result<(), Refusal> {
    if proposal.state() != State::Waiting {
        return Err(Refusal::new(format!("この変更案は「{}」です。", word(proposal.state()))));
    }
    let author = proposal.proposed.by == decided.by;
    match decided.how.as_str() {
        "approved" if author && !decided.alone => {
            Err(Refusal::at("how", "自分の変更案は承認できません。ほかの統括支援員・管理者が承認してください。"))
        }
        "withdrawn" if !author => Err(Refusal::at("how", "取り下げられるのは、変更案を作った人だけです。")),
        "declined" if decided.note.trim().is_empty() => Err(Refusal::at("note", "承認しない理由を入力してください。")),
        "approved" | "declined" | "withdrawn" => Ok(()),
        _ => Err(Refusal::at("how", "承認するかどうかを選んでください。")),
    }
}

/// The state as people say it.
pub const fn word(state: State) -> &'static str {
    match state {
        State::Waiting => "承認待ち",
        State::Approved => "承認ずみ・公開待ち",
        State::Declined => "承認されなかった",
        State::Withdrawn => "取り下げ",
        State::Published => "公開ずみ・反映中",
        State::CarriedOut => "公開ずみ",
    }
}
