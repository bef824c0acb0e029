//! Desktop notifications, while the application is open and nobody is sitting.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use invigil_client::engine::{Engine, Notice};
use tokio::sync::mpsc::UnboundedReceiver;

const TEXTS: &str = include_str!("../../ui/locales/en/notifications.ftl");

/// Shows every notice as a desktop notification.
pub fn follow(engine: &Engine, mut notices: UnboundedReceiver<Notice>) {
    let engine = engine.clone();
    tauri::async_runtime::spawn(async move {
        while let Some(notice) = notices.recv().await {
            if engine.may_quit() {
                let (title, body) = texts(&notice);
                let shown = notify_rust::Notification::new()
                    .appname("Invigil")
                    .icon("invigil")
                    .summary(&title)
                    .body(&body)
                    .show_async()
                    .await;
                if let Err(error) = shown {
                    tracing::info!(%error, "there is no notification service");
                }
            }
        }
    });
}

fn texts(notice: &Notice) -> (String, String) {
    let (id, exam) = match notice {
        Notice::ResultArrived { exam } => ("notification-result", exam),
        Notice::WindowOpen { exam } => ("notification-window-open", exam),
    };
    let bundle = bundle();
    let mut args = FluentArgs::new();
    args.set("exam", exam.as_str());
    let Some(message) = bundle.get_message(id) else { return (id.to_owned(), exam.clone()) };
    let format = |pattern| bundle.format_pattern(pattern, Some(&args), &mut vec![]).into_owned();
    let title = message.value().map(format).unwrap_or_default();
    let body = message.get_attribute("body").map(|attribute| format(attribute.value())).unwrap_or_default();
    (title, body)
}

fn bundle() -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new(vec!["en".parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    if let Ok(resource) = FluentResource::try_new(TEXTS.to_owned()) {
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// A text that is shown outside the page.
pub fn text(id: &str) -> String {
    let bundle = bundle();
    let pattern = bundle.get_message(id).and_then(|message| message.value());
    pattern.map_or_else(|| id.to_owned(), |p| bundle.format_pattern(p, None, &mut vec![]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notice_has_its_texts() {
        for notice in [Notice::ResultArrived { exam: "X-1".into() }, Notice::WindowOpen { exam: "X-1".into() }] {
            let (title, body) = texts(&notice);
            assert!(!title.starts_with("notification-") && body.contains("X-1"), "{title}: {body}");
        }
    }
}
