//! How a body is stored: its kind, the columns rules read in bulk, its JSON; and how what it names is renamed.

use alloc::{format, string::String, vec::Vec};

use serde::Deserialize;

use super::{Body, Columns};
use crate::office::handover::{Escalated, HandoverRead};

impl Body {
    /// Version written today. Raise it when a body changes shape, and teach [`Body::read`] the older one.
    pub const VERSION: u16 = 1;

    /// The kind as stored in its own column: the tag of the JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Body::Resident(_) => "resident",
            Body::MovedOut { .. } => "moved_out",
            Body::Died => "died",
            Body::Contact(_) => "contact",
            Body::Visit(_) => "visit",
            Body::Service(_) => "service",
            Body::PregnancyNotified(_) => "pregnancy_notified",
            Body::PregnancyEnded { .. } => "pregnancy_ended",
            Body::Delivered { .. } => "delivered",
            Body::Born(_) => "born",
            Body::Period { .. } => "period",
            Body::Caution(_) => "caution",
            Body::Protection { .. } => "protection",
            Body::Relation { .. } => "relation",
            Body::Joined(_) => "joined",
            Body::JoinedBy { .. } => "joined_by",
            Body::ToldApart { .. } => "told_apart",
            Body::Closure(_) => "closure",
            Body::Deferred(_) => "deferred",
            Body::Sent(_) => "sent",
            Body::Held(_) => "held",
            Body::Returned(_) => "returned",
            Body::Released { .. } => "released",
            Body::Note { .. } => "note",
            Body::Withdrawn { .. } => "withdrawn",
            Body::Erased { .. } => "erased",
            Body::BatchWithdrawn { .. } => "batch_withdrawn",
            Body::Assigned(_) => "assigned",
            Body::Absent(_) => "absent",
            Body::HandedOver(_) => "handed_over",
            Body::HandoverRead(_) => "handover_read",
            Body::Escalated(_) => "escalated",
            Body::SourceArrived { .. } => "source_arrived",
            Body::SettingChanged { .. } => "setting_changed",
            Body::Renamed(_) => "renamed",
            Body::Staff(_) => "staff",
            Body::RulesProposed(_) => "rules_proposed",
            Body::RulesDecided(_) => "rules_decided",
            Body::RulesPublished(_) => "rules_published",
            Body::RulesCarriedOut(_) => "rules_carried_out",
            Body::Emergency(_) => "emergency",
            Body::EmergencyReviewed(_) => "emergency_reviewed",
            Body::Disclosure(_) => "disclosure",
            Body::DisclosureExtended(_) => "disclosure_extended",
            Body::DisclosureAnswered(_) => "disclosure_answered",
            Body::Inspected(_) => "inspected",
            Body::SheetConfirmed(_) => "sheet_confirmed",
        }
    }

    /// Replaces the provisional numbers of files opened by the same command (see [`crate::event::FileRef`]).
    pub fn resolve(&mut self, opened: &[i64]) {
        let resolved = |id: i64| match usize::try_from(-id - 1) {
            Ok(n) => opened.get(n).copied().unwrap_or(id),
            Err(_) => id,
        };
        match self {
            Body::Delivered { children, .. } => children.iter_mut().for_each(|id| *id = resolved(*id)),
            Body::Born(born) => born.mother = resolved(born.mother),
            Body::Relation { to, .. } => *to = resolved(*to),
            _ => {}
        }
    }

    /// Key of the duty it was recorded about, if it was.
    pub fn about(&self) -> Option<&str> {
        match self {
            Body::Contact(c) | Body::Visit(c) => c.about.as_deref(),
            Body::Service(s) => s.about.as_deref(),
            Body::Closure(c) => Some(&c.key),
            Body::HandoverRead(read) => Some(&read.about),
            Body::Escalated(taken) => Some(&taken.about),
            Body::Deferred(d) => Some(&d.key),
            _ => None,
        }
    }

    /// The files it names as persons: whoever reads them follows where those files were joined to.
    pub fn names_files(&self) -> &[i64] {
        match self {
            Body::Delivered { children, .. } => children,
            Body::Born(born) => core::slice::from_ref(&born.mother),
            Body::Relation { to: other, .. } | Body::ToldApart { other, .. } => core::slice::from_ref(other),
            _ => &[],
        }
    }

    /// Replaces those files. Nobody is named twice, and nobody is their own relative: that one becomes 0, which is nobody.
    pub fn rename_files(&mut self, own: i64, led: impl Fn(i64) -> i64) {
        let led = |id: i64| Some(led(id)).filter(|id| *id != own).unwrap_or(0);
        match self {
            Body::Delivered { children, .. } => {
                let mut there: Vec<i64> = Vec::with_capacity(children.len());
                for child in children.iter().map(|id| led(*id)) {
                    if child != 0 && !there.contains(&child) {
                        there.push(child);
                    }
                }
                *children = there;
            }
            Body::Born(born) => born.mother = led(born.mother),
            Body::Relation { to: other, .. } | Body::ToldApart { other, .. } => *other = led(*other),
            _ => {}
        }
    }

    /// Reads the episode in the key of the duty it was recorded about under another number.
    pub fn rename_episode(&mut self, to: impl Fn(i32) -> i32) {
        let key = match self {
            Body::Contact(c) | Body::Visit(c) => c.about.as_mut(),
            Body::Service(s) => s.about.as_mut(),
            Body::Closure(c) => Some(&mut c.key),
            Body::Escalated(taken) => Some(&mut taken.about),
            Body::Deferred(d) => Some(&mut d.key),
            _ => None,
        };
        if let Some(key) = key
            && let Some((duty, no)) = key.rsplit_once('@')
            && let Ok(no) = no.parse::<i32>()
        {
            *key = format!("{duty}@{}", to(no));
        }
    }

    pub fn columns(&self) -> Columns<'_> {
        let none = Columns::default();
        match self {
            Body::Contact(c) | Body::Visit(c) => {
                Columns { day2: c.next.as_ref().map(|n| n.on), code: c.service.as_deref(), ..none }
            }
            Body::Service(s) => Columns {
                day2: s.next.as_ref().map(|n| n.on),
                code: Some(&s.code),
                product: s.product.as_deref(),
                number: s.number,
            },
            Body::PregnancyNotified(p) => Columns { day2: Some(p.edd), number: Some(f64::from(p.fetuses)), ..none },
            Body::Born(b) => Columns { day2: Some(b.birth.hi), number: b.weight.map(f64::from), ..none },
            Body::Resident(r) => Columns { day2: r.birth.map(|b| b.hi), code: Some(&r.cause), ..none },
            Body::Period { name, until, .. } => Columns { day2: *until, code: Some(name), ..none },
            Body::SourceArrived { source, through, .. } => Columns { day2: Some(*through), code: Some(source), ..none },
            Body::Closure(c) => Columns { code: Some(&c.key), ..none },
            Body::HandoverRead(HandoverRead { about, .. }) | Body::Escalated(Escalated { about, .. }) => {
                Columns { code: Some(about), ..none }
            }
            Body::Deferred(d) => Columns { day2: Some(d.on), code: Some(&d.key), ..none },
            // As an invitation that was recorded by itself: what it is, and to what.
            Body::Sent(s) => Columns {
                code: Some(&s.code),
                product: Some(s.service.as_str()).filter(|service| !service.is_empty()),
                number: Some(f64::from(s.no)),
                ..none
            },
            Body::Returned(r) => Columns { day2: Some(r.next.on), number: Some(r.sent as f64), ..none },
            Body::RulesProposed(p) => Columns { code: Some(&p.rule), ..none },
            Body::EmergencyReviewed(r) => Columns { number: Some(r.of as f64), ..none },
            Body::Protection { review, .. } => Columns { day2: *review, ..none },
            Body::Disclosure(r) => Columns { day2: Some(r.due), code: Some(r.by.names().0), ..none },
            Body::DisclosureExtended(x) => Columns { day2: Some(x.due), number: Some(x.of as f64), ..none },
            Body::DisclosureAnswered(a) => {
                Columns { code: Some(a.outcome.names().0), number: Some(a.of as f64), ..none }
            }
            Body::Inspected(i) => Columns { code: Some(&i.month), number: Some(f64::from(i.left)), ..none },
            _ => none,
        }
    }

    /// Writes the body as stored.
    ///
    /// # Errors
    /// Only if the JSON writer itself fails.
    pub fn write(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|e| format!("{e}"))
    }

    /// Reads a stored body of any version ever written, of the kind its column names.
    ///
    /// # Errors
    /// If the version is newer than this program, or the text is not a body of that version.
    pub fn read(version: u16, kind: &str, json: &str) -> Result<Body, String> {
        fn of<'j, T: Deserialize<'j>>(json: &'j str, body: impl Fn(T) -> Body) -> Result<Body, serde_json::Error> {
            serde_json::from_str(json).map(body)
        }
        if version != 1 {
            return Err(format!("payload version {version} is newer than this program"));
        }
        // What files hold by the dozen is read straight into its shape: looking for the tag first costs as much again.
        let read = match kind {
            "resident" => of(json, Body::Resident),
            "contact" => of(json, Body::Contact),
            "visit" => of(json, Body::Visit),
            "service" => of(json, Body::Service),
            "pregnancy_notified" => of(json, Body::PregnancyNotified),
            "born" => of(json, Body::Born),
            _ => serde_json::from_str(json),
        };
        read.map_err(|e| format!("{e}"))
    }
}
