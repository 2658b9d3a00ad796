//! The windows of a rule in words, and the days they mean for the examples.

use rules::{
    Day,
    bound::Origin,
    rule::{Bounds, EveryFile, KinFile, OnceFile, RhythmFile, SeriesFile, TargetFile, WindowFile},
    wareki,
};

use super::{
    library::Written,
    sample::{Reckoner, Sample, list},
    view::{WindowRow, WindowView},
    words,
};

/// A window reckoned for one example.
#[derive(Clone, Debug, Default)]
pub struct Reckoned {
    pub title: String,
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub standard: (Option<Day>, Option<Day>),
    pub targets: Vec<Day>,
}

/// Every window of the rule as a table.
pub fn shown(written: &Written, reckoner: Reckoner<'_>, samples: &[Sample]) -> Vec<WindowView> {
    let file = &written.file;
    if let Some(once) = &file.once {
        return once.window.iter().map(|w| window(once, w, reckoner, samples)).collect();
    }
    if let Some(s) = &file.series {
        return vec![series(s, reckoner, samples)];
    }
    file.rhythm.iter().map(|r| rhythm(r, reckoner, samples)).collect()
}

/// The windows as one line each, for the index.
pub fn brief(written: &Written, reckoner: Reckoner<'_>) -> Vec<String> {
    let file = &written.file;
    let ends = |from: Vec<String>, to: Vec<String>, or: Option<String>| {
        let to = match (to.is_empty(), or) {
            (false, _) => format!("{}まで", to.join("・")),
            (true, Some(standard)) => format!("（標準：{standard}まで）"),
            (true, None) => String::from("（終わりの定めなし）"),
        };
        format!("{}から{to}", from.join("・"))
    };
    let all = |texts: &[String]| texts.iter().map(|t| reckoner.words(t)).collect::<Vec<_>>();
    if let Some(once) = &file.once {
        let line = |w: &WindowFile| {
            let or = w.standard_to.as_deref().map(|t| reckoner.words(t));
            let line = ends(all(list(&w.from)), w.to.as_ref().map(|to| all(list(to))).unwrap_or_default(), or);
            let title = title(w);
            if title == "期間" { line } else { format!("{title}：{line}") }
        };
        return once.window.iter().map(line).collect();
    }
    if let Some(s) = &file.series {
        let to = s.to.iter().map(|t| reckoner.words(t)).collect();
        return vec![ends(vec![reckoner.words(&s.from)], to, None)];
    }
    file.rhythm.iter().flat_map(|r| r.every.iter().map(|e| every(e, reckoner))).collect()
}

fn title(window: &WindowFile) -> String {
    let mut parts = Vec::new();
    if let Some(born) = &window.born {
        parts.push(format!("{}に生まれた人", words::between(born.from.as_deref(), born.to.as_deref())));
    }
    if !window.when_period.is_empty() {
        parts.push(format!("{}のとき", words::periods(&window.when_period)));
    }
    if window.after_acts > 0 {
        parts.push(format!("{}回目から", window.after_acts + 1));
    }
    if parts.is_empty() { String::from("期間") } else { parts.join("、") }
}

fn row(label: &str, texts: &[String], reckoner: Reckoner<'_>, days: Vec<Option<Day>>) -> WindowRow {
    WindowRow {
        label: label.to_owned(),
        words: texts.iter().map(|t| reckoner.words(t)).collect(),
        days: days.into_iter().map(|day| day.map_or_else(|| String::from("記録による"), wareki::short)).collect(),
    }
}

/// A row without days of its own.
fn said(label: &str, text: &str, samples: &[Sample]) -> WindowRow {
    WindowRow {
        label: label.to_owned(),
        words: vec![text.to_owned()],
        days: samples.iter().map(|_| String::new()).collect(),
    }
}

fn label(of_many: &str, one: &str, bounds: &Bounds) -> String {
    if list(bounds).len() > 1 { format!("{one}（{of_many}）") } else { one.to_owned() }
}

