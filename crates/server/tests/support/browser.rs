//! A real Chromium, driven through chromedriver: one browser with an empty profile per test.
//!
//! The page a test opens is tried as a person meets it: keyboard, accessibility (axe-core in Japanese), what it loads
//! from where, how it prints. axe-core is fetched by `./test` and is no part of the product.

use std::{
    fmt, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use serde::Deserialize;
use thirtyfour::{
    By, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver,
    common::print::{PrintMargins, PrintPage, PrintParameters},
};

use super::{leaks, site::Visitor};

/// How long something may take on a busy machine, in glances.
const PATIENCE: u32 = 300;
const GLANCE: Duration = Duration::from_millis(200);

/// A window of 1440 × 900 until it is dropped.
pub struct Browser {
    pub driver: WebDriver,
    /// Who signed in last.
    pub actor: Mutex<String>,
    /// How many outputs were searched for what they may not tell.
    searched: AtomicU32,
    _server: Server,
}

/// One broken accessibility rule, with the elements it was found on.
#[derive(Deserialize, Debug)]
pub struct Violation {
    pub id: String,
    pub impact: Option<String>,
    pub help: String,
    pub nodes: Vec<Node>,
}

#[derive(Deserialize, Debug)]
pub struct Node {
    pub html: String,
}

impl Browser {
    pub async fn start() -> Browser {
        Browser::with(true).await
    }

    /// A browser whose pages may not run scripts.
    pub async fn without_scripts() -> Browser {
        Browser::with(false).await
    }

    async fn with(scripts: bool) -> Browser {
        let server = Server::start();
        let mut caps = DesiredCapabilities::chrome();
        for flag in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=ja",
            "--accept-lang=ja",
            "--window-size=1440,900",
        ] {
            caps.add_arg(flag).expect("flag");
        }
        caps.add_arg(&format!("--user-data-dir={}", server.profile.display())).expect("profile");
        if !scripts {
            let refused = serde_json::json!({ "profile.managed_default_content_settings.javascript": 2 });
            caps.add_experimental_option("prefs", refused).expect("preferences");
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{}", server.port), caps).await;
        Browser {
            driver: driver.unwrap_or_else(|e| panic!("Chromium could not be started: {e}")),
            actor: Mutex::default(),
            searched: AtomicU32::new(0),
            _server: server,
        }
    }

    pub async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap_or_else(|e| panic!("{url}: {e}"));
    }

    /// What the open page tells and may not ([`leaks`]).
    pub async fn told(&self) -> Vec<String> {
        let (Ok(url), Ok(source)) = (self.driver.current_url().await, self.driver.source().await) else {
            return Vec::new();
        };
        self.tell(url.path(), &format!("{url}{source}"))
    }

    fn tell(&self, what: &str, text: &str) -> Vec<String> {
        self.searched.fetch_add(1, Ordering::Relaxed);
        leaks::found(&self.actor.lock().expect("whole"), what, text)
    }

    /// The same person without a screen: for what a browser saves instead of showing.
    pub async fn session(&self) -> Visitor {
        let mut visitor = Visitor::at(super::demo::started());
        for cookie in self.driver.get_all_cookies().await.expect("cookies") {
            visitor.cookies.insert(cookie.name, cookie.value);
        }
        // The page of the own password is open to everybody signed in and carries the session's token.
        assert_eq!(visitor.get("/session/password").status, 200, "the browser's session");
        visitor
    }

    /// Fails if the open page tells what it may not. After every step of a journey.
    pub async fn assert_silent(&self) {
        let told = self.told().await;
        assert!(told.is_empty(), "{told:#?}");
    }

    /// Waits until the open page stands still: loaded, with nothing under way, and no progress that asks for itself. Whoever
    /// looks at a page longer than for one element does so first, or it is taken away underneath.
    pub async fn settled(&self) {
        let still =
            "return document.readyState === 'complete' && !document.querySelector('[data-watch], [aria-busy=true]')";
        for _ in 0..PATIENCE {
            // Between two documents there is nobody to ask.
            let answer = self.driver.execute(still, Vec::new()).await;
            if answer.and_then(|a| a.convert()).unwrap_or(false) {
                return;
            }
            tokio::time::sleep(GLANCE).await;
        }
        panic!("{:?} does not come to rest", self.driver.current_url().await);
    }

    /// Clicks what leads to another page and waits until the old one is gone and the new one stands still. What is found
    /// afterwards is the new page's.
    pub async fn follow(&self, css: &str) {
        let old = self.driver.find(By::Tag("html")).await.expect("a page");
        for _ in 0..PATIENCE {
            match self.driver.find(By::Css(css)).await {
                Ok(found) if found.click().await.is_ok() => break,
                _ => tokio::time::sleep(GLANCE).await,
            }
        }
        for _ in 0..PATIENCE {
            if old.tag_name().await.is_err() {
                return self.settled().await;
            }
            tokio::time::sleep(GLANCE).await;
        }
        panic!("{css} leads nowhere");
    }

    /// Presses keys where the focus is, as a person at the keyboard does: `browser.keys(Key::Tab + "03")`.
    pub async fn keys(&self, keys: impl Into<thirtyfour::TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.expect("keys");
    }

    /// Runs a script in the page and reads what it returns.
    pub async fn eval<T: serde::de::DeserializeOwned>(&self, script: &str) -> T {
        let answer = self.driver.execute(script, Vec::new()).await;
        answer.and_then(|a| a.convert()).unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// The window as a small WebP, made by the browser itself on an empty page: the page that was open is left.
    pub async fn small_picture(&self) -> Vec<u8> {
        let png = self.driver.screenshot_as_png_base64().await.expect("a picture");
        self.open("about:blank").await;
        let script = "const [data, done] = arguments;
             fetch('data:image/png;base64,' + data).then(r => r.blob()).then(createImageBitmap).then(image => {
                 const canvas = new OffscreenCanvas(960, Math.round(image.height * 960 / image.width));
                 canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
                 return canvas.convertToBlob({ type: 'image/webp', quality: 0.7 });
             }).then(blob => blob.arrayBuffer()).then(bytes => done([...new Uint8Array(bytes)]))
             .catch(e => done(String(e)))";
        let answer = self.driver.execute_async(script, vec![png.into()]).await;
        let bytes = answer.and_then(|a| a.convert()).unwrap_or_else(|e| panic!("a small picture: {e}"));
        self.driver.back().await.expect("back");
        bytes
    }

    /// What WCAG 2.2 A and AA and good practice object to on the open page, in Japanese.
    pub async fn violations(&self) -> Vec<Violation> {
        self.settled().await;
        let axe = axe_file("axe.min.js");
        let japanese = axe_file("locales/ja.json");
        let run = format!(
            "const done = arguments[arguments.length - 1];
             {axe}
             window.axe.configure({{ locale: {japanese} }});
             const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
             window.axe.run(document, {{ runOnly: tags, resultTypes: ['violations'] }})
                 .then(result => done(result.violations), error => done(String(error)));"
        );
        let answer = self.driver.execute_async(run, Vec::new()).await.expect("axe-core");
        answer.convert().unwrap_or_else(|e| panic!("axe-core answered {}: {e}", answer.json()))
    }

    /// Fails with every violation of the open page.
    pub async fn assert_accessible(&self) {
        let found = self.violations().await;
        let page = self.driver.current_url().await.expect("address");
        let list: String = found.iter().map(|v| format!("\n{v}")).collect();
        assert!(found.is_empty(), "{page} is not accessible:{list}");
    }

    /// Addresses the open page loaded from elsewhere. The product runs on closed networks: there must be none.
    pub async fn loaded_from_elsewhere(&self) -> Vec<String> {
        self.eval(
            "return performance.getEntriesByType('resource').map(e => e.name)
                 .filter(name => !name.startsWith('data:') && new URL(name).origin !== location.origin);",
        )
        .await
    }

    /// The whole page as a picture in `target/shots/NAME.png`.
    pub async fn shot(&self, name: &str) -> PathBuf {
        self.settled().await;
        let [width, height]: [u32; 2] = self
            .eval("return [window.outerWidth, document.documentElement.scrollHeight + outerHeight - innerHeight];")
            .await;
        let before = self.driver.get_window_rect().await.expect("window");
        self.driver.set_window_rect(0, 0, width, height.max(900)).await.expect("window");
        let file = shots().join(format!("{name}.png"));
        self.driver.screenshot(&file).await.unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let (wide, high) = (before.width as u32, before.height as u32);
        self.driver.set_window_rect(0, 0, wide, high).await.expect("window");
        file
    }

    /// The page as it prints on A4, also kept as `target/shots/NAME.pdf`. Margins are those of the style sheet.
    pub async fn print(&self, name: &str) -> PathBuf {
        self.settled().await;
        let a4 = PrintParameters {
            background: true,
            page: PrintPage { width: 21.0, height: 29.7 },
            margin: PrintMargins { top: 0.0, bottom: 0.0, left: 0.0, right: 0.0 },
            ..PrintParameters::default()
        };
        let file = shots().join(format!("{name}.pdf"));
        fs::write(&file, self.driver.print_page(a4).await.expect("print")).expect("write");
        let told = self.tell(name, &pdf_text(&file));
        assert!(told.is_empty(), "printed: {told:#?}");
        file
    }
}

/// The end, also of a test that failed: chromedriver closes its windows when it is told to go. (The driver's own way
/// waits two minutes for an answer when a test has panicked.)
impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.clone().leak();
        if !thread::panicking() {
            let searched = self.searched.load(Ordering::Relaxed);
            assert!(searched > 0, "a journey of no page: is every step searched?");
            let logged = leaks::logged(&super::demo::log());
            assert!(logged.is_empty(), "the program's log tells of somebody: {logged:#?}");
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "- {} ({}): {}", self.id, self.impact.as_deref().unwrap_or("-"), self.help)?;
        self.nodes.iter().try_for_each(|node| write!(f, "\n    {}", node.html))
    }
}

