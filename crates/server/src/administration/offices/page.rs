//! GET /offices: センターの設置状況.

use rules::{Day, wareki};

use super::{
    chart,
    read::{self, Town},
    view::{Area, OfficesPage, TownRow},
};
use crate::platform::{
    Problem,
    web::{Ask, Reply},
};

/// GET /offices
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let frame = ask.frame("センターの設置状況", "/offices")?;
    let page = ask.read(|door| {
        let towns = read::towns(door)?;
        Ok(OfficesPage { frame, ..drawn(&towns, door.today()) })
    })?;
    Reply::page(&page)
}

fn drawn(towns: &[Town], today: Day) -> OfficesPage {
    let open = towns.iter().filter(|t| t.has_centre(today)).count();
    let family = towns.iter().filter(|t| t.is_family(today)).count();
    let mut areas: Vec<Area> = Vec::new();
    for part in towns.chunk_by(|a, b| a.area == b.area) {
        let name = part.first().map_or("", |t| t.area.as_str());
        let family = part.iter().filter(|t| t.is_family(today)).count();
        areas.push(Area {
            name: if name.is_empty() { String::from("市町村") } else { format!("{name} 管内") },
            said: format!("{}市町村・うちこども家庭センター{family}", part.len()),
            towns: part.iter().map(|town| row(town, today)).collect(),
        });
    }
    OfficesPage {
        said: format!(
            "{}市町村のうち{open}市町村に設置されています。うち{family}市町村はこども家庭センターです（{}現在）。",
            towns.len(),
            wareki::long(today)
        ),
        chart: chart::draw(towns, today),
        areas,
        ..OfficesPage::default()
    }
}

fn row(town: &Town, today: Day) -> TownRow {
    let (state, chip, icon) = match (town.is_family(today), town.has_centre(today)) {
        (true, _) => ("こども家庭センター", "done", "check"),
        (false, true) => ("子育て世代包括支援センター", "plan", "clock"),
        (false, false) => ("未設置", "ask", "alert"),
    };
    TownRow {
        name: town.name.clone(),
        centre: town.centre.clone(),
        support: town.support.map(|(from, _)| wareki::short(from)).unwrap_or_default(),
        family: town.family.map(wareki::short).unwrap_or_default(),
        state,
        chip,
        icon,
    }
}
