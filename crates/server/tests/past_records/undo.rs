//! Taken back, a batch leaves no trace; stopped anywhere, it ends the same.

use std::fmt::Write as _;

use rand::{Rng, SeedableRng, rngs::SmallRng, seq::IndexedRandom};
use server::intake::events::Events;
use server::intake::imports::{apply, batch::State, withdraw};
use server::platform::{Actor, Clock, Doors};

use crate::office::{assert_sound, bring_in, offices, staged, take_back};
use crate::support::city::{Hall, today};

/// A random file: kind and text. Days, doses and persons are drawn freely, so that rows contradict each other and repeat.
fn random(rng: &mut SmallRng) -> (&'static str, String) {
    let kind = *["vaccination", "checkup", "absence", "visit", "pregnancy", "prenatal_checkup", "postpartum_checkup"]
        .choose(rng)
        .unwrap();
    let mut text = String::from(match kind {
        "vaccination" => "宛名番号,予防接種種別,回数,接種日\n",
        "checkup" => "宛名番号,健診種別,受診日,判定\n",
        "absence" => "宛名番号,未受診事業,未受診把握日\n",
        "visit" => "宛名番号,訪問日,訪問結果\n",
        "pregnancy" => "宛名番号,届出日,分娩予定日\n",
        "prenatal_checkup" => "宛名番号,回数,受診日\n",
        _ => "宛名番号,時期,受診日\n",
    });
    for _ in 0..rng.random_range(1..12) {
        let number = *["0001", "0002", "0003", "0005", "0404"].choose(rng).unwrap();
        let day = today().plus(-rng.random_range(0..900));
        let _ = match kind {
            "vaccination" => {
                let what = ["BCG", "小児肺炎球菌", "B型肝炎", "MR", "5種混合"].choose(rng).unwrap();
                writeln!(text, "{number},{what},{},{day}", rng.random_range(1..4))
            }
            "checkup" => {
                let what = ["1歳6か月児健診", "3〜4か月児健診", "3歳児健診"].choose(rng).unwrap();
                writeln!(text, "{number},{what},{day},{}", ["異常なし", "要精密", "未受診"].choose(rng).unwrap())
            }
            "absence" => writeln!(text, "{number},1歳6か月児健診,{day}"),
            "visit" => writeln!(text, "{number},{day},{}", ["", "不在"].choose(rng).unwrap()),
            "pregnancy" => writeln!(text, "0001,{day},{}", day.plus(rng.random_range(100..230))),
            "prenatal_checkup" => writeln!(text, "0001,{},{day}", rng.random_range(1..14)),
            _ => writeln!(text, "0001,{},{day}", ["産後2週間", "産後1か月", ""].choose(rng).unwrap()),
        };
    }
    (kind, text)
}

#[test]
fn random_batches_in_and_out_in_any_order_are_as_if_never_imported() {
    for hall in offices() {
        let before = hall.tables();
        let rounds = if hall.name == "SQLite" { 12 } else { 4 };
        for seed in 0..rounds {
            let mut rng = SmallRng::seed_from_u64(seed);
            let mut stands: Vec<i64> = Vec::new();
            for _ in 0..rng.random_range(2..6) {
                let (kind, text) = random(&mut rng);
                stands.push(bring_in(&hall, kind, &text).id);
                if rng.random_bool(0.3) {
                    let n = rng.random_range(0..stands.len());
                    take_back(&hall, stands.remove(n));
                }
            }
            assert_sound(&hall);
            while !stands.is_empty() {
                let n = rng.random_range(0..stands.len());
                take_back(&hall, stands.remove(n));
            }
            assert_eq!(hall.tables(), before, "{} seed {seed}", hall.name);
            assert_eq!(hall.one("select content as t from staged_row"), "", "nothing waits any more");
        }
        assert_sound(&hall);
    }
}

const TEXT: &str = "宛名番号,予防接種種別,回数,接種日\n0003,BCG,1,R7.3.10\n0005,B型肝炎,1,R8.5.12\n0404,BCG,1,R7.3.10\n\
                    0003,小児肺炎球菌,1,R6.12.5\n0003,小児肺炎球菌,2,R7.1.6\n0003,BCG,1,R7.3.11\n0005,ロタ,1,R8.5.12\n";

fn on_file(hall: &Hall) -> Vec<String> {
    let mut all = hall.tables();
    all.extend(
        hall.texts(
            "select cast(file as text) || ' ' || body as t from event where kind = 'service' order by file, seq",
        ),
    );
    all.extend(hall.texts("select cast(line as text) || mark || state as t from staged_row order by line"));
    all
}

#[test]
fn stopped_at_every_chunk_it_goes_on_and_ends_the_same() {
    let (straight, stopped) = (offices(), offices());
    for (straight, stopped) in straight.iter().zip(&stopped) {
        let whole = bring_in(straight, "vaccination", TEXT);
        let look = staged(stopped, "vaccination", TEXT).unwrap();
        apply::order::<Events>(&stopped.doors, &stopped.actor, look.id).unwrap();
        let mut steps = 0;
        let last = loop {
            // Another process each time, and somebody else at the wheel.
            let doors = Doors::new(stopped.doors.database().clone(), Clock::pinned(today()));
            let actor = Actor { staff: 7, ..stopped.actor.clone() };
            let work = apply::Work { doors: &doors, actor: &actor, books: &stopped.books };
            steps += 1;
            let batch = apply::step::<Events>(work, look.id, 1).unwrap();
            if batch.state == State::Applied {
                break batch;
            }
        };
        assert!(steps >= 6, "every person was a transaction of its own: {steps}");
        assert_eq!((last.progress.counts, last.run.events), (whole.progress.counts, whole.run.events));
        assert_eq!(on_file(stopped), on_file(straight), "{}", stopped.name);
        assert_eq!(stopped.one("select cast(count(*) as text) as t from event where actor = 7"), "0");
        assert_sound(stopped);
        withdraw::order::<Events>(stopped.work(), look.id, "取り違え").unwrap();
        while withdraw::step::<Events>(stopped.work(), look.id, 1).unwrap().state == State::Withdrawing {}
        take_back(straight, whole.id);
        assert_eq!(on_file(stopped), on_file(straight), "{}", stopped.name);
    }
}