fn window(once: &OnceFile, w: &WindowFile, reckoner: Reckoner<'_>, samples: &[Sample]) -> WindowView {
    let on = |pick: &dyn Fn(&Origin<'_>) -> Option<Day>| -> Vec<Option<Day>> {
        samples
            .iter()
            .map(|sample| {
                let facts = sample.facts();
                pick(&opened(w, reckoner, Origin::of(&facts)))
            })
            .collect()
    };
    let mut rows =
        vec![row(&label("次のうち遅い日", "最初の日", &w.from), list(&w.from), reckoner, on(&|origin| origin.opening))];
    match &w.to {
        Some(to) => {
            rows.push(row(&label("次のうち早い日", "最後の日", to), list(to), reckoner, on(&|origin| origin.limit)));
        }
        None => rows.push(said("最後の日", "法律に終わりの定めはない", samples)),
    }
    let one = [
        ("例外が認められる最後の日", &w.extended_to),
        ("標準的な時期の始め", &w.standard_from),
        ("標準的な時期の終わり", &w.standard_to),
    ];
    for (label, text) in one.into_iter().filter_map(|(label, text)| Some((label, text.as_deref()?))) {
        rows.push(row(label, &[text.to_owned()], reckoner, on(&|origin| reckoner.day(text, origin))));
    }
    for target in &w.target {
        let days = on(&|origin| reckoner.earliest(list(&target.at), origin));
        rows.push(row(&target_label(target, reckoner), list(&target.at), reckoner, days));
    }
    for (label, text) in [("上位者への連絡", &w.escalates), ("この期間の最後の日（次の期間に続く）", &w.until)]
    {
        if let Some(text) = text {
            rows.push(row(label, std::slice::from_ref(text), reckoner, on(&|origin| reckoner.day(text, origin))));
        }
    }
    if once.only_within {
        rows.push(said("期間の外の実施", "数えない（この規則の実施としては扱わない）", samples));
    } else {
        rows.push(said("期間の外の実施", "済みとする", samples));
    }
    WindowView { title: title(w), rows }
}

fn opened<'f>(w: &WindowFile, reckoner: Reckoner<'_>, mut origin: Origin<'f>) -> Origin<'f> {
    origin.opening = reckoner.latest(list(&w.from), &origin);
    origin.limit = w.to.as_ref().and_then(|to| reckoner.earliest(list(to), &origin));
    origin
}

fn target_label(target: &TargetFile, reckoner: Reckoner<'_>) -> String {
    let mut when = Vec::new();
    if !target.when_period.is_empty() {
        when.push(format!("{}のとき", words::periods(&target.when_period)));
    }
    if let Some(date) = &target.when_date {
        when.push(format!("{}の記録があるとき", words::date(date)));
    }
    match target.when_act.as_deref() {
        Some("invited_again") => when.push(String::from("再案内を送ったとき")),
        Some(act) => when.push(format!("{}があるとき", casework::explain::act_word(act).unwrap_or(act))),
        None => {}
    }
    when.extend(target.when_kin.iter().map(|kin| {
        let least = kin.at_least.as_deref().map(|text| format!("が{}点以上", reckoner.words(text)));
        format!("{}の記録で、{}{}のとき", rules::words::kin_word(&kin.of), kin_fact(kin), least.unwrap_or_default())
    }));
    let early = if list(&target.at).len() > 1 { "・次のうち早い日" } else { "" };
    match (when.is_empty(), early) {
        (true, "") => String::from("対応の期限（窓口のめやす）"),
        (true, early) => format!("対応の期限（窓口のめやす{early}）"),
        (false, early) => format!("対応の期限（{}{early}）", when.join("、")),
    }
}

fn kin_fact(kin: &KinFile) -> &str {
    let act = kin.act.as_deref().map(|act| casework::explain::act_word(act).unwrap_or(act));
    act.or(kin.period.as_deref().map(words::period)).unwrap_or_default()
}

fn series(s: &SeriesFile, reckoner: Reckoner<'_>, samples: &[Sample]) -> WindowView {
    let days =
        |text: &str| samples.iter().map(|sample| reckoner.day(text, &Origin::of(&sample.facts()))).collect::<Vec<_>>();
    let mut rows = vec![row("接種できる最初の日", std::slice::from_ref(&s.from), reckoner, days(&s.from))];
    match &s.to {
        Some(to) => rows.push(row("接種できる最後の日", std::slice::from_ref(to), reckoner, days(to))),
        None => rows.push(said("接種できる最後の日", "終わりの定めはない", samples)),
    }
    for (label, text) in [("1回目の標準の始め", &s.standard_from), ("1回目の標準の終わり", &s.standard_to)]
    {
        if let Some(text) = text {
            rows.push(row(label, std::slice::from_ref(text), reckoner, days(text)));
        }
    }
    if s.ignore_after_end {
        rows.push(said("期間のあとの接種", "ほかの期の接種として、この規則では見ない", samples));
    }
    if s.total_after_first {
        rows.push(said("回数", "1回目の製品が記録されるまで決まらない", samples));
    }
    WindowView { title: String::from("定期接種の期間"), rows }
}

