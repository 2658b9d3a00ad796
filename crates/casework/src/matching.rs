//! 照合: what speaks for and against two files being the same person's, in words. A proposal, never a decision (promise 6).
//!
//! Names come here folded (異体字, kana, long vowels, romaji: crate `names`); what is shown is looked up elsewhere, where it is
//! masked for the reader.

use alloc::{string::String, vec::Vec};

use rules::{Day, Span};

/// What is known of somebody, as far as it tells them from others. Folded keys; empty = not known.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Face {
    /// Parts of the written name in order (氏, 名 …), as keys.
    pub name: Vec<String>,
    /// Parts of the reading in order, as keys in hiragana.
    pub kana: Vec<String>,
    /// The same of 旧氏 and 通称.
    pub also: Vec<Vec<String>>,
    /// Readings of names in romaji, both orders of their parts, long vowels left out.
    pub romaji: Vec<String>,
    /// The reading, long vowels left out: what romaji is compared with.
    pub reading: String,
    pub birth: Option<Span>,
    pub sex: String,
    pub household: String,
    /// Files of 母.
    pub mothers: Vec<i64>,
    /// Household of the mother, where the own one is not known yet.
    pub mothers_household: String,
    /// Digits.
    pub phone: String,
    pub address: String,
    /// 分娩予定日 of an open pregnancy.
    pub edd: Option<Day>,
    /// One of twins or more.
    pub multiple: bool,
}

/// What is compared, in the order in which it is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    Birth,
    Name,
    Kana,
    Sex,
    Mother,
    Household,
    Phone,
    Address,
    Edd,
}

impl What {
    pub const fn word(self) -> &'static str {
        match self {
            What::Birth => "生年月日",
            What::Name => "氏名",
            What::Kana => "ふりがな",
            What::Sex => "性別",
            What::Mother => "母",
            What::Household => "世帯",
            What::Phone => "電話",
            What::Address => "住所",
            What::Edd => "分娩予定日",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Speaks {
    For,
    /// Alike, with a difference that is often a slip of the pen.
    Nearly,
    Against,
    /// One side does not say.
    Silent,
}

/// One piece of evidence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Evidence {
    pub what: What,
    pub speaks: Speaks,
    /// In words.
    pub says: &'static str,
}

/// What the evidence comes to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Likeness {
    /// Birth and name agree, or birth and mother of a child without a name, and nothing speaks against it.
    Same,
    Probably,
    NameOnly,
}

impl Likeness {
    pub const fn word(self) -> &'static str {
        match self {
            Likeness::Same => "同じ人と思われます",
            Likeness::Probably => "同じ人かもしれません",
            Likeness::NameOnly => "名前だけが同じです",
        }
    }
}

/// A proposal: never one without its evidence.
#[derive(Clone, PartialEq, Debug)]
pub struct Likely {
    pub likeness: Likeness,
    pub evidence: Vec<Evidence>,
}

impl Likely {
    /// How much speaks for it and how much against: for the order of proposals, never shown.
    pub fn weight(&self) -> (usize, usize) {
        let count = |speaks: Speaks| self.evidence.iter().filter(|e| e.speaks == speaks).count();
        (count(Speaks::For), count(Speaks::Against))
    }

    fn of(&self, what: What) -> Speaks {
        self.evidence.iter().find(|e| e.what == what).map_or(Speaks::Silent, |e| e.speaks)
    }
}

/// Whether the first may be the second; `None`: nothing worth a look.
pub fn likely(one: &Face, other: &Face) -> Option<Likely> {
    let evidence = alloc::vec![
        birth(one.birth, other.birth),
        name(one, other),
        kana(one, other),
        plain(What::Sex, &one.sex, &other.sex, "性別が同じ", "性別が違う"),
        mother(one, other),
        household(one, other),
        plain(What::Phone, &one.phone, &other.phone, "電話が同じ", "電話が違う"),
        plain(What::Address, &one.address, &other.address, "住所が同じ", "住所が違う"),
        edd(one.edd, other.edd),
    ];
    let found = Likely { likeness: Likeness::NameOnly, evidence };
    let likeness = ladder(&found, one, other)?;
    Some(Likely { likeness, ..found })
}

