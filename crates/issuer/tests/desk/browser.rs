//! A browser without scripts: it keeps cookies, reads forms, and follows nothing by itself.

use super::support::{Issuer, read};
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use std::{cell::RefCell, collections::BTreeMap};

pub struct Browser<'a> {
    issuer: &'a Issuer,
    pub cookies: RefCell<BTreeMap<String, String>>,
}

/// What a page said.
pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Seen {
    /// The stable code on a page that says no.
    pub fn code(&self) -> &str {
        self.text.split("Code: ").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or("none")
    }

    /// Where the answer leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// The token of the form on the page.
    pub fn form(&self) -> String {
        let value = self.text.split("name=\"form\" value=\"").nth(1).expect("the page has a form");
        value.split('"').next().unwrap().to_owned()
    }
}

impl<'a> Browser<'a> {
    pub fn new(issuer: &'a Issuer) -> Self {
        Self { issuer, cookies: RefCell::default() }
    }

    pub async fn get(&self, path: &str) -> Seen {
        self.send(Method::GET, path, String::new()).await
    }

    pub async fn post(&self, path: &str, fields: &str) -> Seen {
        self.send(Method::POST, path, fields.to_owned()).await
    }

    async fn send(&self, method: Method, path: &str, body: String) -> Seen {
        let mut request = Request::builder().method(method).uri(path);
        let cookies: Vec<_> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header(header::COOKIE, cookies.join("; "));
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.issuer.send(request.body(Body::from(body)).unwrap()).await;
        let (status, headers, body) = read(response).await;
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let site = if cookie.starts_with("invigil_login") { "Strict" } else { "Lax" };
            assert!(cookie.contains(&format!("; HttpOnly; SameSite={site}; Path=/")), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => self.cookies.borrow_mut().remove(name),
                value => self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned()),
            };
        }
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        Seen { status, headers, text: String::from_utf8(body).unwrap() }
    }
}
