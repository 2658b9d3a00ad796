//! The menu: one row of rooms for whoever asks, and the tabs of the room that is open.

use super::route::Item;
use super::view::NavItem;
use crate::{Actor, Door, Fault};

/// What the actor may open, in the order of the table; at the counter only what a visitor may see.
pub fn open_to<'a>(menu: &'a [Item], actor: &Actor) -> Vec<&'a Item> {
    let open = |item: &&Item| actor.role.may(item.permission) && (!actor.counter || item.permission.at_counter());
    menu.iter().filter(open).collect()
}

/// The menu. A room stands where its first tab does and leads there; with a single tab it goes by the tab's name.
pub fn entries(open: &[&Item], here: &str) -> Vec<NavItem> {
    let mut shown: Vec<NavItem> = Vec::new();
    let mut rooms: Vec<&str> = Vec::new();
    for item in open {
        let mates: Vec<&&Item> = open.iter().filter(|o| !o.room.is_empty() && o.room == item.room).collect();
        if mates.len() < 2 {
            shown.push(entry(item.label, item, item.url == here));
        } else if !rooms.contains(&item.room) {
            rooms.push(item.room);
            shown.push(entry(item.room, item, mates.iter().any(|m| m.url == here)));
        }
    }
    shown
}

/// The entry a page without one of its own belongs to: the longest address its own begins with; empty if none does.
pub fn nearest(menu: &[Item], path: &str) -> &'static str {
    menu.iter().map(|item| item.url).filter(|url| path.starts_with(url)).max_by_key(|url| url.len()).unwrap_or("")
}

/// The tabs of the room that `here` is in; none where there is nothing to choose.
pub fn tabs<'a>(open: &[&'a Item], here: &str) -> Vec<&'a Item> {
    let Some(room) = open.iter().find(|item| item.url == here).map(|item| item.room) else { return Vec::new() };
    let tabs: Vec<&Item> = open.iter().filter(|item| !room.is_empty() && item.room == room).copied().collect();
    if tabs.len() < 2 { Vec::new() } else { tabs }
}

/// The tabs with how many wait behind each.
///
/// # Errors
/// If the database fails.
pub fn counted(door: &mut Door<'_>, tabs: &[&Item], here: &str) -> Result<Vec<NavItem>, Fault> {
    let draw = |item: &&Item| {
        let waiting = item.waiting.map(|count| count(door)).transpose()?;
        let mut tab = entry(item.label, item, item.url == here);
        tab.count = waiting.and_then(|n| u32::try_from(n).ok());
        tab.count_label = tab.count.map(|n| format!("{n}件待っています")).unwrap_or_default();
        Ok(tab)
    };
    tabs.iter().map(draw).collect()
}

fn entry(label: &str, item: &Item, current: bool) -> NavItem {
    NavItem { label: label.to_owned(), url: item.url.to_owned(), current, ..NavItem::default() }
}

#[cfg(test)]
mod tests {
    use super::super::route::item;
    use super::*;
    use casework::Permission::SignedIn;

    const MENU: [Item; 4] = [
        item("名簿", "/persons", SignedIn),
        item("状況", "/arrivals", SignedIn).of("取込"),
        item("設定", "/settings", SignedIn),
        item("照合", "/matching", SignedIn).of("取込"),
    ];

    fn labels(items: &[NavItem]) -> Vec<(&str, bool)> {
        items.iter().map(|i| (i.label.as_str(), i.current)).collect()
    }

    #[test]
    fn a_room_is_one_entry_and_its_pages_are_tabs() {
        let open: Vec<&Item> = MENU.iter().collect();
        assert_eq!(labels(&entries(&open, "/matching")), [("名簿", false), ("取込", true), ("設定", false)]);
        let of = |here| tabs(&open, here).iter().map(|t| t.label).collect::<Vec<_>>();
        assert_eq!(of("/matching"), ["状況", "照合"]);
        assert!(of("/persons").is_empty() && of("").is_empty(), "those that stand alone have no tabs");
    }

    #[test]
    fn a_form_belongs_to_the_page_it_leads_back_to() {
        assert_eq!(nearest(&MENU, "/persons/12?x=1"), "/persons");
        assert_eq!(nearest(&MENU, "/elsewhere"), "");
    }

    #[test]
    fn a_room_with_one_door_goes_by_the_doors_name() {
        let open: Vec<&Item> = MENU[..3].iter().collect();
        assert_eq!(labels(&entries(&open, "/arrivals")), [("名簿", false), ("状況", true), ("設定", false)]);
        assert!(tabs(&open, "/arrivals").is_empty());
    }
}
