//! Who may be the same person.

use rules::Span;
use server::platform::search::{Candidate, Identity, Likeness, candidates};

use crate::support::site::{BOTH, CENTRE};

use super::office::{Office, day, office, resident};

fn like(office: &Office, name: &str, kana: &str, birth: &str) -> Vec<Candidate> {
    let birth = (!birth.is_empty()).then(|| Span::on(day(birth)));
    let who = Identity { name: name.into(), kana: kana.into(), birth };
    office.site.database.read_all(|db| candidates(db, CENTRE, &who, 20)).unwrap()
}

#[test]
fn the_same_person_is_proposed_however_the_name_is_written() {
    for engine in BOTH {
        let office = office(engine);
        let file = office.open(resident("髙﨑 美穂", "たかさき みほ", "1994-04-02", "1", ""), false);
        let namesake = office.open(resident("高崎 美穂", "たかさき みほ", "1980-01-01", "2", ""), false);
        let stranger = office.open(resident("小川 葵", "おがわ あおい", "1994-04-02", "3", ""), false);
        let married = office.open(resident("小川 美穂", "おがわ みほ", "1994-04-02", "4", ""), false);
        for (name, kana) in
            [("高崎美穂", "ﾀｶｻｷﾐﾎ"), ("高崎 美穂", ""), ("", "タカサキ ミホ"), ("美穂 髙崎", "みほ たかさき")]
        {
            let found = like(&office, name, kana, "1994-04-02");
            assert_eq!(found[0].file, file, "{engine:?} {name} {kana}");
            assert!(found[0].born && found[0].name.max(found[0].kana) >= Likeness::Turned, "{engine:?} {name}");
            let by = |file: i64| found.iter().find(|c| c.file == file);
            assert!(by(namesake).is_some_and(|c| c.born_otherwise), "{engine:?} {name}");
            assert!(by(stranger).is_none(), "{engine:?} {name}: a birthday alone is no likeness");
        }
        let other_surname = like(&office, "高崎 美穂", "たかさき みほ", "1994-04-02");
        let found = other_surname.iter().find(|c| c.file == married).unwrap();
        assert_eq!((found.name, found.kana, found.born), (Likeness::Word, Likeness::Word, true), "{engine:?}");
        assert!(like(&office, "", "", "").is_empty(), "{engine:?}");
        let lan = office.open(resident("NGUYEN THI LAN", "ぐえん てぃ らん", "1999-05-05", "5", ""), false);
        assert_eq!(like(&office, "LAN NGUYEN THI", "", "1999-05-05")[0].file, lan, "{engine:?}");
    }
}
