//! The manual's pictures, taken from the demo: `TSUMUGI_PICTURES=1` takes them anew into `docs/manual/ja/pictures`,
//! otherwise each picture's page and what it shows must still be there.

use std::{env, fs, path::Path};

use super::{FIRST_LINE, HEAD, NURSES, click, find, find_text, go, sign_in, type_into, visitor};
use crate::support::browser::Browser;

/// Makes a small picture of the window, with `css` at its top.
async fn picture(browser: &Browser, name: &str, css: &str) {
    find(browser, css).await;
    if env::var("TSUMUGI_PICTURES").is_err() {
        return;
    }
    let top = format!("document.querySelector({css:?}).scrollIntoView({{block: 'start'}}); scrollBy(0, -24)");
    browser.eval::<()>(&top).await;
    let bytes = browser.small_picture().await;
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual/ja/pictures").join(format!("{name}.webp"));
    fs::write(to, bytes).unwrap();
}

#[tokio::test]
async fn what_the_manual_shows_a_nurse_is_there() {
    let browser = visitor().await;
    sign_in(&browser, "sato", NURSES).await;
    find(&browser, FIRST_LINE).await;
    picture(&browser, "today", ".top").await;
    let person: String = browser.eval("return document.querySelector('[data-open-url]').dataset.openUrl").await;
    let person = person.split('?').next().unwrap_or_default().to_owned();
    click(&browser, &format!("{FIRST_LINE} [data-key=c]")).await;
    find(&browser, ".rec").await;
    picture(&browser, "call", ".grp:has(.rec)").await;
    go(&browser, &person).await;
    picture(&browser, "person", ".top").await;
    go(&browser, &format!("{person}/family")).await;
    picture(&browser, "family", "[aria-labelledby=life-t]").await;

    // While a visitor sits there; the page before is left in the mode it was in.
    go(&browser, "/today").await;
    click(&browser, "button[formaction='/session/counter']").await;
    find(&browser, ".counter").await;
    picture(&browser, "counter", ".top").await;
    go(&browser, "/today").await;
    click(&browser, ".counter button").await;
    super::gone(&browser, ".counter").await;
    go(&browser, &format!("{person}/family")).await;

    // From the page to what the manual says of it.
    browser.follow("[data-help]").await;
    find_text(&browser, "h1", "保健師の一日").await;
    let address: String = browser.eval("return location.pathname + location.hash").await;
    assert_eq!(address, "/manual/nurse-day#family");
    super::look(&browser, "manual").await;
    let broken =
        "return [...document.images].filter(i => (i.loading = 'eager') && i.complete && !i.naturalWidth).length";
    assert_eq!(browser.eval::<u32>(broken).await, 0);
    for chapter in ["words", "trouble", "privacy", "changes"] {
        go(&browser, &format!("/manual/{chapter}")).await;
        find(&browser, "h1").await;
        super::look(&browser, &format!("manual-{chapter}")).await;
    }
}

#[tokio::test]
async fn what_the_manual_shows_a_superior_and_a_manager_is_there() {
    let browser = visitor().await;
    sign_in(&browser, "kuroda", HEAD).await;
    go(&browser, "/settlings?mode=month").await;
    picture(&browser, "settlings", "main").await;
    for (page, name, top) in [
        ("/supervision", "supervision", ".top"),
        ("/supervision/table", "table", "main"),
        ("/certify", "certify", "main"),
        ("/matching", "intake", ".top"),
    ] {
        go(&browser, page).await;
        find(&browser, "h1").await;
        picture(&browser, name, top).await;
    }
    browser.follow("form[action='/session/end'] button:not([formaction])").await;
    sign_in(&browser, "nagata", "minato-2026-kanrisha").await;
    find_text(&browser, "h1", "職員").await;
    picture(&browser, "staff", ".top").await;
    super::look(&browser, "staff").await;
    for page in ["/staff/new", "/settings", "/settings/near_days", "/offices/own", "/offices/new", "/offices/since"] {
        go(&browser, page).await;
        find(&browser, "h1").await;
        super::look(&browser, &page.trim_matches('/').replace('/', "-")).await;
    }
    go(&browser, "/staff").await;
    browser.follow("tbody th a").await;
    super::look(&browser, "staff-member").await;
    go(&browser, "/settings").await;
    picture(&browser, "settings", ".top").await;
    go(&browser, "/offices/own").await;
    picture(&browser, "centres", ".top").await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/residents-sample-cp932.csv");
    go(&browser, "/residents").await;
    type_into(&browser, "#f-file", file.canonicalize().unwrap().to_str().unwrap()).await;
    click(&browser, "form.card button[type=submit]").await;
    find_text(&browser, "h1", "取込の確認").await;
    picture(&browser, "import", "main").await;
    click(&browser, "form[action$='/discard'] button").await;
}