/// 「妊娠23週6日まで：28日ごと」
pub fn every(every: &EveryFile, reckoner: Reckoner<'_>) -> String {
    let until = every.until.as_deref().map(|text| format!("{}までの記録から：", reckoner.words(text)));
    let days = every.days.as_deref().map(|text| format!("{}日ごと", reckoner.words(text)));
    let months = every.months.as_deref().map(|text| format!("{}か月ごと", reckoner.words(text)));
    until.unwrap_or_default() + &days.or(months).unwrap_or_default()
}

fn rhythm(r: &RhythmFile, reckoner: Reckoner<'_>, samples: &[Sample]) -> WindowView {
    let days =
        |text: &str| samples.iter().map(|sample| reckoner.day(text, &Origin::of(&sample.facts()))).collect::<Vec<_>>();
    let starts = samples.iter().map(|s| reckoner.latest(list(&r.starts), &Origin::of(&s.facts()))).collect();
    let mut rows = vec![row(&label("次のうち遅い日", "数え始め", &r.starts), list(&r.starts), reckoner, starts)];
    let mut intervals = said("間隔（最後の記録から）", "", samples);
    intervals.words = r.every.iter().map(|e| every(e, reckoner)).collect();
    rows.push(intervals);
    if r.missed > 1 {
        rows.push(said("いつ挙げるか", &format!("{}回続けて記録がないとき", r.missed), samples));
    }
    let single = [
        ("一度も記録がないとき、これより前には挙げない", &r.first_not_before),
        ("遅くともこの日に一度", &r.at_latest),
        ("これより後には始めない", &r.ends),
    ];
    for (label, text) in single.into_iter().filter_map(|(label, text)| Some((label, text.as_ref()?))) {
        rows.push(row(label, std::slice::from_ref(text), reckoner, days(text)));
    }
    if let Some(text) = r.lag.as_ref().filter(|text| reckoner.words(text) != "0") {
        rows.push(said("資料が届くまでに加える日数", &format!("{}日", reckoner.words(text)), samples));
    }
    if let Some(text) = &r.target_after {
        rows.push(said("対応の期限（窓口のめやす）", &after(&reckoner.words(text)), samples));
    }
    let rests: Vec<&str> = r.pauses.iter().map(|p| p.because.as_str()).collect();
    if !rests.is_empty() {
        rows.push(said("休むとき（終わってから数え直す）", &rests.join("、"), samples));
    }
    WindowView { title: String::from("くりかえし"), rows }
}

fn after(days: &str) -> String {
    if days == "0" { String::from("挙げたその日") } else { format!("挙げた日から{days}日後") }
}

/// The windows of one example, for the ruler.
pub fn reckoned(written: &Written, reckoner: Reckoner<'_>, sample: &Sample) -> Vec<Reckoned> {
    let facts = sample.facts();
    let of = |w: &WindowFile| {
        let origin = opened(w, reckoner, Origin::of(&facts));
        let day = |text: &Option<String>| text.as_deref().and_then(|t| reckoner.day(t, &origin));
        let standing = |t: &&TargetFile| {
            t.when_period.is_empty() && t.when_date.is_none() && t.when_act.is_none() && t.when_kin.is_empty()
        };
        let target = w.target.iter().find(standing).and_then(|t| reckoner.earliest(list(&t.at), &origin));
        Reckoned {
            title: title(w),
            from: origin.opening,
            to: day(&w.until).into_iter().chain(origin.limit).min(),
            standard: (day(&w.standard_from), day(&w.standard_to)),
            targets: target.into_iter().collect(),
        }
    };
    written.file.once.iter().flat_map(|once| once.window.iter().map(of)).filter(|r| r.from.is_some()).collect()
}
