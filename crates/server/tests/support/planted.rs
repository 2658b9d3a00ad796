//! The marked families of the journeys: put into the demo through its own forms and its own imports before anybody looks at a
//! page. Whatever can be stored of where they are is stored, each in a word of its own, and told again in every text.

use std::net::SocketAddr;

use super::site::{Answer, Visitor};

pub const NAME: &str = "架空 暁子";
pub const ADDRESS: &str = "曙光町7丁目8-9";
const PHONE: &str = "090-5550-0177";
/// Where they are. She came through the forms: address, phone, district, clinic, 里帰り先, where she gave birth. The other family
/// came with the register and with past records: household, postcode, where they moved from and to, the child's doctor, the place
/// of a check-up. (School and nursery have no field of their own.)
pub const PLACES: [&str; 12] = [
    ADDRESS,
    PHONE,
    "曙光地区",
    "曙光産婦人科",
    "曙光市の実家",
    "曙光病院",
    "0000088177",
    "999-8177",
    "曙光県暁市",
    "曙光郡未明村",
    "曙光小児科",
    "曙光保育園",
];
/// What only the compartment knows: who reported, where, what, and what the meeting decided.
pub const NARROW: [&str; 4] = ["奥津 隣人", "奥津団地", "奥津の泣き声", "奥津の会議"];

/// The marked families.
pub struct Family {
    /// 架空 暁子 and her newborn.
    pub mother: i64,
    pub child: i64,
    /// 架空 黎子 and 架空 東明, half a year old, whom the register protects.
    pub woman: i64,
    pub infant: i64,
}

fn hidden(page: &str, name: &str) -> String {
    let found = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    found.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// A form opened, filled in and sent.
fn fill(visitor: &mut Visitor, path: &str, to: &str, typed: &[(&str, &str)]) -> Answer {
    let page = visitor.get(path);
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    let form = page.body.split("<form class=\"card form\"").nth(1).unwrap_or(&page.body).to_owned();
    let hidden: Vec<(&str, String)> = ["command_id", "version"].iter().map(|n| (*n, hidden(&form, n))).collect();
    let all: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (*n, v.as_str())).chain(typed.iter().copied()).collect();
    let answer = visitor.post(to, &all);
    assert_eq!(answer.status, 303, "{to}: {}", answer.body);
    answer
}

/// Puts both families there.
pub fn plant(address: SocketAddr) -> Family {
    let mut head = Visitor::at(address);
    assert_eq!(head.sign_in("kuroda", "minato-2026-tokatsu").status, 303);
    let (mother, child) = by_forms(&mut head);
    let [woman, infant] = by_imports(&mut head);
    Family { mother, child, woman, infant }
}

fn by_forms(head: &mut Visitor) -> (i64, i64) {
    let [address, phone, district, clinic, away, hospital, ..] = PLACES;
    let nursery = PLACES[11];
    let typed = [
        ("name", NAME),
        ("kana", "カクウ アキコ"),
        ("birth", "H6.4.2"),
        ("sex", "F"),
        ("phone", phone),
        ("address", address),
        ("district", district),
        ("protected", "1"),
    ];
    let opened = fill(head, "/persons/new", "/persons/new", &typed);
    let mother: i64 = opened.location().trim_start_matches("/persons/").parse().expect("a file");
    let of = |what: &str| format!("/persons/{mother}/{what}");
    let mut same = |what: &str, typed: &[(&str, &str)]| fill(head, &of(what), &of(what), typed);
    let pregnancy = [
        ("notified_day", "R8.5.1"),
        ("due_day", "R8.11.25"),
        ("fetuses", "1"),
        ("away", "yes"),
        ("away_from", "R8.10.10"),
        ("away_place", away),
        ("facility", clinic),
    ];
    same("pregnancies/new", &pregnancy);
    // What the fields keep is typed again in words.
    let words = format!("電話あり。住所は{address}、電話は{phone}、里帰りは{away}、受診は{clinic}、迎えは{nursery}。");
    same("notes/new", &[("note", &words), ("day", "R8.11.20")]);
    let caution = [("introduce", words.as_str()), ("speak_to", &words), ("times", &words), ("note", &words)];
    same("caution", &caution);
    same("letters/stop", &[("note", &words), ("day", "R8.11.20")]);
    let birth =
        [("birth_day", "R8.11.20"), ("children", "1"), ("source", "own"), ("child_1_sex", "F"), ("place", hospital)];
    same("births/new", &birth);
    let met = [("result", "reached"), ("day", "R8.11.20"), ("seen", "direct"), ("seen_place", nursery)];
    let call = [&met[..], &[("means", "face"), ("spoke_with", &words), ("note", &words)]].concat();
    fill(head, &of("contacts/new"), &of("contacts"), &call);
    let visit = [&met[..], &[("kind", ""), ("note", &words)]].concat();
    fill(head, &of("visits/new"), &of("visits"), &visit);
    let page = head.get(&of("family")).body;
    let child = page
        .split("/persons/")
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<i64>().ok())
        .find(|id| *id > mother)
        .expect("her child");
    let narrow = of("compartment");
    let report = [
        ("what", "report"),
        ("report_day", "R8.11.19"),
        ("report_who", NARROW[0]),
        ("report_place", NARROW[1]),
        ("report_text", NARROW[2]),
    ];
    fill(head, &narrow, &narrow, &report);
    let period = [("what", "period"), ("kind", "特定妊婦"), ("day", "R8.11.20"), ("note", NARROW[3])];
    fill(head, &narrow, &narrow, &period);
    (mother, child)
}

