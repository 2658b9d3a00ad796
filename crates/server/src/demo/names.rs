//! Names for people who do not exist: kanji with ふりがな from `demo/names.tsv`.

use super::dice::Dice;
use crate::platform::Fault;

const TABLE: &str = include_str!("../../../../demo/names.tsv");

#[derive(Clone, Debug)]
pub struct Name {
    pub kanji: &'static str,
    pub kana: &'static str,
}

/// Lists of names by kind; none of them empty.
#[derive(Default, Debug)]
pub struct Names {
    pub surnames: Vec<Name>,
    pub girls: Vec<Name>,
    pub boys: Vec<Name>,
    pub women: Vec<Name>,
    pub men: Vec<Name>,
}

impl Names {
    pub fn read() -> Result<Names, Fault> {
        let mut names = Names::default();
        for line in TABLE.lines() {
            let mut cells = line.split('\t');
            let (Some(kind), Some(kanji), Some(kana)) = (cells.next(), cells.next(), cells.next()) else { continue };
            let list = match kind {
                "surname" => &mut names.surnames,
                "girl" => &mut names.girls,
                "boy" => &mut names.boys,
                "woman" => &mut names.women,
                "man" => &mut names.men,
                _ => return Err(Fault::new(format!("demo/names.tsv: no such kind of name: {kind}"))),
            };
            list.push(Name { kanji, kana });
        }
        let lists = [&names.surnames, &names.girls, &names.boys, &names.women, &names.men];
        if lists.iter().any(|l| l.is_empty()) {
            return Err(Fault::new("demo/names.tsv: a kind of name is missing"));
        }
        Ok(names)
    }

    pub fn surname(&self, dice: &mut Dice) -> &Name {
        dice.pick(&self.surnames)
    }

    pub fn child(&self, girl: bool, dice: &mut Dice) -> &Name {
        dice.pick(if girl { &self.girls } else { &self.boys })
    }
}
