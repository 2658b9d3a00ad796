//! Whom a form is about: the file folded for the person signed in, or "not found".

use casework::{
    Body, Permission, Person, Role, Sensitivity, Story, View, body, disclosure,
    emergency::{self, Emergency},
    fold, protection,
};
use rules::{Day, Rulebook};

use crate::{
    contacts::view::Subject,
    platform::{
        Door, Fault, Problem, mask, record,
        store::{FileEvents, joined, kin, load},
        web::{
            form::{Choice, Form},
            view, words,
        },
    },
};

/// A file within the actor's scope, with its events.
pub struct Opened {
    pub file: i64,
    /// The last record the actor may know of.
    pub last: i64,
    /// Masked for the actor's role: what a protected person's page may not show is not in here.
    pub events: FileEvents,
    pub protected: bool,
}

impl Opened {
    /// # Errors
    /// Not found, for a file that is not there or not theirs.
    pub fn of(door: &mut Door<'_>, file: i64) -> Result<Opened, Problem> {
        Opened::known_at(door, file, None)
    }

    /// As files were joined at an instant; `None`: now. Of a file that is read with another, that other is opened.
    ///
    /// # Errors
    /// As [`Opened::of`].
    pub fn known_at(door: &mut Door<'_>, file: i64, at: Option<i64>) -> Result<Opened, Problem> {
        let mut opened = Opened::unmasked(door, file, at)?;
        opened.protected = mask::for_actor(&mut opened.events, door.actor);
        opened.last = opened.events.last;
        Ok(opened)
    }

    /// As a running 緊急閲覧 of the actor opens it, with that.
    ///
    /// # Errors
    /// Not found without one, or if the file is not there or not theirs.
    pub fn in_emergency(door: &mut Door<'_>, file: i64) -> Result<(Opened, Emergency), Problem> {
        let level = emergency::opens(door.actor.role).ok_or(Problem::NotFound)?;
        let mut opened = Opened::unmasked(door, file, None)?;
        let running = emergency::running(&opened.events.events, door.actor.staff, door.now());
        let (event, until) = running.map(|(event, e)| (event, e.until)).ok_or(Problem::NotFound)?;
        opened.protected = mask::for_level(&mut opened.events, door.actor, level);
        // What was written of where somebody is, in haste, is masked as everything else.
        let shown = opened.events.events.iter().find(|e| e.id == event).and_then(|e| match &e.body {
            Some(Body::Emergency(emergency)) => Some(emergency.clone()),
            _ => None,
        });
        let running = shown.unwrap_or(Emergency { reason: String::new(), until });
        opened.last = opened.events.last;
        Ok((opened, running))
    }

    /// As it goes into a copy for 開示請求: without the 要対協 compartment, whoever makes the copy.
    ///
    /// # Errors
    /// As [`Opened::of`].
    pub fn for_disclosure(door: &mut Door<'_>, file: i64) -> Result<Opened, Problem> {
        let mut opened = Opened::unmasked(door, file, None)?;
        opened.protected = mask::for_level(&mut opened.events, door.actor, Sensitivity::Guarded);
        opened.last = opened.events.last;
        Ok(opened)
    }

    fn unmasked(door: &mut Door<'_>, file: i64, at: Option<i64>) -> Result<Opened, Problem> {
        let scope = door.scope();
        load::version_of(door.db, file, &scope, mask::level(door.actor))?.ok_or(Problem::NotFound)?;
        let file = joined::lead(door.db, file, at)?;
        let events = load::events_of_at(door.db, file, at)?;
        Ok(Opened { file, last: 0, events, protected: true })
    }

    /// Whose file it is: by that office's rules it is read.
    pub fn keeper(&self) -> i64 {
        self.events.events.first().map_or(0, |event| event.keeper)
    }

