//! A fictional city's first day as files: a register of families, and ten years of what an old system knew of them, in the
//! shipped layouts. An office without records is founded beside them, so that the files can be brought in by hand.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text};
use rules::{Day, counting};

use super::CityArgs;
use crate::cli::place::{Place, Sealing};
use crate::demo::dice::Dice;
use crate::platform::{Clock, Fault, session::password};

const CODE: &str = "990001";
const PASSWORD: &str = "first-day-of-a-city";
/// Years of history, and what a child's ledger tells: (kind of file, word, dose, days after birth).
const YEARS: i32 = 10;
const LEDGER: &[(Kind, &str, &str, i32)] = &[
    (Kind::Visit, "", "", 48),
    (Kind::Checkup, "1か月児健診", "", 32),
    (Kind::Checkup, "3〜4か月児健診", "", 118),
    (Kind::Checkup, "9〜11か月児健診", "", 300),
    (Kind::Checkup, "1歳6か月児健診", "", 575),
    (Kind::Checkup, "3歳児健診", "", 1_200),
    (Kind::Shot, "B型肝炎", "1", 62),
    (Kind::Shot, "B型肝炎", "2", 90),
    (Kind::Shot, "B型肝炎", "3", 210),
    (Kind::Shot, "小児肺炎球菌", "1", 62),
    (Kind::Shot, "小児肺炎球菌", "2", 90),
    (Kind::Shot, "小児肺炎球菌", "3", 118),
    (Kind::Shot, "小児肺炎球菌", "4", 400),
    (Kind::Shot, "Hib", "1", 62),
    (Kind::Shot, "Hib", "2", 90),
    (Kind::Shot, "Hib", "3", 118),
    (Kind::Shot, "Hib", "4", 400),
    (Kind::Shot, "4種混合", "1", 95),
    (Kind::Shot, "4種混合", "2", 123),
    (Kind::Shot, "4種混合", "3", 151),
    (Kind::Shot, "4種混合", "4", 530),
    (Kind::Shot, "BCG", "1", 165),
    (Kind::Shot, "MR第1期", "1", 380),
    (Kind::Shot, "水痘", "1", 380),
    (Kind::Shot, "水痘", "2", 580),
    (Kind::Shot, "MR第2期", "1", 2_150),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Visit,
    Checkup,
    Shot,
}

/// Writes the files, founds the office and says how to go on.
///
/// # Errors
/// If the folder cannot be written to, or holds a database that is no longer empty.
pub fn run(args: &CityArgs) -> Result<(), Fault> {
    let clock = Clock::system();
    let place = Place { data: args.folder.clone(), database: None, sealing: Sealing::default() };
    let database = place.open(&clock)?;
    found(&database)?;
    let mut files = Files::create(&args.folder).map_err(broken)?;
    let families = args.residents.div_ceil(4);
    for n in 0..families {
        family(&mut files, n, clock.today()).map_err(broken)?;
    }
    let rows = files.rows;
    files.flush().map_err(broken)?;
    let folder = args.folder.display();
    println!("{} residents, {rows} past records. On the city's first day:\n", families * 4);
    println!("  tsumugi import residents --data {folder} --municipality {CODE} {folder}/residents.csv");
    for kind in ["pregnancy", "prenatal_checkup", "postpartum_checkup", "visit", "checkup", "vaccination"] {
        println!("  tsumugi import events --data {folder} --municipality {CODE} --kind {kind} {folder}/{kind}.csv");
    }
    println!("  tsumugi serve --data {folder}\n\nSign in as head, coordinator or phn with the password {PASSWORD}");
    Ok(())
}

fn broken(error: std::io::Error) -> Fault {
    Fault::new(format!("the city's files cannot be written: {error}"))
}

fn found(database: &crate::platform::Database) -> Result<(), Fault> {
    let hash = password::hash(PASSWORD)?;
    database.write_all(|db| {
        let office =
            sql_query("insert into office (kind, code, name) values ('centre', $1, '架空市こども家庭センター')");
        office.bind::<Text, _>(CODE).execute(db)?;
        for (login, name) in [("head", "架空 長"), ("coordinator", "架空 統"), ("phn", "架空 保")] {
            sql_query("insert into staff (login, name, kana, password) values ($1, $2, 'かくう', $3)")
                .bind::<Text, _>(login)
                .bind::<Text, _>(name)
                .bind::<Text, _>(&hash)
                .execute(db)?;
        }
        // Logins are called as their roles.
        db.batch_execute(
            "insert into post (staff, keeper, role, from_day) select s.id, o.id, s.login, 0 from staff s, office o",
        )?;
        Ok(())
    })
}

type Out = BufWriter<File>;