/// Mother and infant as the register tells of them, and what other files tell of the infant.
fn by_imports(head: &mut Visitor) -> [i64; 2] {
    let [.., household, postcode, from, to, doctor, nursery] = PLACES;
    let row = |number: &str, who: &str| {
        format!("{number},{household},{who},{postcode},曙光町9丁目9-9,曙光地区,090-5550-0188,転入,R8.6.1,{from},1\r\n")
    };
    let register = format!(
        "宛名番号,世帯番号,氏名,氏名ふりがな,生年月日,性別,続柄,郵便番号,住所,地区,電話番号,異動事由,異動日,転入前住所,支援措置\r\n{}{}",
        row("0000088101", "架空 黎子,かくう れいこ,H6.4.3,2,世帯主"),
        row("0000088102", "架空 東明,かくう しののめ,R8.5.10,1,子"),
    );
    let changes = [("layout", "standard"), ("scope", "changes"), ("as_of_day", "きょう")];
    import(head, "/residents", &changes, &register);
    let records = [
        (
            "vaccination",
            format!("宛名番号,予防接種種別,回数,接種日,医療機関\r\n0000088102,BCG,1,R8.10.10,{doctor}\r\n"),
        ),
        (
            "checkup",
            format!("宛名番号,健診種別,受診日,判定,会場\r\n0000088102,3〜4か月児健診,R8.9.10,異常なし,{nursery}\r\n"),
        ),
    ];
    for (kind, text) in records {
        import(head, "/events", &[("kind", kind), ("through", "")], &text);
    }
    let [woman, infant] = ["0000088101", "0000088102"].map(|number| numbered(head, number));
    let out = format!("/persons/{woman}/moved-out");
    fill(head, &out, &out, &[("day", "R8.11.10"), ("destination", to)]);
    // The register says it in its fields; a person says it in words, in the file that knows it.
    let note = format!("/persons/{woman}/notes/new");
    fill(head, &note, &note, &[("note", &format!("{from}から{to}へ。")), ("day", "R8.11.20")]);
    let words = format!("世帯{household}、〒{postcode}、{from}から、{doctor}、{nursery}。");
    let of = |what: &str| format!("/persons/{infant}/{what}");
    fill(head, &of("notes/new"), &of("notes/new"), &[("note", &words), ("day", "R8.11.20")]);
    let shut = [("duty", "rota#1@1"), ("reason", "declined"), ("note", words.as_str())];
    fill(head, &of("closures/new?duty=rota%231%401"), &of("closures"), &shut);
    [woman, infant]
}

/// Whom 名簿 finds by this 宛名番号.
fn numbered(head: &mut Visitor, number: &str) -> i64 {
    let found = head.post("/persons", &[("term", number)]);
    let rows = found.body.split("id=\"index-t\"").nth(1).unwrap_or_default();
    let row = rows
        .split("<tr")
        .find(|row| row.contains("/persons/") && row.contains(number))
        .unwrap_or_else(|| panic!("{}", found.body));
    let id = row.split("/persons/").nth(1).and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    id.and_then(|id| id.parse().ok()).expect("a file")
}

/// A file uploaded, applied and looked at until it is brought in.
fn import(head: &mut Visitor, room: &str, fields: &[(&str, &str)], text: &str) {
    head.get(room);
    let csrf = head.csrf.clone();
    let mut body = String::new();
    for (name, value) in [("csrf", csrf.as_str())].iter().chain(fields) {
        body.push_str(&format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str(&format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"曙.csv\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--b--\r\n"
    ));
    let staged = head.send("POST", room, &[("Content-Type", "multipart/form-data; boundary=b")], &body);
    assert_eq!(staged.status, 303, "{room}: {}", staged.body);
    let at = staged.location().to_owned();
    let preview = head.get(&at);
    let command = hidden(&preview.body, "command_id");
    assert_eq!(head.post(&format!("{at}/apply"), &[("command_id", &command)]).status, 303, "{}", preview.body);
    for _ in 0..5_000 {
        let page = head.get(&at);
        if page.body.contains("取込の結果") {
            assert!(!page.body.contains("読めなかった"), "{}", page.body);
            return;
        }
    }
    panic!("{room}: the import does not end");
}
