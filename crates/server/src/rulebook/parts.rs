//! Whom a rule is for, what settles and excuses it, products, distances, exceptions and settings, in words.

use rules::rule::{CautionFile, Excuse, ExtensionFile, KinFile, ProductFile, RuleFile, Settles, SpacingFile};

use super::{
    library::{Change, Library, Written},
    sample::{Reckoner, list},
    view::{ChangeRow, Section, SettingRow},
    words,
};

fn section(title: &str, lines: Vec<String>) -> Option<Section> {
    (!lines.is_empty()).then(|| Section { title: title.to_owned(), lines })
}

/// Whom it is for.
pub fn who(library: &Library, written: &Written, reckoner: Reckoner<'_>) -> Vec<Section> {
    let people = &written.file.population;
    let girls = if written.for_girls() { "（女）" } else { "" };
    let mut whom = vec![format!("{}{girls}", words::subject(&written.file.subject))];
    if let Some(cohort) = &people.cohort {
        let born = words::between(cohort.born.from.as_deref(), cohort.born.to.as_deref());
        whom.push(format!("{born}に生まれた人（{}）", cohort.because));
        if let Some(act) = &cohort.unless_act {
            whom.push(format!("{}の記録がある人は、生年月日によらず対象", words::act(library, act)));
        }
    }
    let mut needs: Vec<String> = people.needs.iter().map(|name| words::date(name).to_owned()).collect();
    if !people.needs_one_of.is_empty() {
        let names: Vec<&str> = people.needs_one_of.iter().map(|name| words::period(name)).collect();
        needs.push(format!("{}のどちらかの記録（性別）", names.join("・")));
    }
    let ended = people.ended_by.iter().map(|e| match &e.after {
        Some(after) => format!("{}（{}のあとの{}）", e.because, words::date(after), words::date(&e.date)),
        None => e.because.clone(),
    });
    let across = people.kin.iter().map(|k| kin(library, k, reckoner)).collect();
    let excluded = people.excluded_by.iter().map(|e| condition(library, e, reckoner)).collect();
    [
        section("対象", whom),
        section("判断に必要な記録", needs),
        section("関係者の記録（どれか。記録の日ごとに一度求める）", across),
        section("ここで終わる", ended.collect()),
        section("はじめから対象外", excluded),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// 「母のEPDS（産後うつの質問票）が9点以上（出生日から生後4月に至る日までのもの）」
pub fn kin(library: &Library, file: &KinFile, reckoner: Reckoner<'_>) -> String {
    let what = match (&file.act, &file.period) {
        (Some(act), _) => words::act(library, act),
        (None, Some(period)) => words::period(period).to_owned(),
        (None, None) => String::new(),
    };
    let least = file.at_least.as_deref().map(|text| format!("が{}点以上", reckoner.words(text))).unwrap_or_default();
    let end = |text: &Option<String>, word: &str| {
        text.as_deref().map(|text| format!("{}{word}", reckoner.words(text))).unwrap_or_default()
    };
    let days = end(&file.from, "から") + &end(&file.to, "まで");
    let days = if days.is_empty() { days } else { format!("（{days}のもの）") };
    format!("{}の{what}{least}{days}", rules::words::kin_word(&file.of))
}

fn condition(library: &Library, excuse: &Excuse, reckoner: Reckoner<'_>) -> String {
    let whose = excuse.of.as_deref().map(|of| format!("{}の", rules::words::kin_word(of))).unwrap_or_default();
    let what = match (&excuse.act, &excuse.period) {
        (Some(act), _) => format!("{}の記録", words::act(library, act)),
        (None, Some(period)) => words::period(period).to_owned(),
        (None, None) => String::new(),
    };
    let from = excuse.from.as_deref().map(|text| format!("（{}以後）", reckoner.words(text))).unwrap_or_default();
    let unless = excuse.unless_act.as_deref();
    let unless = unless.map(|act| format!("（{}の記録があるときを除く）", words::act(library, act)));
    format!("{whose}{what}{from}{}：{}", unless.unwrap_or_default(), excuse.because)
}

/// What settles it, what makes it wait and what excuses it.
pub fn settled(library: &Library, file: &RuleFile, reckoner: Reckoner<'_>) -> Vec<Section> {
    let plain = |s: &&Settles| s.from.is_none() && s.to.is_none();
    let together: Vec<String> = file.settles.iter().filter(plain).map(|s| words::act(library, &s.act)).collect();
    let mut settles = Vec::new();
    if !together.is_empty() {
        settles.push(format!("{}の記録", together.join("・")));
    }
    for one in file.settles.iter().filter(|s| !plain(s)) {
        let (from, to) = (one.from.as_deref(), one.to.as_deref());
        let from = from.map(|text| format!("{}から", reckoner.words(text))).unwrap_or_default();
        let to = to.map(|text| format!("{}まで", reckoner.words(text))).unwrap_or_default();
        settles.push(format!("{}の記録（{from}{to}のもの）", words::act(library, &one.act)));
    }
    if !settles.is_empty() {
        settles.push(String::from("「不在・未受診」「辞退」「中止」の記録では済みになりません。"));
    }
    let letters = file.invitation.iter().map(|i| {
        let acts: Vec<String> = i.acts.iter().map(|act| words::act(library, act)).collect();
        format!("{}のあと、{}の{}まで待つ（終わりにはならない）", acts.join("・"), reckoner.words(&i.check), i.what)
    });
    let letters = letters.collect();
    let excuses = file.excuses.iter().map(|e| condition(library, e, reckoner)).collect();
    [section("済みになる記録", settles), section("案内を送ったとき", letters), section("求めなくなる事情", excuses)]
        .into_iter()
        .flatten()
        .collect()
}

/// 製品, distances to other acts, later windows, cautions.
pub fn further(library: &Library, file: &RuleFile, reckoner: Reckoner<'_>) -> Vec<Section> {
    let mut products: Vec<String> = file.product.iter().map(|p| product(p, reckoner)).collect();
    if file.only_products && !products.is_empty() {
        products.push(String::from("ここにない使い方の接種は、示しますが数えません。"));
    }
    let spacing = file.spacing.iter().map(|s| spacing(library, s)).collect();
    let extensions = file.extension.iter().map(|e| extension(e, reckoner)).collect();
    let cautions = file.caution.iter().map(|c| caution(c, reckoner)).collect();
    [
        section("使える製品", products),
        section("ほかの接種との間隔", spacing),
        section("特例（期間がのびる人）", extensions),
        section("注意の表示", cautions),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn product(product: &ProductFile, reckoner: Reckoner<'_>) -> String {
    let (from, to) = (product.from.as_deref(), product.to.as_deref());
    let from = from.map(|text| format!("{}から", reckoner.words(text))).unwrap_or_default();
    let to = to.map(|text| format!("{}まで", reckoner.words(text))).unwrap_or_default();
    let mut line = words::product(&product.code);
    if !from.is_empty() || !to.is_empty() {
        line.push_str(&format!("：{from}{to}"));
    }
    if !product.after.is_empty() {
        line.push_str(&format!("（2回目からは、前回が{}のとき）", words::products(&product.after)));
    }
    line
}

fn spacing(library: &Library, spacing: &SpacingFile) -> String {
    let between = words::between(spacing.from.as_deref(), spacing.to.as_deref());
    let when = if between.is_empty() { String::new() } else { format!("（{between}の接種）") };
    format!(
        "{}のあと、あいだに{}日以上おく{when}：{}",
        words::acts(library, &spacing.after),
        spacing.clear_days,
        spacing.because
    )
}

fn extension(extension: &ExtensionFile, reckoner: Reckoner<'_>) -> String {
    let mut whom = Vec::new();
    let born = words::between(extension.born.from.as_deref(), extension.born.to.as_deref());
    if !born.is_empty() {
        whom.push(format!("{born}に生まれた人"));
    }
    if !extension.when_period.is_empty() {
        let ended = if extension.when_ended { "がなくなった人" } else { "の人" };
        whom.push(format!("{}{ended}", words::periods(&extension.when_period)));
    }
    let done = words::between(extension.when_done_from.as_deref(), extension.when_done_to.as_deref());
    if !done.is_empty() {
        whom.push(format!("{done}に受けた記録がある人"));
    }
    let ends = |texts: &[String]| texts.iter().map(|t| reckoner.words(t)).collect::<Vec<_>>();
    let from = extension.from.as_ref().map(|from| format!("{}から", ends(list(from)).join("と"))).unwrap_or_default();
    let to = ends(list(&extension.to));
    let early = if to.len() > 1 { "のうち早い日" } else { "" };
    format!("{}：{from}{}{early}まで（{}）", whom.join("で、"), to.join("と"), extension.because)
}

fn caution(caution: &CautionFile, reckoner: Reckoner<'_>) -> String {
    let dose = caution.dose.map(|n| format!("{n}回目、")).unwrap_or_default();
    format!("{dose}{}から：{}", reckoner.words(&caution.from), caution.text)
}

/// The numbers an office may change, with the phrases that use them.
pub fn settings(file: &RuleFile, reckoner: Reckoner<'_>) -> Vec<SettingRow> {
    let phrases = phrases(file);
    let row = |(name, value): &(String, i32)| {
        let using = phrases.iter().filter(|(_, text)| mentions(text, name));
        SettingRow {
            name: name.clone(),
            value: *value,
            uses: using.map(|(label, text)| format!("{label}：{}", reckoner.words(text))).collect(),
        }
    };
    reckoner.settings.iter().map(row).collect()
}

fn mentions(text: &str, name: &str) -> bool {
    let inside = text.split('{').skip(1).filter_map(|part| part.split_once('}'));
    inside.flat_map(|(names, _)| names.split('+')).any(|n| n.trim() == name)
}

/// Every phrase of a file in which a setting may stand, with what it is.
fn phrases(file: &RuleFile) -> Vec<(&'static str, &str)> {
    let mut all: Vec<(&'static str, &str)> = Vec::new();
    for window in file.once.iter().flat_map(|once| &once.window) {
        all.extend(list(&window.from).iter().map(|t| ("期間の最初の日", t.as_str())));
        all.extend(window.to.iter().flat_map(list).map(|t| ("期間の最後の日", t.as_str())));
        let single = [
            ("例外の最後の日", &window.extended_to),
            ("標準的な時期の始め", &window.standard_from),
            ("標準的な時期の終わり", &window.standard_to),
            ("上位者への連絡", &window.escalates),
        ];
        all.extend(single.into_iter().filter_map(|(label, text)| Some((label, text.as_deref()?))));
        for target in &window.target {
            all.extend(target.when_kin.iter().flat_map(of_kin));
            all.extend(list(&target.at).iter().map(|t| ("対応の期限", t.as_str())));
            all.extend(target.no_earlier_than.as_deref().map(|t| ("対応の期限（これより前にしない）", t)));
        }
    }
    if let Some(series) = &file.series {
        all.push(("期間の最初の日", &series.from));
        all.extend(series.to.as_deref().map(|t| ("期間の最後の日", t)));
    }
    if let Some(rhythm) = &file.rhythm {
        all.extend(list(&rhythm.starts).iter().map(|t| ("数え始め", t.as_str())));
        for every in &rhythm.every {
            all.extend(every.days.as_deref().map(|t| ("間隔（日）", t)));
            all.extend(every.months.as_deref().map(|t| ("間隔（月）", t)));
        }
        let single = [
            ("届くまでに加える日数", &rhythm.lag),
            ("一度も記録がないときの最初の日", &rhythm.first_not_before),
            ("遅くともこの日", &rhythm.at_latest),
            ("対応の期限まで（日）", &rhythm.target_after),
        ];
        all.extend(single.into_iter().filter_map(|(label, text)| Some((label, text.as_deref()?))));
    }
    all.extend(file.population.kin.iter().flat_map(of_kin));
    let bounds = file.settles.iter().flat_map(|s| [&s.from, &s.to]).flatten();
    all.extend(bounds.map(|t| ("済みになる記録の日", t.as_str())));
    all.extend(file.excuses.iter().filter_map(|e| Some(("求めなくなる記録の日", e.from.as_deref()?))));
    all
}

/// Phrases of a record of a related person.
fn of_kin(kin: &KinFile) -> impl Iterator<Item = (&'static str, &str)> {
    let ends = [("関係者の点数", &kin.at_least), ("関係者の記録の日", &kin.from), ("関係者の記録の日", &kin.to)];
    ends.into_iter().filter_map(|(label, text)| Some((label, text.as_deref()?)))
}

/// What places change in this version. `applied`: the reasons by which this office's rule was changed.
pub fn changes(
    library: &Library,
    written: &Written,
    applied: &[String],
    name: impl Fn(&str) -> String,
) -> Vec<ChangeRow> {
    let row = |change: &Change| ChangeRow {
        place: name(&change.place),
        what: changed(written, change),
        because: change.file.because.clone(),
        applies: applied.contains(&change.file.because),
    };
    library.changes_of(written).map(row).collect()
}

/// What a change does to a version, in words.
pub fn changed(written: &Written, change: &Change) -> Vec<String> {
    let new = &change.file;
    let mut what: Vec<String> = new
        .settings
        .iter()
        .map(|(name, value)| match written.file.settings.get(name) {
            Some(old) => format!("{name}：{old} → {value}"),
            None => format!("{name}：{value}"),
        })
        .collect();
    if let Some(tier) = new.tier {
        let word = |tier: u8| ["個別判断", "月次一括"].get(usize::from(tier) - 1).copied().unwrap_or("記録のみ");
        what.push(format!("区分：{} → {}", word(written.file.tier.max(1)), word(tier.max(1))));
    }
    if let Some(duty) = new.duty {
        what.push(String::from(if duty { "仕事にする" } else { "仕事にしない" }));
    }
    let replaced = [
        ("事業名", new.title.is_some()),
        ("出典", new.source.is_some()),
        ("事業", new.programme.is_some()),
        ("情報源", new.evidence.is_some()),
        ("説明", new.notes.is_some()),
        ("版の終わり", new.valid_to.is_some()),
        ("期間そのもの", new.once.is_some() || new.series.is_some() || new.rhythm.is_some()),
    ];
    what.extend(replaced.iter().filter(|(_, is)| *is).map(|(label, _)| format!("{label}を置き換え")));
    what
}
