//! A line that is read is the one line of its record. The general canonicaliser of RFC 8785 is the judge; the product
//! writes its records in another way.

use invigil_core::{
    Digest, Moment, Wall,
    log::{Actor, LineError, Record, Tail},
    policy::{Control, Holding, Level, Probe},
    sitting::{Closing, ControlReport, Event, HoldReason, Observation, Occasion, Picture, Screen, Sight, Withdrawal},
    submission::Client,
};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// At least one event of every kind, and every member once with a value and once without.
fn events() -> Vec<Event> {
    let digest = Digest::of("x");
    let server = Wall::from_unix_ms(1_795_000_000_123);
    let control = |control, holding| ControlReport { control, holding };
    let why = || "äöü \"quoted\" \\ \u{1} 😀".to_owned();
    let picture = |occasion| Picture { monitor: why(), occasion, unchanged: 11, stretch: 2 };
    let looked = |sight| Observation::Looked { monitor: Some(why()), sight };
    let mut events = vec![
        Event::Admitted { lease: digest, client: Client { name: "invigil".into(), version: "0.1.0".into() } },
        Event::Moved { lease: digest, client: Client { name: "invigil".into(), version: "0.1.0".into() } },
        Event::Captured { sha256: digest, size: 70_000, picture: picture(Occasion::Interval) },
        Event::Captured { sha256: digest, size: 70_000, picture: picture(Occasion::Trigger) },
        Event::Acknowledged { notice: digest },
        Event::Checked {
            level: Level::L1,
            controls: vec![
                control(Control::Keyboard, Holding::Enforced),
                control(Control::Fullscreen, Holding::Requested { why: why() }),
                control(Control::Close, Holding::Denied { why: String::new() }),
                control(Control::Close, Holding::Unsupported { why: why() }),
                control(Control::Close, Holding::Released),
            ],
        },
        Event::Withdrawn { why: Withdrawal::Declined },
        Event::Withdrawn { why: Withdrawal::NotReady },
        Event::Began {
            items: vec!["q1".parse().unwrap(), "q2".parse().unwrap()],
            budget_ms: Some(600_000),
            server: Some(server),
            start: Some(digest),
        },
        Event::Began { items: vec![], budget_ms: None, server: None, start: None },
        Event::Visited { screen: Screen::Item { item: "q1".parse().unwrap() } },
        Event::Visited { screen: Screen::Review },
        Event::Flagged { item: "q1".parse().unwrap(), flagged: true },
        Event::Responded { item: "q1".parse().unwrap(), revision: 1, commitment: digest, answered: true },
        Event::Heartbeat { checkpoint: Some(digest) },
        Event::Heartbeat { checkpoint: None },
        Event::Resumed { gap_ms: 0, given_back_ms: 1_000, server: Some(server) },
        Event::Held { reason: HoldReason::ControlLost },
        Event::Held { reason: HoldReason::Seen },
        Event::Held { reason: HoldReason::RebootGap },
        Event::Released,
        Event::Paused,
        Event::Continued,
        Event::Left,
        Event::ReturnAllowed,
        Event::Returned,
        Event::Granted { ms: 60_000 },
        Event::Closed { cause: Closing::Submitted },
        Event::Closed { cause: Closing::TimeUp },
        Event::Closed { cause: Closing::Terminated },
    ];
    let observations = [
        Observation::ClockJumped { ms: -3_600_000 },
        Observation::EnvironmentScrubbed { names: vec!["LD_PRELOAD".into(), why()] },
        Observation::Suspended { ms: 94_000 },
        Observation::Probed { probe: Probe::Outputs, sees: vec!["HDMI-1".into(), why()] },
        Observation::Blind { probe: Probe::Terminal, why: why() },
        looked(Sight::Clear),
        looked(Sight::Blank),
        looked(Sight::NoRoom),
        Observation::Looked { monitor: None, sight: Sight::Failed { why: why() } },
        Observation::Surveyed { desktop: why(), checks: vec!["clock-behind".into(), why()] },
        Observation::PageFailed,
        Observation::GuardLost,
    ];
    events.extend(observations.map(|observation| Event::Observed { observation }));
    let kinds: BTreeSet<usize> = events.iter().map(place).collect();
    assert_eq!(kinds, (0..KINDS).collect(), "every kind of event has an example");
    events
}

const KINDS: usize = 22;

