//! `GET /postings/{id}/csv`: names and addresses for a printing company. The same persons as on the labels: nobody who is
//! protected, nobody of whom something came up since.

use paperwork::csv_out::{CsvWriter, Lacking, OutError, Target};

use super::page::{draw, letters, printable};
use super::print::standing;
use crate::platform::door::Looked;
use crate::platform::web::{Ask, Reply};
use crate::platform::{Fault, Problem, Refusal};

/// The file. What シフトJIS cannot write is refused with its number and characters, never replaced in silence.
///
/// # Errors
/// Not found, or if the database fails.
pub fn file(ask: &mut Ask) -> Result<Reply, Problem> {
    let batch = standing(ask)?;
    let target = if ask.query("as") == "cp932" { Target::Cp932(Lacking::Refuse) } else { Target::Utf8Bom };
    let written = ask.read(|door| {
        let all = letters(door, &batch)?;
        let (put, _) = printable(&all);
        let mut wrong: Vec<Refusal> = Vec::new();
        let mut csv = CsvWriter::new(Vec::new(), target).map_err(fault)?;
        csv.row(&["番号", "郵便番号", "住所", "宛名", "敬称"]).map_err(fault)?;
        for c in &put {
            let no = c.sent.as_ref().map(|(_, sent)| sent.no.to_string()).unwrap_or_default();
            let to = if c.guardian { "保護者様" } else { "様" };
            match csv.row(&[no.as_str(), &c.postcode, &c.address, &c.name.text, to]) {
                Ok(()) => {}
                Err(OutError::Lacking { chars, .. }) => {
                    let chars: Vec<String> = chars.iter().map(|c| format!("「{c}」")).collect();
                    wrong.push(Refusal::new(format!(
                        "番号{no}の{}はシフトJISで表せません。UTF-8のCSVを使うか、この方だけラベルで送ってください。",
                        chars.join("、")
                    )));
                }
                Err(other) => return Err(fault(other).into()),
            }
        }
        if !wrong.is_empty() {
            return Ok(Err(wrong));
        }
        let files: Vec<i64> = put.iter().map(|c| c.file).collect();
        door.log_reading(Looked::Export, "posting_csv", &files);
        Ok(Ok(csv.finish().map_err(fault)?))
    })?;
    match written {
        Ok(bytes) => Ok(Reply::file(&format!("発送{}-宛名.csv", batch.id), "text/csv", bytes)),
        Err(wrong) => Reply::refused(&draw(ask, &batch, &wrong)?),
    }
}

fn fault(error: OutError) -> Fault {
    Fault::new(error.to_string())
}