struct Files {
    residents: Out,
    pregnancy: Out,
    prenatal: Out,
    postpartum: Out,
    visit: Out,
    checkup: Out,
    shot: Out,
    rows: u64,
}

impl Files {
    fn create(folder: &Path) -> std::io::Result<Files> {
        let file = |name: &str, header: &str| {
            let mut out = BufWriter::new(File::create(folder.join(name))?);
            writeln!(out, "{header}").map(|()| out)
        };
        Ok(Files {
            residents: file(
                "residents.csv",
                "宛名番号,世帯番号,氏名,氏名ふりがな,生年月日,性別,続柄,郵便番号,住所,地区,支援措置",
            )?,
            pregnancy: file("pregnancy.csv", "宛名番号,届出日,分娩予定日,胎児数")?,
            prenatal: file("prenatal_checkup.csv", "宛名番号,回数,受診日")?,
            postpartum: file("postpartum_checkup.csv", "宛名番号,健診種別,受診日")?,
            visit: file("visit.csv", "宛名番号,訪問日,訪問結果")?,
            checkup: file("checkup.csv", "宛名番号,健診種別,受診日,判定")?,
            shot: file("vaccination.csv", "宛名番号,予防接種種別,回数,接種日")?,
            rows: 0,
        })
    }

    fn flush(self) -> std::io::Result<()> {
        let all = [self.residents, self.pregnancy, self.prenatal, self.postpartum, self.visit, self.checkup, self.shot];
        all.into_iter().try_for_each(|mut out| out.flush())
    }
}

/// Father, mother and two children of the last ten years.
fn family(files: &mut Files, n: usize, today: Day) -> std::io::Result<()> {
    let mut dice = Dice::new(7, "city", n);
    let district = ["北部", "中部", "南部", "西部", "東部"][n % 5];
    let guarded = if n % 400 == 7 { "1" } else { "" };
    let older = today.plus(-dice.between(900, 365 * YEARS));
    let younger = older.plus(dice.between(700, 1_400));
    let mut person = |role: usize, given: &str, birth: Day, sex: &str, relation: &str| {
        writeln!(
            files.residents,
            "{:010},{n:08},架空{n} {given},かくう {given},{birth},{sex},{relation},999-0000,架空市{district}{n}番地,{district},{guarded}",
            n * 4 + role
        )
    };
    let adult = older.plus(-dice.between(8_500, 13_500));
    person(1, "ちち", adult.plus(-400), "男", "世帯主")?;
    person(2, "はは", adult, "女", "妻")?;
    person(3, "あに", older, "男", "子")?;
    if younger <= today {
        person(4, "いもうと", younger, "女", "子")?;
    }
    for (role, birth) in [(3, older), (4, younger)] {
        if birth <= today {
            pregnancy(files, &mut dice, n * 4 + 2, birth, today)?;
            child(files, &mut dice, n * 4 + role, birth, today)?;
        }
    }
    Ok(())
}

fn pregnancy(files: &mut Files, dice: &mut Dice, mother: usize, birth: Day, today: Day) -> std::io::Result<()> {
    let edd = birth.plus(dice.between(-10, 12));
    writeln!(files.pregnancy, "{mother:010},{},{edd},1", edd.plus(-215))?;
    files.rows += 1;
    for visit in 0..11 {
        let day = birth.plus(-200 + visit * 17);
        if dice.percent(96) {
            writeln!(files.prenatal, "{mother:010},{},{day}", visit + 1)?;
            files.rows += 1;
        }
    }
    for (word, days) in [("産後2週間", 15), ("産後1か月", 32)] {
        if dice.percent(80) && birth.plus(days) < today {
            writeln!(files.postpartum, "{mother:010},{word},{}", birth.plus(days))?;
            files.rows += 1;
        }
    }
    Ok(())
}

fn child(files: &mut Files, dice: &mut Dice, child: usize, birth: Day, today: Day) -> std::io::Result<()> {
    // Every ledger has its gaps; what is older than the second year was not carried over for some.
    let lost = dice.percent(6);
    for (kind, word, dose, days) in LEDGER {
        let day = birth.plus(days + dice.between(0, 12));
        // News of the last months is not in yet.
        if day > counting::after_months(today, -2) || lost && *days < 700 || !dice.percent(95) {
            continue;
        }
        match kind {
            Kind::Visit => writeln!(files.visit, "{child:010},{day},会えた")?,
            Kind::Checkup => writeln!(files.checkup, "{child:010},{word},{day},異常なし")?,
            Kind::Shot => writeln!(files.shot, "{child:010},{word},{dose},{day}")?,
        }
        files.rows += 1;
    }
    Ok(())
}
