//! The words in which rule files write dates.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rules::{
    DateFact, Day, Facts,
    bound::{Bound, Origin},
};

fn d(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn facts() -> Facts<'static> {
    let date = |(event, (name, day)): (i64, (&'static str, &str))| DateFact { name, day: d(day).into(), event };
    let dates = [("birth", "2020-04-02"), ("edd", "2027-03-01"), ("moved_out", "2026-01-31")];
    Facts { subject: "child", dates: (1..).zip(dates).map(date).collect(), ..Facts::default() }
}

#[test]
fn every_form_means_its_day() {
    let facts = facts();
    let mut origin = Origin::of(&facts);
    origin.previous = Some((d("2025-11-30"), 2));
    origin.first = Some(d("2025-10-01"));
    origin.opening = Some(d("2026-05-01"));
    origin.limit = Some(d("2026-07-30"));
    origin.act = Some(d("2026-05-10"));
    origin.ended = Some(d("2024-05-01"));
    for (words, expected) in [
        ("出生日", "2020-04-02"),
        ("生後0日", "2020-04-02"),
        ("生後27日", "2020-04-29"),
        ("生後12月に至る日", "2021-04-01"),
        ("生後12月に至る日の翌日", "2021-04-02"),
        ("生後12月に至る日の翌日の翌日", "2021-04-03"),
        ("生後12月に至る日の前日", "2021-03-31"),
        ("2歳に至る日", "2022-04-01"),
        ("就学日", "2027-04-01"),
        ("就学前1年の4月1日", "2026-04-01"),
        ("就学前1年の12月31日", "2026-12-31"),
        ("就学前1年の3月31日", "2027-03-31"),
        ("12歳となる年度の4月1日", "2032-04-01"),
        ("16歳となる年度の3月31日", "2037-03-31"),
        ("分娩予定日", "2027-03-01"),
        ("分娩予定日の56日前", "2027-01-04"),
        ("分娩予定日から28日後", "2027-03-29"),
        ("妊娠32週0日", "2027-01-04"),
        ("妊娠36週6日", "2027-02-07"),
        ("妊娠0週0日", "2026-05-25"),
        ("妊娠0週0日から56日後", "2026-07-20"),
        ("妊娠0週0日から9月後", "2027-02-25"),
        ("出生日から24月後", "2022-04-02"),
        ("転出日から1月後", "2026-02-28"),
        ("転出日から25月後", "2028-02-29"),
        ("転出日から25月後の翌日", "2028-03-01"),
        ("前回", "2025-11-30"),
        ("前回から27日以上", "2025-12-28"),
        ("前回から56日の間隔", "2026-01-26"),
        ("前回から3月以上", "2026-03-01"),
        ("前回から13月の間隔", "2026-12-30"),
        ("初回から139日以上", "2026-02-18"),
        ("前回から2月半以上", "2026-02-15"),
        ("初回から5月以上の前日", "2026-02-28"),
        ("2027-03-31", "2027-03-31"),
        ("2027-03-31の翌日", "2027-04-01"),
        ("出生6週0日後", "2020-05-14"),
        ("出生14週6日後", "2020-07-15"),
        ("事情がなくなった日", "2024-05-01"),
        ("事情がなくなった日から24月に至る日", "2026-04-30"),
        ("開始日", "2026-05-01"),
        ("満了日の60日前", "2026-05-31"),
        ("記録日から14日後", "2026-05-24"),
        ("転出日から1月以上", "2026-03-01"),
        ("転出日から1月に至る日", "2026-02-28"),
    ] {
        assert_eq!(Bound::parse(words).unwrap().day(&origin), Some(d(expected)), "{words}");
    }
}

#[test]
fn other_words_are_refused() {
    for words in [
        "",
        "生後",
        "生後月に至る日",
        "生後12月",
        "生後12か月に至る日",
        "生後１２月に至る日",
        "生後-1月に至る日",
        "生後99999日",
        "きのう",
        "前回から27日",
        "前回から生後2日",
        "出生日から1日後から1日後",
        "生後2月に至る日から3日後",
        "の翌日",
        "2027-02-29",
        "2027-3-31",
        "出生6週後",
        "前回から2.5月以上",
        "妊娠1週0日から56日後",
        "出生日から1月",
    ] {
        let error = Bound::parse(words).unwrap_err();
        assert!(error.contains("書式にありません"), "{words}: {error}");
    }
}

#[test]
fn what_it_counts_from_may_be_missing() {
    let facts = Facts { subject: "child", ..Facts::default() };
    for words in [
        "生後12月に至る日",
        "前回から27日以上",
        "満了日",
        "帰宅日から90日後",
        "記録日",
        "就学前1年の4月1日",
        "事情がなくなった日から24月に至る日",
        "妊娠0週0日から1日後",
    ] {
        let bound = Bound::parse(words).unwrap();
        assert_eq!((bound.day(&Origin::of(&facts)), bound.explain(&Origin::of(&facts))), (None, None), "{words}");
    }
}

#[test]
fn the_arithmetic_is_told_with_its_dates() {
    let facts = facts();
    let mut origin = Origin::of(&facts);
    origin.previous = Some((d("2026-05-01"), 1));
    let explain = |words: &str| Bound::parse(words).unwrap().explain(&origin).unwrap();
    assert_eq!(explain("前回から27日以上"), "1回目（令和8年5月1日）から27日以上あけた令和8年5月29日");
    assert_eq!(explain("生後12月に至る日"), "生後12月に至る日（令和3年4月1日）");
}