/// One question per line, the strongest first.
fn ladder(found: &Likely, one: &Face, other: &Face) -> Option<Likeness> {
    use Speaks::{Against, For, Nearly, Silent};
    let of = |what| found.of(what);
    let named = named(found);
    let nameless = one.name.is_empty() || other.name.is_empty();
    let tied = of(What::Mother) == For || of(What::Household) == For;
    let reached = of(What::Phone) == For || of(What::Address) == For;
    match (of(What::Birth), named) {
        // Twins are born on one day to one mother: their names and sex tell them apart.
        (For, Against) if one.multiple || other.multiple => None,
        (For, _) if of(What::Sex) == Against && (one.multiple || other.multiple) => None,
        (For, For) if of(What::Sex) != Against => Some(Likeness::Same),
        (For, _) if nameless && of(What::Mother) == For && of(What::Sex) != Against => {
            Some(if one.multiple || other.multiple { Likeness::Probably } else { Likeness::Same })
        }
        (For, For | Nearly) => Some(Likeness::Probably),
        (For, _) if tied || reached => Some(Likeness::Probably),
        (Nearly, For | Nearly) if of(What::Sex) != Against => Some(Likeness::Probably),
        (Nearly, _) if tied && nameless => Some(Likeness::Probably),
        (Silent, For) if tied || reached || of(What::Edd) == For => Some(Likeness::Probably),
        (_, For) => Some(Likeness::NameOnly),
        _ => None,
    }
}

/// What name and reading come to together.
fn named(found: &Likely) -> Speaks {
    use Speaks::{Against, For, Nearly, Silent};
    match (found.of(What::Name), found.of(What::Kana)) {
        (For, _) | (_, For) => For,
        (Nearly, _) | (_, Nearly) => Nearly,
        (Against, _) | (_, Against) => Against,
        (Silent, Silent) => Silent,
    }
}

const fn evidence(what: What, speaks: Speaks, says: &'static str) -> Evidence {
    Evidence { what, speaks, says }
}

fn silent(what: What) -> Evidence {
    evidence(what, Speaks::Silent, "どちらかに記録がない")
}

fn birth(one: Option<Span>, other: Option<Span>) -> Evidence {
    let what = What::Birth;
    let (Some(one), Some(other)) = (one, other) else { return silent(what) };
    if one == other && one.is_exact() {
        return evidence(what, Speaks::For, "生年月日が同じ");
    }
    if one.lo <= other.hi && other.lo <= one.hi {
        return evidence(what, Speaks::Nearly, "生年月日の分かる範囲で重なる");
    }
    if !(one.is_exact() && other.is_exact()) {
        return evidence(what, Speaks::Against, "生年月日が違う");
    }
    if one.lo.since(other.lo).abs() == 1 {
        return evidence(what, Speaks::Nearly, "生年月日が1日違い");
    }
    let ((y1, m1, d1), (y2, m2, d2)) = (one.lo.ymd(), other.lo.ymd());
    if y1 == y2 && (m1, d1) == (d2, m2) {
        return evidence(what, Speaks::Nearly, "生年月日の月と日が逆");
    }
    if [y1 == y2, m1 == m2, d1 == d2].iter().filter(|same| **same).count() == 2 {
        return evidence(what, Speaks::Nearly, "生年月日の年・月・日のうち2つが同じ");
    }
    evidence(what, Speaks::Against, "生年月日が違う")
}

fn joined(parts: &[String]) -> String {
    parts.concat()
}

fn reversed(parts: &[String]) -> String {
    parts.iter().rev().map(String::as_str).collect()
}

fn name(one: &Face, other: &Face) -> Evidence {
    let what = What::Name;
    let (a, b) = (&one.name, &other.name);
    if a.is_empty() || b.is_empty() {
        return silent(what);
    }
    if joined(a) == joined(b) {
        return evidence(what, Speaks::For, "氏名が同じ（字体・空白の違いを除く）");
    }
    if a.len() > 1 && reversed(a) == joined(b) || b.len() > 1 && joined(a) == reversed(b) {
        return evidence(what, Speaks::For, "氏と名の順が逆で、ほかは同じ");
    }
    let known_as = |face: &Face, other: &Face| {
        let mut names = other.also.iter().chain([&other.kana]).filter(|n| !n.is_empty());
        let mine = [joined(&face.name), reversed(&face.name)];
        names.any(|theirs| mine.contains(&joined(theirs)) || face.also.iter().any(|own| joined(own) == joined(theirs)))
            || !other.reading.is_empty() && face.romaji.contains(&other.reading)
    };
    if known_as(one, other) || known_as(other, one) {
        return evidence(what, Speaks::For, "旧氏・通称・ローマ字・かなで書けば同じ");
    }
    if a.len() > 1 && b.len() > 1 && a.last() == b.last() {
        return evidence(what, Speaks::Nearly, "名が同じで、氏が違う");
    }
    evidence(
        what,
        Speaks::Against,
        if a.len() > 1 && a.first() == b.first() { "氏は同じで、名が違う" } else { "氏名が違う" },
    )
}