/// A number for every kind, so that a new one is not forgotten here.
fn place(event: &Event) -> usize {
    match event {
        Event::Admitted { .. } => 0,
        Event::Acknowledged { .. } => 1,
        Event::Checked { .. } => 2,
        Event::Withdrawn { .. } => 3,
        Event::Began { .. } => 4,
        Event::Visited { .. } => 5,
        Event::Flagged { .. } => 6,
        Event::Responded { .. } => 7,
        Event::Heartbeat { .. } => 8,
        Event::Resumed { .. } => 9,
        Event::Held { .. } => 10,
        Event::Released => 11,
        Event::Paused => 12,
        Event::Continued => 13,
        Event::Left => 14,
        Event::ReturnAllowed => 15,
        Event::Returned => 16,
        Event::Granted { .. } => 17,
        Event::Observed { .. } => 18,
        Event::Closed { .. } => 19,
        Event::Moved { .. } => 20,
        Event::Captured { .. } => 21,
    }
}

fn lines() -> Vec<Vec<u8>> {
    let mut tail = Tail::start("sit-1".parse().unwrap(), 0, Digest::of("admission"));
    let by = [Actor::Candidate, Actor::Client, Actor::Issuer, Actor::Proctor("p-1".parse().unwrap())];
    let line = |(event, by): (Event, &Actor)| {
        let elapsed = tail.seq * 1_001;
        let at = Moment { wall: Wall::from_unix_ms(1_795_000_000_120).plus_ms(elapsed), elapsed, boot: 1 };
        tail.append(at, by.clone(), event).1
    };
    events().into_iter().zip(by.iter().cycle()).map(line).collect()
}

fn general(record: &Record) -> Vec<u8> {
    let mut line = serde_json_canonicalizer::to_vec(record).unwrap();
    line.push(b'\n');
    line
}

/// Whether a changed line is read. If it is, it has to be the line of what is read.
fn is_read(line: &[u8]) -> bool {
    let Ok(record) = Record::parse(line) else { return false };
    assert_eq!(general(&record), line, "{} is read as another line", String::from_utf8_lossy(line));
    true
}

#[test]
fn records_are_written_as_rfc_8785_says() {
    for line in lines() {
        assert!(is_read(&line), "{}", String::from_utf8_lossy(&line));
    }
}

#[test]
fn no_changed_byte_leads_to_a_line_of_another_record() {
    let (mut tried, mut read) = (0_u32, 0_u32);
    for line in lines() {
        for at in 0..line.len() {
            let mut changed = line.clone();
            changed.remove(at);
            read += u32::from(is_read(&changed));
            for byte in *b" \t0a.E-,\"\\" {
                changed = line.clone();
                changed.insert(at, byte);
                read += u32::from(is_read(&changed));
            }
            for bit in 0..8 {
                changed = line.clone();
                changed[at] ^= 1 << bit;
                read += u32::from(is_read(&changed));
            }
            tried += 19;
        }
    }
    // Other letters in an identifier, other digits in a number: such lines are records, only not these.
    assert!(0 < read && read < tried / 2, "{read} of {tried}");
}

