//! Bars of municipalities with a centre at the end of each fiscal year. Coordinates only; `offices.html` draws.

use rules::{Day, counting, wareki};

use super::{
    read::Town,
    view::{Bar, Chart},
};

const HEIGHT: i32 = 190;
const TOP: i32 = 26;
/// Where bars stand; the years are written below.
const BASE: i32 = 160;
const STEP: i32 = 84;
const WIDE: i32 = 46;
const MARGIN: i32 = 14;

/// One bar a fiscal year from the first centre on: the last day of each year, and `today` for the one that runs.
/// `None` while there is no centre at all.
pub fn draw(towns: &[Town], today: Day) -> Option<Chart> {
    let opened = towns.iter().flat_map(|t| t.support.map(|(from, _)| from).into_iter().chain(t.family));
    let first = counting::fiscal_year(opened.filter(|day| *day <= today).min()?);
    let last = counting::fiscal_year(today);
    let most = i32::try_from(towns.len()).unwrap_or(i32::MAX).max(1);
    let tall = |count: usize| i32::try_from(count).unwrap_or(0) * (BASE - TOP) / most;
    let mut bars = Vec::new();
    for (number, year) in (0..).zip(first..=last) {
        let end = Day::from_ymd(year + 1, 3, 31).map_or(today, |end| end.min(today));
        let all = towns.iter().filter(|t| t.has_centre(end)).count();
        let family = towns.iter().filter(|t| t.is_family(end)).count();
        let (x, family_h, all_h) = (MARGIN + STEP * number, tall(family), tall(all));
        bars.push(Bar {
            year: wareki::fiscal_year(end),
            x: x + (STEP - WIDE) / 2,
            width: WIDE,
            middle: x + STEP / 2,
            family_y: BASE - family_h,
            family_h,
            support_y: BASE - all_h,
            support_h: all_h - family_h,
            family,
            support: all - family,
            all,
        });
    }
    let newest = bars.last()?;
    Some(Chart {
        width: 2 * MARGIN + STEP * i32::try_from(bars.len()).unwrap_or(0),
        height: HEIGHT,
        base: BASE,
        label: format!(
            "センターのある市町村の数。{}は{}、{}は{}で、うち{}がこども家庭センター。同じ数は下の表にあります。",
            bars.first()?.year,
            bars.first()?.all,
            newest.year,
            newest.all,
            newest.family
        ),
        bars,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    fn town(support: &str, family: &str) -> Town {
        let family = Day::parse_iso(family);
        let support = Day::parse_iso(support).map(|from| (from, family.map(|day| day.plus(-1))));
        Town { support, family, ..Town::default() }
    }

    #[test]
    fn a_bar_counts_what_stands_on_the_last_day_of_its_fiscal_year() {
        let towns = [town("2016-03-31", ""), town("2016-04-01", "2018-04-01"), town("", ""), town("", "2018-04-01")];
        let chart = draw(&towns, day("2018-04-01")).unwrap();
        let counts: Vec<(&str, usize, usize)> =
            chart.bars.iter().map(|b| (b.year.as_str(), b.support, b.family)).collect();
        assert_eq!(counts, [("平成27年度", 1, 0), ("平成28年度", 2, 0), ("平成29年度", 2, 0), ("平成30年度", 1, 2)]);
        let newest = chart.bars.last().unwrap();
        assert_eq!(newest.support_y + newest.support_h, newest.family_y, "the parts touch");
        assert_eq!(newest.family_y + newest.family_h, BASE);
    }

    #[test]
    fn nothing_is_drawn_before_the_first_centre() {
        assert_eq!(draw(&[town("2016-04-01", "")], day("2016-03-31")), None);
        assert_eq!(draw(&[], day("2016-03-31")), None);
    }
}
