//! A protected mother and her child on every road of a day: list, search, record, family, check sheet, batches, supervision,
//! one envelope, an emergency. Each page and print is searched as it is opened ([`crate::support::leaks`]).

use super::{HEAD, click, find, find_text, go, look, sign_in, type_into, visitor};
use crate::support::{
    browser::{Browser, pdf_text},
    demo,
    leaks::{self, LEAKS},
    planted::{ADDRESS, NAME},
};

/// Opens a page that names her, prints it, and finds nothing else.
async fn names_her(browser: &Browser, path: &str) {
    go(browser, path).await;
    find(browser, "h1").await;
    assert!(browser.driver.source().await.unwrap().contains("架空"), "{path} does not name her: nothing was searched");
    browser.print(&format!("protected{}", path.replace(['/', '?', '&', '='], "-"))).await;
}

#[tokio::test]
async fn a_protected_family_is_met_on_every_road_and_is_nowhere() {
    let browser = visitor().await;
    let (mother, child) = (LEAKS.family.mother, LEAKS.family.child);
    sign_in(&browser, "kuroda", HEAD).await;
    for state in ["planned", "all"] {
        go(&browser, &format!("/today?scope=office&state={state}")).await;
        find(&browser, "h1").await;
    }
    go(&browser, "/persons").await;
    type_into(&browser, "#f-term", NAME).await;
    click(&browser, ".found button, main form button[type=submit]").await;
    find_text(&browser, ".table th a", "架空").await;
    let name = "return [...document.querySelectorAll('.table th a')].map(a => a.innerText).join()";
    assert!(browser.eval::<String>(name).await.contains("架空"));
    browser.print("protected-found").await;
    for path in ["", "/family", "/caution", "/protection", "/contacts/new", "/visits/new", "/readings"] {
        names_her(&browser, &format!("/persons/{mother}{path}")).await;
    }
    for path in ["", "/family", "/visits/new", "/checkups/new"] {
        go(&browser, &format!("/persons/{child}{path}")).await;
        find(&browser, "h1").await;
        browser.print("protected-child").await;
    }
    for path in ["/certify", "/settlings", "/settlings/new?mode=month", "/supervision", "/supervision?by=district"] {
        go(&browser, path).await;
        find(&browser, "h1").await;
        browser.print("protected-office").await;
    }
    for path in ["/supervision/escalations", "/supervision/handovers/new", "/arrivals", "/emergencies", "/matching"] {
        go(&browser, path).await;
        find(&browser, "h1").await;
    }
    one_envelope(&browser, mother).await;
    self_test(&browser).await;
}

/// For one envelope the address is there, on the page and the print that were asked for, and on no other.
async fn one_envelope(browser: &Browser, mother: i64) {
    go(browser, &format!("/persons/{mother}/reveal")).await;
    click(browser, "label:has([value=address])").await;
    click(browser, "label:has([value=envelope])").await;
    click(browser, "form.card button[type=submit]").await;
    find_text(browser, "main", "曙光町").await;
    assert!(pdf_text(&browser.print("label").await).contains("曙光町"), "the label is printed");
    go(browser, &format!("/persons/{mother}")).await;
    find(browser, "h1").await;
}

/// The search sees what it is for: a page, a print and a log that do tell.
async fn self_test(browser: &Browser) {
    browser.eval::<()>(&format!("document.querySelector('main').append({ADDRESS:?})")).await;
    assert_eq!(browser.told().await.len(), 1, "a leak in a page is seen");
    assert_eq!(leaks::found("sato", "/persons/1", "奥津 隣人さんから").len(), 1);
    assert_eq!(leaks::found("sato", "/persons/1/reveal", ADDRESS).len(), 1, "only to whoever asked");
    let log = demo::log();
    assert!(log.matches("answered").count() > 30, "the requests are logged");
    assert_eq!(leaks::logged(&format!("{log}\n2026 INFO opened 曙光町7丁目8-9\n")).len(), 1);
}

#[tokio::test]
async fn an_emergency_opens_records_and_no_place() {
    let browser = visitor().await;
    sign_in(&browser, "yano", "minato-2026-jimu").await;
    let mother = LEAKS.family.mother;
    go(&browser, "/persons").await;
    type_into(&browser, "#f-term", NAME).await;
    click(&browser, ".found button, main form button[type=submit]").await;
    find_text(&browser, ".table th a", "架空").await;
    go(&browser, &format!("/persons/{mother}/emergency")).await;
    // Who writes in haste writes the address as well.
    let reason = format!("本人から自殺をほのめかす電話。{ADDRESS}にいるという。相談の経過と対応方針を確かめる。");
    type_into(&browser, "#f-reason", &reason).await;
    click(&browser, "form.card button[type=submit]").await;
    find_text(&browser, "main", "電話あり").await;
    look(&browser, "protected-emergency").await;
    browser.print("protected-emergency").await;
    // Whoever looks at it afterwards reads why, and not where.
    browser.follow("form[action='/session/end'] button:not([formaction])").await;
    sign_in(&browser, "kuroda", HEAD).await;
    for path in [String::from("/emergencies"), format!("/persons/{mother}")] {
        go(&browser, &path).await;
        find_text(&browser, "main", "本人から自殺をほのめかす電話").await;
    }
}