fn kana(one: &Face, other: &Face) -> Evidence {
    let what = What::Kana;
    let (a, b) = (&one.kana, &other.kana);
    if a.is_empty() || b.is_empty() {
        return silent(what);
    }
    if joined(a) == joined(b) {
        return evidence(what, Speaks::For, "ふりがなが同じ（長音・小書きの違いを除く）");
    }
    if a.len() > 1 && reversed(a) == joined(b) || b.len() > 1 && joined(a) == reversed(b) {
        return evidence(what, Speaks::For, "ふりがなの氏と名の順が逆で、ほかは同じ");
    }
    if a.len() > 1 && b.len() > 1 && a.last() == b.last() {
        return evidence(what, Speaks::Nearly, "名のふりがなが同じで、氏が違う");
    }
    if one_apart(&joined(a), &joined(b)) {
        return evidence(what, Speaks::Nearly, "ふりがなが1文字だけ違う");
    }
    evidence(what, Speaks::Against, "ふりがなが違う")
}

/// One sound put in, left out or mistaken, in a reading long enough for that to be a slip.
fn one_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 5 || long.len() - short.len() > 1 {
        return false;
    }
    let ahead = short.iter().zip(&long).take_while(|(x, y)| x == y).count();
    let rest = short.len() - ahead - usize::from(short.len() == long.len());
    short.get(short.len() - rest..) == long.get(long.len() - rest..)
}

fn plain(what: What, one: &str, other: &str, same: &'static str, differs: &'static str) -> Evidence {
    match (one, other) {
        ("", _) | (_, "") => silent(what),
        _ if one == other => evidence(what, Speaks::For, same),
        // People move and change their phone; a different sex is another matter.
        _ => evidence(what, Speaks::Against, differs),
    }
}

fn mother(one: &Face, other: &Face) -> Evidence {
    let what = What::Mother;
    if one.mothers.is_empty() || other.mothers.is_empty() {
        return silent(what);
    }
    if one.mothers.iter().any(|m| other.mothers.contains(m)) {
        return evidence(what, Speaks::For, "母が同じ");
    }
    evidence(what, Speaks::Against, "母が違う")
}

fn household(one: &Face, other: &Face) -> Evidence {
    let home = |face: &Face| [face.household.clone(), face.mothers_household.clone()];
    let (own, theirs) = (home(one), home(other));
    let same = |ours: &String| !ours.is_empty() && theirs.contains(ours);
    if own[0] == theirs[0] && !own[0].is_empty() {
        return evidence(What::Household, Speaks::For, "世帯が同じ");
    }
    if own.iter().any(same) {
        return evidence(What::Household, Speaks::For, "母の世帯と同じ");
    }
    plain(What::Household, &own[0], &theirs[0], "世帯が同じ", "世帯が違う")
}

fn edd(one: Option<Day>, other: Option<Day>) -> Evidence {
    match (one, other) {
        (Some(one), Some(other)) if one == other => evidence(What::Edd, Speaks::For, "分娩予定日が同じ"),
        (Some(one), Some(other)) if one.since(other).abs() <= 28 => {
            evidence(What::Edd, Speaks::Nearly, "分娩予定日が近い")
        }
        (Some(_), Some(_)) => evidence(What::Edd, Speaks::Against, "分娩予定日が違う"),
        _ => silent(What::Edd),
    }
}

/// Days of birth that a slip of the pen may have made of this one: for whoever looks for candidates.
pub fn near_births(birth: Day) -> Vec<Day> {
    let (year, month, day) = birth.ymd();
    let mut days = alloc::vec![birth, birth.plus(1), birth.plus(-1)];
    days.extend(Day::from_ymd(year, day, month));
    days.extend((-2..=2).filter(|n| *n != 0).filter_map(|n| Day::from_ymd(year + n, month, day)));
    days.extend((1..=12).filter(|m| *m != month).filter_map(|m| Day::from_ymd(year, m, day)));
    days.sort_unstable();
    days.dedup();
    days
}
