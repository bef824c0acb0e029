//! The conversation with the portal: a session, which sources, and the answer of the candidate.

use crate::{
    frame::Area,
    screen::{Monitor, Unable},
};
use std::{collections::HashMap, os::fd::OwnedFd};
use zbus::{
    MatchRule,
    blocking::{Connection, MessageIterator, Proxy},
    message::Type,
    zvariant::{DynamicType, ObjectPath, OwnedFd as PassedFd, OwnedObjectPath, OwnedValue, Value},
};

const DESKTOP: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const SCREEN_CAST: &str = "org.freedesktop.portal.ScreenCast";

/// Monitors, and no windows: a window shows what its program wants.
const MONITORS: u32 = 1;
/// Without the pointer, so that a frame of one colour is one.
const POINTER_HIDDEN: u32 = 1;
/// The desktop remembers the answer until the candidate takes it back, and gives a token for it.
const UNTIL_REVOKED: u32 = 2;
/// A question of ours has its answer within two messages; nobody else's come here.
const ANSWERS_MAX: usize = 8;

type Options<'a> = HashMap<&'static str, Value<'a>>;
type Answer = HashMap<String, OwnedValue>;

/// What the candidate allowed.
pub(super) struct Granted {
    /// PipeWire's number of the stream of each monitor.
    pub monitors: Vec<(u32, Monitor)>,
    pub restore_token: Option<String>,
    /// A connection to PipeWire that sees these streams and nothing else.
    pub remote: OwnedFd,
}

fn refused(error: impl std::fmt::Display) -> Unable {
    Unable::Refused(error.to_string())
}

/// Asks, and waits until the candidate has answered or the connection is closed.
pub(super) fn ask(connection: &Connection, restore_token: Option<&str>) -> Result<Granted, Unable> {
    let portal = Proxy::new(connection, DESKTOP, PATH, SCREEN_CAST).map_err(refused)?;
    let version: u32 = portal.get_property("version").map_err(|error| Unable::Unreachable(error.to_string()))?;
    let conversation = Conversation { connection, portal };

    let options = Options::from([("session_handle_token", "invigil".into())]);
    let mut created = conversation.request("CreateSession", "invigil_create", options, |options| (options,))?;
    let session = created.remove("session_handle").and_then(|handle| String::try_from(handle).ok());
    let session = session.and_then(|handle| OwnedObjectPath::try_from(handle).ok());
    let session = session.ok_or_else(|| refused("the portal gave no session"))?;
    let session = ObjectPath::from(session);

    let mut options =
        Options::from([("types", MONITORS.into()), ("multiple", true.into()), ("cursor_mode", POINTER_HIDDEN.into())]);
    // Version 4 brought it.
    if 4 <= version {
        options.insert("persist_mode", UNTIL_REVOKED.into());
        if let Some(token) = restore_token {
            options.insert("restore_token", token.into());
        }
    }
    conversation.request("SelectSources", "invigil_select", options, |options| (&session, options))?;

    // The window's handle would put the question in front of it; without one the desktop finds a place.
    let options = Options::new();
    let mut started = conversation.request("Start", "invigil_start", options, |options| (&session, "", options))?;
    let streams = started.remove("streams").and_then(|streams| Vec::<(u32, Answer)>::try_from(streams).ok());
    let monitors = named(streams.unwrap_or_default());
    if monitors.is_empty() {
        return Err(refused("no monitor is shared"));
    }
    let restore_token = started.remove("restore_token").and_then(|token| String::try_from(token).ok());

    let remote: PassedFd =
        conversation.portal.call("OpenPipeWireRemote", &(&session, Options::new())).map_err(refused)?;
    Ok(Granted { monitors, restore_token, remote: remote.into() })
}

struct Conversation<'a> {
    connection: &'a Connection,
    portal: Proxy<'a>,
}

impl Conversation<'_> {
    /// A call whose answer comes later as a signal of an object that is named by us beforehand.
    fn request<'o, B>(
        &self,
        method: &'static str,
        token: &'static str,
        mut options: Options<'o>,
        body: impl FnOnce(Options<'o>) -> B,
    ) -> Result<Answer, Unable>
    where
        B: zbus::export::serde::Serialize + DynamicType,
    {
        let sender = self.connection.unique_name().map(|name| name.trim_start_matches(':').replace('.', "_"));
        let request = format!("{PATH}/request/{}/{token}", sender.unwrap_or_default());
        options.insert("handle_token", token.into());
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(DESKTOP)
            .and_then(|rule| rule.path(request))
            .and_then(|rule| rule.interface("org.freedesktop.portal.Request"))
            .and_then(|rule| rule.member("Response"))
            .map_err(refused)?
            .build();
        // Listens before it asks.
        let mut answers = MessageIterator::for_match_rule(rule, self.connection, Some(ANSWERS_MAX)).map_err(refused)?;
        let _request: OwnedObjectPath = self.portal.call(method, &body(options)).map_err(refused)?;
        let answer = answers.next().ok_or_else(|| refused("the portal is gone"))?.map_err(refused)?;
        match answer.body().deserialize::<(u32, Answer)>().map_err(refused)? {
            (0, answer) => Ok(answer),
            (1, _) => Err(refused("the screen was not shared")),
            (_, _) => Err(refused(format!("the portal broke off at {method}"))),
        }
    }
}

/// The monitors of an answer. Few portals name them, so they are also told apart by their number.
fn named(streams: Vec<(u32, Answer)>) -> Vec<(u32, Monitor)> {
    let mut monitors = Vec::new();
    for (number, (node, mut about)) in streams.into_iter().enumerate() {
        let mut pair = |key: &str| about.remove(key).and_then(|value| <(i32, i32)>::try_from(value).ok());
        let ((x, y), (width, height)) = (pair("position").unwrap_or_default(), pair("size").unwrap_or_default());
        let size = |side: i32| u32::try_from(side).unwrap_or_default();
        let area = Area { x, y, width: size(width), height: size(height) };
        let id = about.remove("id").and_then(|id| String::try_from(id).ok()).filter(|id| !id.is_empty());
        let name = id.map_or_else(|| format!("monitor {}", number + 1), |id| format!("monitor {} ({id})", number + 1));
        monitors.push((node, Monitor { name, area }));
    }
    monitors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(pairs: &[(&str, Value<'_>)]) -> Answer {
        let owned = |value: &Value<'_>| OwnedValue::try_from(value.try_clone().unwrap()).unwrap();
        pairs.iter().map(|(key, value)| ((*key).to_owned(), owned(value))).collect()
    }

    #[test]
    fn monitors_have_names_and_places_also_where_the_portal_is_silent() {
        let streams = vec![
            (41, about(&[("position", (1280, -5).into()), ("size", (1920, 1080).into()), ("id", "eDP-1".into())])),
            (42, about(&[("size", (-1, 3).into()), ("id", "".into())])),
            (43, about(&[("position", "left".into())])),
        ];
        let monitor =
            |name: &str, x, y, width, height| Monitor { name: name.to_owned(), area: Area { x, y, width, height } };
        assert_eq!(
            named(streams),
            [
                (41, monitor("monitor 1 (eDP-1)", 1280, -5, 1920, 1080)),
                (42, monitor("monitor 2", 0, 0, 0, 3)),
                (43, monitor("monitor 3", 0, 0, 0, 0)),
            ]
        );
    }
}