/// The text of a PDF as `pdftotext` reads it, in reading order.
pub fn pdf_text(file: &Path) -> String {
    let out = Command::new("pdftotext").arg("-layout").arg(file).arg("-").output();
    let out = out.unwrap_or_else(|e| panic!("pdftotext (Debian package poppler-utils) does not run: {e}"));
    assert!(out.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("UTF-8")
}

fn shots() -> PathBuf {
    let folder = super::target().join("shots");
    fs::create_dir_all(&folder).expect("target/shots");
    folder
}

fn axe_file(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-tools/node_modules/axe-core").join(name);
    fs::read_to_string(&file)
        .unwrap_or_else(|e| panic!("{}: {e}. Run ./test once; it fetches axe-core.", file.display()))
}

/// A running chromedriver.
struct Server {
    process: Child,
    port: u16,
    profile: PathBuf,
}

impl Server {
    fn start() -> Server {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let profile = std::env::temp_dir().join(format!("tsumugi-browser-{}-{number}", std::process::id()));
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("chromedriver (Debian package chromium-driver) does not run: {e}"));
        let mut out = BufReader::new(process.stdout.take().expect("output"));
        let port = (&mut out)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok())
            .unwrap_or_else(|| panic!("chromedriver ended without naming its port"));
        // What else it says is read and forgotten, or it would stop at a full pipe.
        thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Server { process, port, profile }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let told = TcpStream::connect(("127.0.0.1", self.port))
            .and_then(|mut to| to.write_all(b"GET /shutdown HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        if told.is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}
