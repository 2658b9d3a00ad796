//! A fictional population, straight into the read tables of a scratch database: households of a mother, a father and two
//! children, every household with one phone.

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query};

use crate::{
    demo::{dice::Dice, names::Names},
    platform::{
        Database, Db, Fault,
        db::CountRow,
        sql::{Table, Value},
        store::{
            keys::{self, PersonKey, SEARCH_KEY},
            rows::{PERSON, RELATION},
        },
    },
};

pub const KEEPER: i64 = 1;

/// Somebody of the population; who it is follows from the number.
pub struct Someone {
    pub file: i64,
    pub name: String,
    pub kana: String,
    pub number: String,
    pub phone: String,
    pub birth: i32,
    pub sex: &'static str,
}

/// The person with that number, from 0 on. Four in a row are one household; the first is its mother.
pub fn someone(names: &Names, number: usize) -> Someone {
    let home = number / 4;
    let mut house = Dice::new(1, "house", home);
    // 佐藤 is the commonest name.
    let surname = if house.percent(1) { &names.surnames[0] } else { names.surname(&mut house) };
    let mut dice = Dice::new(1, "person", number);
    let place = number % 4;
    let (list, sex, ages) = match place {
        0 => (&names.women, "F", (20, 45)),
        1 => (&names.men, "M", (20, 50)),
        _ if dice.percent(50) => (&names.girls, "F", (0, 18)),
        _ => (&names.boys, "M", (0, 18)),
    };
    let given = dice.pick(list);
    // One in five of them is registered with the other form.
    let family = if house.percent(20) { surname.kanji.replace('高', "髙") } else { surname.kanji.to_owned() };
    let age = dice.between(ages.0 * 365, ages.1 * 365 + 364);
    Someone {
        file: i64::try_from(number + 1).unwrap_or(i64::MAX),
        name: format!("{family}　{}", given.kanji),
        kana: format!("{}　{}", surname.kana, given.kana),
        number: format!("{:010}", number + 1),
        phone: if place == 0 {
            format!("080-{:04}-{:04}", home / 10_000 % 10_000, home % 10_000)
        } else {
            String::new()
        },
        birth: 20_781 - age,
        sex,
    }
}

/// Where keys wait until all are there and can be put in order.
const WAITING: Table = Table { name: "waiting_key", columns: SEARCH_KEY.columns, key: &[] };

/// Fills an empty database; one with as many people is taken as it is.
pub fn fill(database: &Database, persons: usize) -> Result<(), Fault> {
    let there = database.read_all(|db| -> Result<i64, Fault> {
        Ok(sql_query("select count(*) as n from person").get_result::<CountRow>(db)?.n)
    })?;
    if usize::try_from(there).ok() == Some(persons) {
        return Ok(());
    }
    if there > 0 {
        return Err(Fault::new("the database has people in it: give the path of a new one"));
    }
    let names = Names::read()?;
    database.write_all(|db| -> Result<(), Fault> {
        Ok(db.batch_execute("create table waiting_key (keeper bigint, kind integer, key text, file bigint)")?)
    })?;
    for from in (0..persons).step_by(10_000) {
        let some: Vec<Someone> = (from..persons.min(from + 10_000)).map(|n| someone(&names, n)).collect();
        database.write_all(|db| write(db, &some))?;
    }
    database.write_all(|db| -> Result<(), Fault> {
        db.batch_execute(
            "insert into search_key (keeper, kind, key, file) select keeper, kind, key, file from waiting_key \
             order by keeper, kind, key, file; drop table waiting_key",
        )?;
        Ok(db.batch_execute("analyze")?)
    })
}

fn write(db: &mut Db, some: &[Someone]) -> Result<(), Fault> {
    let (mut persons, mut relations) = (Vec::new(), Vec::new());
    for one in some {
        let texts = [one.sex, &one.number, "", "北部1区", "北町1丁目2-3", &one.phone].map(Value::from);
        persons.extend([Value::from(KEEPER), one.file.into(), Value::from(&one.name), Value::from(&one.kana)]);
        persons.extend([one.birth; 2].map(Value::from));
        persons.extend(texts);
        persons.extend([
            Value::from(0),
            "".into(),
            Value::Int(None),
            0.into(),
            "".into(),
            "child".into(),
            Value::Int(None),
        ]);
        let place = (one.file - 1) % 4;
        if place >= 2 {
            let (mother, father) = (one.file - place, one.file - place + 1);
            for (file, other, role) in [
                (one.file, mother, "mother"),
                (mother, one.file, "child"),
                (one.file, father, "father"),
                (father, one.file, "child"),
            ] {
                relations.extend([Value::from(KEEPER), file.into(), other.into(), Value::from(role)]);
                relations.extend([Value::from(0), Value::Int(None), one.file.into(), 0.into()]);
            }
        }
    }
    PERSON.put(db, &persons)?;
    RELATION.put(db, &relations)?;
    let of: Vec<PersonKey> = some.iter().map(|s| PersonKey::of(&s.name, &s.kana, &s.number, &s.phone)).collect();
    let wanted: Vec<(i64, i64, &PersonKey)> = some.iter().zip(&of).map(|(s, key)| (KEEPER, s.file, key)).collect();
    keys::put(db, &wanted, &WAITING)
}
