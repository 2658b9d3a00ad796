//! Every address of the program in one table: method, path, permission, handler. Nothing is served that is not here
//! (style sheets, script, icons and fonts under `/assets` aside).
//!
//! `ReadLists` and the like are rows of `casework::permissions`. Without the right a route is answered as if it did not
//! exist; what is inside it is cut again by the door's keepers.

use casework::Permission::{
    ApproveRules, ChangeRules, CloseDuty, Correct, Erase, Forecast, ImportResidents, Public, ReadListHealth, ReadLists,
    ReadPerson, ReadRuleChanges, ReadRulebook, RecordContact, RecordPregnancy, RecordService, RevealProtected,
    SetSafety, SettleLines, SettleStart, SignedIn,
};

use crate::intake::{arrivals, events, residents};
pub use crate::platform::web::route::{Handler, Item, Method, Route};
use crate::platform::web::route::{get, lines, post, upload};
use crate::{
    births, checkups, closures, contacts, corrections, dates, forecast, home, persons, pregnancies, rulebook,
    rulebook::changes, session, settlings, today, visits,
};

pub const ROUTES: &[Route] = &[
    get("/", SignedIn, home::page),
    get("/healthz", Public, home::health),
    get("/dates/echo", SignedIn, dates::echo),
    get("/session", Public, session::sign_in::page),
    post("/session", Public, session::sign_in::submit),
    post("/session/end", SignedIn, session::sign_in::end),
    post("/session/role", SignedIn, session::role::switch),
    get("/session/password", SignedIn, session::own_password::page),
    post("/session/password", SignedIn, session::own_password::change),
    get("/session/drafts/{id}", SignedIn, session::kept::page),
    post("/session/drafts/{id}/discard", SignedIn, session::kept::discard),
    get("/today", ReadLists, today::page),
    get("/persons", ReadLists, persons::index::page),
    post("/persons", ReadLists, persons::index::page),
    get("/persons/new", RecordPregnancy, persons::new::page),
    post("/persons/new", RecordPregnancy, persons::new::post),
    get("/persons/{id}", ReadPerson, persons::page::page),
    post("/persons/{id}/purpose", ReadPerson, persons::ask_purpose::post),
    get("/persons/{id}/caution", SetSafety, persons::safety::caution),
    post("/persons/{id}/caution", SetSafety, persons::safety::set_caution),
    get("/persons/{id}/protection", SetSafety, persons::safety::protection),
    post("/persons/{id}/protection", SetSafety, persons::safety::set_protection),
    get("/persons/{id}/reveal", RevealProtected, persons::reveal::page),
    post("/persons/{id}/reveal", RevealProtected, persons::reveal::post),
    // What the register will say later may be recorded by whoever records pregnancies and births.
    get("/persons/{id}/moved-out", RecordPregnancy, persons::register::moved_out),
    post("/persons/{id}/moved-out", RecordPregnancy, persons::register::record_moved_out),
    get("/persons/{id}/died", RecordPregnancy, persons::register::died),
    post("/persons/{id}/died", RecordPregnancy, persons::register::record_died),
    get("/persons/{id}/release", CloseDuty, persons::register::release),
    post("/persons/{id}/release", CloseDuty, persons::register::record_release),
    get("/persons/{id}/notes/new", RecordContact, persons::register::note),
    post("/persons/{id}/notes/new", RecordContact, persons::register::record_note),
    get("/persons/{id}/pregnancies/new", RecordPregnancy, pregnancies::post::page),
    post("/persons/{id}/pregnancies/new", RecordPregnancy, pregnancies::post::record),
    get("/persons/{id}/pregnancies/end", RecordPregnancy, pregnancies::ending::page),
    post("/persons/{id}/pregnancies/end", RecordPregnancy, pregnancies::ending::record),
    get("/persons/{id}/births/new", RecordPregnancy, births::post::page),
    post("/persons/{id}/births/new", RecordPregnancy, births::post::record),
    get("/persons/{id}/events/{event}/correct", Correct, corrections::post::correct_page),
    post("/persons/{id}/events/{event}/correct", Correct, corrections::post::correct),
    get("/persons/{id}/events/{event}/withdraw", Correct, corrections::post::withdraw_page),
    // Wider than its page: everybody may undo what they recorded a moment ago. The handler asks for the rest.
    post("/persons/{id}/events/{event}/withdraw", ReadPerson, corrections::post::withdraw),
    get("/persons/{id}/events/{event}/erase", Erase, corrections::post::erase_page),
    post("/persons/{id}/events/{event}/erase", Erase, corrections::post::erase),
    get("/persons/{id}/contacts/new", RecordContact, contacts::post::new),
    post("/persons/{id}/contacts", RecordContact, contacts::post::record),
    get("/persons/{id}/visits/new", RecordContact, visits::post::new),
    post("/persons/{id}/visits", RecordContact, visits::post::record),
    get("/persons/{id}/checkups/new", RecordService, checkups::post::new),
    post("/persons/{id}/checkups", RecordService, checkups::post::record),
    get("/persons/{id}/closures/new", CloseDuty, closures::post::new),
    post("/persons/{id}/closures", CloseDuty, closures::post::record),
    get("/settlings", SettleLines, settlings::index::page),
    get("/settlings/new", SettleLines, settlings::new::page),
    // 初期整理 asks for more: its handlers do.
    post("/settlings", SettleLines, settlings::decide::post),
    post("/settlings/since", SettleStart, settlings::since::post),
    get("/settlings/{id}", SettleLines, settlings::result::page),
    post("/settlings/{id}/withdraw", SettleLines, settlings::result::take_back),
    get("/residents", ImportResidents, residents::upload::page),
    upload("/residents", ImportResidents, residents::upload::stage),
    get("/residents/{id}", ImportResidents, residents::pages::page),
    post("/residents/{id}/apply", ImportResidents, residents::pages::apply),
    post("/residents/{id}/discard", ImportResidents, residents::pages::discard),
    post("/residents/{id}/withdraw", ImportResidents, residents::pages::take_back),
    get("/events", ImportResidents, events::upload::page),
    upload("/events", ImportResidents, events::upload::stage),
    get("/events/{id}", ImportResidents, events::pages::page),
    post("/events/{id}/apply", ImportResidents, events::pages::apply),
    post("/events/{id}/discard", ImportResidents, events::pages::discard),
    post("/events/{id}/withdraw", ImportResidents, events::pages::take_back),
    // Whose record a row is, is decided by those who may record it; a 管理者 sees no records of persons.
    get("/events/{id}/rows/{line}", RecordService, events::settle::page),
    post("/events/{id}/rows/{line}", RecordService, events::settle::post),
    get("/arrivals", ReadLists, arrivals::page::page),
    lines("/api/forecast", Forecast, forecast::post),
    get("/rulebook", ReadRulebook, rulebook::index::page),
    post("/rulebook", ReadRulebook, rulebook::index::page),
    get("/rulebook/health", ReadListHealth, rulebook::health::page),
    get("/rulebook/changes", ReadRuleChanges, changes::page::index),
    get("/rulebook/changes/new", ChangeRules, changes::propose::new_page),
    post("/rulebook/changes/new", ChangeRules, changes::propose::submit_new),
    get("/rulebook/changes/{proposal}", ReadRuleChanges, changes::page::page),
    get("/rulebook/changes/{proposal}/persons", ReadRuleChanges, changes::persons::page),
    post("/rulebook/changes/{proposal}/preview", ReadRuleChanges, changes::decide::compute),
    post("/rulebook/changes/{proposal}/decide", ApproveRules, changes::decide::submit),
    get("/rulebook/changes/{proposal}/publish", ChangeRules, changes::page::confirm),
    post("/rulebook/changes/{proposal}/publish", ChangeRules, changes::decide::publish),
    get("/rulebook/changes/{proposal}/receipt", ReadRuleChanges, changes::receipt::page),
    post("/rulebook/changes/{proposal}/back", ChangeRules, changes::decide::back),
    get("/rulebook/{id}", ReadRulebook, rulebook::page::page),
    get("/rulebook/{id}/change", ChangeRules, changes::propose::page),
    post("/rulebook/{id}/change", ChangeRules, changes::propose::submit_change),
];

/// The menu, in order: an entry is drawn for whoever may open it. The first one is where signing in leads.
pub const MENU: &[Item] = &[
    Item { label: "今日の対応", url: "/today", permission: ReadLists },
    Item { label: "名簿", url: "/persons", permission: ReadLists },
    Item { label: "一括整理", url: "/settlings", permission: SettleLines },
    Item { label: "住民記録の取込", url: "/residents", permission: ImportResidents },
    Item { label: "過去の記録の取込", url: "/events", permission: ImportResidents },
    Item { label: "取り込みの状況", url: "/arrivals", permission: ReadLists },
    Item { label: "規則集", url: "/rulebook", permission: ReadRulebook },
];