    /// What rules may read of the family, as far as the actor's role may know of it.
    ///
    /// # Errors
    /// If the database fails.
    pub fn relations(&self, door: &mut Door<'_>, book: &Rulebook) -> Result<kin::Relations, Fault> {
        let kept = kin::kept(door.db, &[self.file])?;
        Ok(kin::of(door.db, &kept, book)?.for_actor(door.actor))
    }

    pub fn story(&self) -> Story<'_> {
        fold(&self.events.events, View { withdrawn: &self.events.withdrawn, ..View::default() })
    }

    /// What a form drawn from this file was drawn from.
    pub fn seen(&self) -> String {
        record::versions(&[(self.file, self.last)])
    }

    /// The line under a form's title. Nothing masked is read here.
    pub fn subject(&self, today: Day) -> Subject {
        let story = self.story();
        let person = Person::read(&story);
        let (name, kana) = person.resident.map_or(("", ""), |r| (r.name.as_str(), r.kana.as_str()));
        let edd = person.episodes.iter().rev().find(|e| e.is_open()).map(|e| e.notice.edd);
        Subject {
            name: words::name(name, kana),
            about: words::about(person.birth.map(|(b, _)| b.hi), edd, today),
            url: format!("/persons/{}", self.file),
            caution: person.caution.map(caution),
            protected: self.protected,
        }
    }

    /// The pregnancy a duty's key names, if it names one.
    pub fn episode_of(key: &str) -> Option<i32> {
        key.rsplit_once('@').and_then(|(_, no)| no.parse().ok())
    }

    /// Attempts about a duty that reached nobody, counted back from the last one.
    pub fn absences(&self, key: &str) -> usize {
        let story = self.story();
        let about = |b: &Body| match b {
            Body::Contact(c) | Body::Visit(c) if c.about.as_deref() == Some(key) => Some(c.result),
            _ => None,
        };
        story
            .entries
            .iter()
            .rev()
            .filter_map(|e| about(e.body))
            .take_while(|r| !matches!(r, body::Reached::Reached))
            .count()
    }
}

/// What a line offers that ends by a decision of its own, made on a page of its own; `None`: what every line offers.
pub fn own_act(role: Role, file: i64, key: &str) -> Option<Vec<view::Act>> {
    let (service, event) = key.split_once('#')?;
    let (may, label, icon, url) = match service {
        protection::REVIEW => {
            (Permission::SetSafety, "見直しを記録", "lock", format!("/persons/{file}/protection?return_to=/today"))
        }
        disclosure::REPLY => {
            (Permission::Disclose, "点検して決定", "letter", format!("/persons/{file}/disclosures/{event}"))
        }
        _ => return None,
    };
    let act = view::Act { label: label.into(), icon, url, key: "", first: true, open: false };
    Some(if role.may(may) { vec![act] } else { Vec::new() })
}

/// 連絡上の注意 in words.
pub fn caution(caution: &body::Caution) -> view::Caution {
    let allowed = |yes: bool| if yes { "よい" } else { "しない" };
    let mut lines = Vec::new();
    let mut put = |label: &str, text: &str| {
        if !text.is_empty() {
            lines.push((label.to_owned(), text.to_owned()));
        }
    };
    put("留守番電話", caution.voicemail.map_or("", allowed));
    put("SMS", caution.sms.map_or("", allowed));
    put("不在票", caution.absence_card.map_or("", allowed));
    put("郵便", caution.mail.map_or("", allowed));
    put("名のり方", &caution.introduce);
    put("話してよい相手", &caution.speak_to);
    put("時間帯", &caution.times);
    put("そのほか", &caution.note);
    view::Caution { lines, source: String::new() }
}

/// Choices from (value, label) pairs.
pub fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    pairs.iter().map(|(value, label)| Choice::new(value, label)).collect()
}

/// Puts a value into a form that was not typed into yet.
pub fn preset(form: &mut Form, name: &str, value: &str) {
    if !form.values.iter().any(|(key, _)| key == name) {
        form.values.push((name.to_owned(), value.to_owned()));
    }
}
