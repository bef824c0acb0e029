//! An identity provider as a process of its own, and somebody who signs in there with a browser.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

/// Where the provider sends browsers back to.
pub const BACK: &str = "http://127.0.0.1:8790";

pub struct Provider {
    pub address: String,
    child: Child,
}

/// The one that most tests use. It ends with this process, which holds its input.
pub fn shared() -> &'static Provider {
    static SHARED: LazyLock<Provider> = LazyLock::new(Provider::start);
    tokio::task::block_in_place(|| &*SHARED)
}

impl Provider {
    pub fn start() -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let installed = Command::new(root.join(".ci/oidc")).status().expect("npm is there");
        assert!(installed.success(), "npm installs the provider");
        let mut child = Command::new("node")
            .arg(root.join("tests/oidc/provider.mjs"))
            .arg(format!("{BACK}/sign-in/school/callback"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is there");
        let mut address = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
        Self { address: address.trim().to_owned(), child }
    }

    pub fn stop(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Signs in at the provider under a name; where the browser is sent back to.
pub async fn sign_in_at(address: &str, name: &str) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let mut cookies: BTreeMap<String, String> = BTreeMap::new();
    let mut at = reqwest::Url::parse(address).unwrap();
    let mut form = None;
    for _ in 0..12 {
        let kept: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = match form.take() {
            None => client.get(at.clone()),
            Some(form) => {
                client.post(at.clone()).body(form).header("content-type", "application/x-www-form-urlencoded")
            }
        };
        let answer = request.header("cookie", kept.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        match answer.headers().get("location").map(|to| at.join(to.to_str().unwrap()).unwrap()) {
            Some(to) if to.as_str().starts_with(BACK) => return to.as_str()[BACK.len()..].to_owned(),
            Some(to) => at = to,
            None => {
                assert!(answer.status().is_success(), "{at}: {}", answer.text().await.unwrap());
                form = Some(format!("prompt=login&login={name}&password=any"));
            }
        }
    }
    panic!("the provider goes round and round, at last at {at}");
}
