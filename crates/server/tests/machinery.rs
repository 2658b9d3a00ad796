//! Proves that the databases and the browser the other tests stand on really do what those tests believe.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use support::{
    browser::{Browser, pdf_text},
    pg, sqlite,
};

#[test]
fn each_test_has_a_postgresql_database_its_program_does_not_own() {
    let (owner, app) = pg::fresh();
    let mut owner = PgConnection::establish(&owner).expect("owner");
    let mut app = PgConnection::establish(&app).expect("application");
    owner.batch_execute("CREATE TABLE line (words TEXT NOT NULL)").expect("the owner makes tables");
    assert!(app.batch_execute("SELECT * FROM line").is_err(), "nothing is granted by itself");
    owner.batch_execute("GRANT SELECT, INSERT, DELETE ON line TO tsumugi_app").expect("grants");
    app.batch_execute("INSERT INTO line VALUES ('紬')").expect("the program writes into them");
    assert!(app.batch_execute("DROP TABLE line").is_err(), "the program must not own tables");
    assert!(app.batch_execute("CREATE TABLE other (x INTEGER)").is_err(), "the program must not make tables");
    owner.batch_execute("ALTER TABLE line ENABLE ROW LEVEL SECURITY").expect("row rights");
    let hidden = diesel::RunQueryDsl::execute(diesel::sql_query("DELETE FROM line"), &mut app);
    assert_eq!(hidden.expect("a query"), 0, "row rights must bind the program");

    let (second, _) = pg::fresh();
    let mut second = PgConnection::establish(&second).expect("second");
    assert!(second.batch_execute("SELECT * FROM line").is_err(), "two tests must not share tables");
}

#[test]
fn each_test_has_a_sqlite_path_of_its_own() {
    let (one, two) = (sqlite::fresh(), sqlite::fresh());
    assert_ne!(one, two);
    assert!(!one.exists() && one.parent().unwrap().is_dir());
}

/// As strict as the pages of the product: axe-core and the keyboard must work all the same.
const PAGE: &str = r#"<!doctype html><html lang="ja"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self'"><title>今日の対応</title></head>
    <body><main><h1>今日の対応</h1><label for="note">記録</label> <input id="note"></main></body></html>"#;

#[tokio::test]
async fn a_page_is_typed_into_checked_pictured_and_printed() {
    let file = sqlite::fresh().with_file_name("page.html");
    fs::write(&file, PAGE).unwrap();
    let browser = Browser::start().await;
    browser.open(&format!("file://{}", file.display())).await;

    browser.keys(thirtyfour::Key::Tab + "電話").await;
    assert_eq!(browser.eval::<String>("return document.getElementById('note').value").await, "電話");
    assert!(browser.loaded_from_elsewhere().await.is_empty());
    browser.assert_accessible().await;
    assert!(fs::metadata(browser.shot("machinery").await).unwrap().len() > 1000);
    assert!(pdf_text(&browser.print("machinery").await).contains("今日の対応"));

    browser.eval::<()>("document.querySelector('label').remove()").await;
    let found = browser.violations().await;
    assert!(found.iter().any(|v| v.id == "label"), "axe-core must see a field without a label: {found:?}");
}