/// The same record in other words.
#[test]
fn other_spellings_of_a_record_are_refused() {
    let wall = "2026-11-18T11:06:40.120Z";
    let spellings = [
        ("a space", ":", ": "),
        ("a space before the end", "}\n", "} \n"),
        ("a carriage return", "}\n", "}\r\n"),
        ("two line feeds", "}\n", "}\n\n"),
        ("a byte order mark", "{\"at\"", "\u{feff}{\"at\""),
        ("an escaped letter", "\"at\"", "\"\\u0061t\""),
        ("an escaped letter in a value", "candidate", "c\\u0061ndidate"),
        ("an escaped solidus", "invigil/record", "invigil\\/record"),
        ("a fraction", "\"boot\":1", "\"boot\":1.0"),
        ("an exponent", "\"boot\":1", "\"boot\":1e0"),
        ("a leading zero", "\"boot\":1", "\"boot\":01"),
        ("a sign", "\"boot\":1", "\"boot\":+1"),
        ("minus zero", "\"elapsed\":0", "\"elapsed\":-0"),
        ("a number as text", "\"epoch\":0", "\"epoch\":\"0\""),
        ("null", "\"epoch\":0", "\"epoch\":null"),
        ("a member that is not there", "\"epoch\":0,", ""),
        ("a member of its own", "\"epoch\":0", "\"epoch\":0,\"epocha\":0"),
        ("a member twice", "\"epoch\":0", "\"epoch\":0,\"epoch\":0"),
        ("members in another order", "\"boot\":1,\"elapsed\":0", "\"elapsed\":0,\"boot\":1"),
        ("time without milliseconds", wall, "2026-11-18T11:06:40Z"),
        ("time with one digit of a second", wall, "2026-11-18T11:06:40.12Z"),
        ("time with microseconds", wall, "2026-11-18T11:06:40.120000Z"),
        ("time of another zone", wall, "2026-11-18T12:06:40.120+01:00"),
        ("time with an offset of nothing", wall, "2026-11-18T11:06:40.120+00:00"),
        ("time in small letters", wall, "2026-11-18t11:06:40.120z"),
        ("time with a space", wall, "2026-11-18 11:06:40.120Z"),
        ("time in year 0", wall, "0000-11-18T11:06:40.120Z"),
        ("a number beyond 2^53", "\"elapsed\":0", "\"elapsed\":9007199254740992"),
        ("another type", "invigil/record/1", "invigil/record/2"),
    ];
    let line = String::from_utf8(lines().remove(0)).unwrap();
    for (name, from, to) in spellings {
        assert!(line.contains(from), "{name}: {line}");
        assert!(!is_read(line.replacen(from, to, 1).as_bytes()), "{name}");
    }
    // serde reads a list in place of an object.
    let object: Json = serde_json::from_str(&line).unwrap();
    let list: Vec<&Json> = object.as_object().unwrap().values().collect();
    let mut list = serde_json::to_vec(&list).unwrap();
    list.push(b'\n');
    assert!(serde_json::from_slice::<Record>(&list).is_ok(), "the premise");
    assert!(!is_read(&list), "a record as a list");
    let mut inner = object.clone();
    inner["at"] = json!([object["at"]["boot"], object["at"]["elapsed"], object["at"]["wall"]]);
    assert!(!is_read(format!("{inner}\n").as_bytes()), "a moment as a list");
    let digest = Digest::of("admission").to_string();
    assert!(!is_read(line.replacen(&digest, &digest.to_uppercase(), 1).as_bytes()), "capital hexadecimal");
    assert_eq!(Record::parse(line.trim_end().as_bytes()), Err(LineError::Unterminated));
}

/// serde reads some spellings of an event as the same event; the line must not.
#[test]
fn other_spellings_of_an_event_are_refused() {
    let written: Vec<String> = lines().into_iter().map(|line| String::from_utf8(line).unwrap()).collect();
    let spellings = [
        ("a member of an event without members", "\"kind\":\"left\"", "\"kind\":\"left\",\"ms\":1"),
        ("an event as a list", "{\"kind\":\"left\"}", "[\"left\"]"),
        ("an event as text", "{\"kind\":\"left\"}", "\"left\""),
        ("a member of a screen without members", "{\"at\":\"review\"}", "{\"at\":\"review\",\"item\":\"q1\"}"),
        ("a member of a holding", "{\"state\":\"enforced\"}", "{\"state\":\"enforced\",\"why\":\"\"}"),
        ("a member of an observation", "{\"what\":\"guardLost\"}", "{\"ms\":1,\"what\":\"guardLost\"}"),
        ("nothing left out", "{\"checkpoint\":null,\"kind\"", "{\"kind\""),
        ("nothing left out of what has more", "\"budgetMs\":null,", ""),
        (
            "kind first",
            "{\"cause\":\"submitted\",\"kind\":\"closed\"}",
            "{\"kind\":\"closed\",\"cause\":\"submitted\"}",
        ),
        ("another case", "\"kind\":\"left\"", "\"kind\":\"Left\""),
        ("an escape that is not needed", "äöü", "\\u00e4öü"),
        ("an escape in capitals", "\\u0001", "\\u0001\\u001F"),
        ("a pair of escapes", "😀", "\\ud83d\\ude00"),
        ("true as a number", "\"flagged\":true", "\"flagged\":1"),
    ];
    for (name, from, to) in spellings {
        let mut found = 0;
        for line in written.iter().filter(|line| line.contains(from)) {
            assert!(!is_read(line.replacen(from, to, 1).as_bytes()), "{name}");
            found += 1;
        }
        assert!(0 < found, "{name}: no line holds {from}");
    }
}
