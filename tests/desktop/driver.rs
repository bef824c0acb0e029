//! WebKit's WebDriver, spoken in plain HTTP: the few calls these tests make.

use crate::desk::{Desk, kill, wait};
use reqwest::{Client, Method};
use serde_json::{Value as Json, json};
use std::{path::Path, sync::Once, time::Duration};
use tokio::runtime::Runtime;

/// Something on the page, as WebDriver refers to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Element(pub Json);

/// A driver and the one application it may start or take over.
pub struct Driver {
    runtime: Runtime,
    client: Client,
    base: String,
    session: Option<String>,
    process: u32,
}

impl Driver {
    /// Starts WebKitWebDriver on a free port of this machine.
    pub fn start(desk: &mut Desk) -> Self {
        Self::launch(desk, None)
    }

    /// The same for an application that somebody else starts, and that listens at this port.
    pub fn beside(desk: &mut Desk, application: u16) -> Self {
        Self::launch(desk, Some(application))
    }

    fn launch(desk: &mut Desk, application: Option<u16>) -> Self {
        static TLS: Once = Once::new();
        TLS.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let port = invigil::stage::free_port().expect("a free port");
        let mut command = desk.command("WebKitWebDriver");
        // What it starts inherits its variables, and this one opens the window to it.
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.args(application.map(|port| format!("--target=127.0.0.1:{port}")));
        let process = desk.keep(&mut command, "webkit2gtk-driver");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let base = format!("http://127.0.0.1:{port}");
        let driver = Self { runtime, client: Client::new(), base, session: None, process };
        wait("WebKitWebDriver to listen", || driver.send(Method::GET, "/status", None, Self::LONG).ok());
        driver
    }

    const LONG: Duration = Duration::from_secs(60);
    /// For a script that only looks. One that is lost between two pages is asked again.
    const SHORT: Duration = Duration::from_secs(10);

    /// Starts an application and takes it over. After `limit` it is given up: the driver itself would wait for ever.
    pub fn open(&mut self, application: &Path, arguments: &[&str], limit: Duration) -> Result<(), String> {
        let options = json!({"binary": application, "args": arguments});
        self.begin(&json!({"webkitgtk:browserOptions": options}), limit)
    }

    /// Takes over the application that it was started beside. After a kill of that application or of its page this
    /// driver is of no more use.
    pub fn take_over(&mut self, limit: Duration) -> Result<(), String> {
        self.begin(&json!({}), limit)
    }

    /// Ends the driver itself.
    pub fn end(&mut self) {
        self.session = None;
        kill(self.process);
    }

    fn begin(&mut self, what: &Json, limit: Duration) -> Result<(), String> {
        let body = json!({"capabilities": {"alwaysMatch": what}});
        let reply = self.send(Method::POST, "/session", Some(&body), limit)?;
        self.session = Some(reply["sessionId"].as_str().ok_or("no session was given")?.to_owned());
        Ok(())
    }

    /// Ends the session, and with it the application if it still lives.
    pub fn forget(&mut self) {
        if let Some(session) = self.session.take() {
            // An application that was killed cannot answer any more.
            let _ = self.send(Method::DELETE, &format!("/session/{session}"), None, Self::LONG);
        }
    }

    /// Asks the open application for something.
    pub fn call(&self, method: Method, path: &str, body: Option<&Json>) -> Result<Json, String> {
        let session = self.session.as_deref().ok_or("no application is open")?;
        self.send(method, &format!("/session/{session}{path}"), body, Self::LONG)
    }

    fn send(&self, method: Method, path: &str, body: Option<&Json>, limit: Duration) -> Result<Json, String> {
        let request = self.client.request(method, format!("{}{path}", self.base)).timeout(limit);
        let request = if let Some(body) = body { request.json(body) } else { request };
        let exchange = async { request.send().await?.json::<Json>().await };
        let reply = self.runtime.block_on(exchange).map_err(|error| format!("WebDriver does not answer: {error:?}"))?;
        let value = reply.get("value").cloned().unwrap_or_default();
        match value.get("error").and_then(Json::as_str) {
            Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or_default())),
            None => Ok(value),
        }
    }

    /// Runs a script on the page.
    pub fn run(&self, script: &str, arguments: &[Json]) -> Result<Json, String> {
        let session = self.session.as_deref().ok_or("no application is open")?;
        let body = json!({"script": script, "args": arguments});
        self.send(Method::POST, &format!("/session/{session}/execute/sync"), Some(&body), Self::SHORT)
    }

    /// Calls one of the application's commands as the page does, past everything the page itself minds. `Err` is what
    /// the page is told of a refusal.
    pub fn invoke(&self, command: &str, arguments: &Json) -> Result<Json, Json> {
        const SCRIPT: &str = "const [command, given, done] = arguments; \
            window.__TAURI_INTERNALS__.invoke(command, given).then((it) => done({it}), (no) => done({no}));";
        let body = json!({"script": SCRIPT, "args": [command, arguments]});
        let reply = self.call(Method::POST, "/execute/async", Some(&body));
        let reply = reply.unwrap_or_else(|error| panic!("{command} cannot be called: {error}"));
        match reply.get("no") {
            Some(no) => Err(no.clone()),
            None => Ok(reply["it"].clone()),
        }
    }

    /// Fetches an address that has nothing to do with the driver.
    pub fn fetch(&self, method: Method, url: &str, body: Option<&Json>, cookie: &str) -> (u16, String, String) {
        let request = self.client.request(method, url).header("cookie", cookie).timeout(Self::LONG);
        let request = if let Some(body) = body { request.json(body) } else { request };
        let exchange = async {
            let reply = request.send().await?;
            let set = reply.headers().get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
            let cookie = set.split(';').next().unwrap_or_default().to_owned();
            Ok::<_, reqwest::Error>((reply.status().as_u16(), cookie, reply.text().await?))
        };
        self.runtime.block_on(exchange).unwrap_or_else(|error| panic!("{url} does not answer: {error}"))
    }
}
