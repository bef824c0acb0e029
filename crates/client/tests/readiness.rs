//! The report on readiness as `docs/formats/readiness.md` describes it, held against a golden file: it is made from a
//! trial and has to come out as it is written there.

use invigil_client::{checks, engine::report_of, view::Report};
use invigil_core::{
    Wall,
    policy::{Control, Holding, Policy, Probe},
    readiness::{Desktop, Display, Trial},
    sitting::{ControlReport, Observation},
};

const GOLDEN: &str = include_str!("golden/readiness.json");

#[test]
fn a_report_is_written_as_it_is_described() {
    let mut policy = Policy::preset("strict").unwrap();
    let probes = [Probe::Focus, Probe::Outputs, Probe::Terminal, Probe::InjectedInput];
    policy.probes.retain(|probe, _| probes.contains(probe));
    let why = str::to_owned;
    let holdings = [
        (Control::Keyboard, Holding::Denied { why: why("the desktop has its own shortcuts again") }),
        (Control::Fullscreen, Holding::Enforced),
        (Control::Covers, Holding::Requested { why: why("this desktop does not tell whether it obeys") }),
        (Control::Close, Holding::Unsupported { why: why("not built yet") }),
    ];
    policy.controls = holdings.iter().map(|(control, _)| *control).collect();
    let desktop = Desktop { name: "GNOME".into(), display: Display::Wayland, shown_by: "gnome-shell".into() };
    let mut trial = Trial::new(policy, desktop.consent());
    trial.report(&holdings.map(|(control, holding)| ControlReport { control, holding }));
    trial.observe(&Observation::Probed { probe: Probe::Outputs, sees: vec!["HDMI-1".into()] });
    let dark = "this desktop does not tell which device a key comes from".into();
    trial.observe(&Observation::Blind { probe: Probe::InjectedInput, why: dark });

    let at: Wall = "2026-11-22T09:30:00.000Z".parse().unwrap();
    let clock = checks::calendar(Some(at.plus_ms(7 * 60_000)), at);
    let report = report_of(&trial, desktop, Some("sit-1".parse().unwrap()), vec![clock], at);
    assert_eq!(serde_json::to_string_pretty(&report).unwrap() + "\n", GOLDEN);
    assert_eq!(serde_json::from_str::<Report>(GOLDEN).unwrap(), report);
}

#[test]
fn a_report_of_another_form_is_not_read() {
    for (from, to) in [
        ("\"released\": false", "\"released\": false, \"more\": 1"),
        ("\"aids\": null,", "\"aids\": null, \"aids\": null,"),
        ("\"display\": \"wayland\"", "\"display\": \"mir\""),
        ("\"mayBegin\": false,", ""),
        ("\"state\": \"silent\"", "\"state\": \"loud\""),
        ("invigil/readiness/1", "invigil/readiness/2"),
    ] {
        let changed = GOLDEN.replacen(from, to, 1);
        assert_ne!(changed, GOLDEN, "{from}");
        assert!(serde_json::from_str::<Report>(&changed).is_err(), "{to}");
    }
}
