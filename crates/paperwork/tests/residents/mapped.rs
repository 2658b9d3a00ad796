//! A municipality's own mapping.

use paperwork::mapping::Mapping;
use paperwork::residents::Change;

use crate::{cp932, one, read_with};

const OWN: &str = r#"
delimiter = "tab"
skip_lines = 1
number_digits = 8
required = ["number", "name", "birth", "sex"]

[headers]
number = ["JUMIN_CD"]
name = ["SHIMEI"]
birth = ["SEINENGAPPI"]
sex = ["SEIBETSU"]
relation = ["ZOKUGARA"]
change = ["IDO_JIYU"]
changed_on = ["IDO_YMD"]

[change]
move_in = ["10", "11"]
death = ["40"]

[relation]
"02" = "夫"
"03" = "妻"
"20" = "子"
"#;

const HEAD: &str = "住民抽出 2026-04-01\nJUMIN_CD\tSHIMEI\tSEINENGAPPI\tSEIBETSU\tZOKUGARA\tIDO_JIYU\tIDO_YMD\n";

fn read(line: &str) -> Result<paperwork::residents::ResidentRow, String> {
    one(read_with(&cp932(&format!("{HEAD}{line}\n")), &Mapping::for_municipality(OWN).unwrap()))
}

#[test]
fn codes_and_headers_of_a_host_system_are_read() {
    let row = read("00000012\t山田花子\t4020503\t2\t3\t11\t5080401").unwrap();
    assert_eq!(row.change, Change::MoveIn);
    assert_eq!(row.relation.as_deref(), Some("妻"));
    assert_eq!(row.birth.lo.to_string(), "1990-05-03");
}

#[test]
fn a_file_that_cannot_say_who_is_protected_says_so() {
    assert_eq!(read("00000012\t山田花子\t4020503\t2\t20\t\t").unwrap().protected, None);
}

#[test]
fn lost_zeros_and_unknown_codes_are_named() {
    let message = read("12\t山田花子\t4020503\t2\t99\t77\t5080401").unwrap_err();
    assert!(message.contains("3行目 JUMIN_CD：「12」と読みました。8桁の番号（先頭の0が落ちていないか"), "{message}");
    assert!(message.contains("ZOKUGARA：「99」と読みました。対応表にある続柄コードが必要です"), "{message}");
    assert!(message.contains("IDO_JIYU：「77」"), "{message}");
    assert_eq!(read("00000012\t山田花子\t4020503\t2\t子の子\t\t").unwrap().relation.as_deref(), Some("子の子"));
}
