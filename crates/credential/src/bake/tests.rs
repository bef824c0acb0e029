use super::*;
use flate2::Crc;

const CREDENTIAL: &str = r#"{"name":"ü ]]> <&> 😀"}"#;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    [&(u32::try_from(data.len()).unwrap()).to_be_bytes()[..], kind, data, &crc.sum().to_be_bytes()].concat()
}

fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    [&b"\x89PNG\r\n\x1a\n"[..], &chunks.concat()].concat()
}

fn header() -> Vec<u8> {
    chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
}

fn plain_png() -> Vec<u8> {
    png(&[header(), chunk(b"IDAT", b"\x78\x9c\x63\x60\0\0\0\x02\0\x01"), chunk(b"IEND", b"")])
}

const SVG: &str = "\u{feff}<?xml version=\"1.0\"?>\n<!-- <svg> -->\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\">\n<g/></svg>\n";

#[test]
fn what_is_baked_comes_out() {
    for picture in [
        plain_png(),
        SVG.into(),
        "<s:svg\txmlns:s='http://www.w3.org/2000/svg' xmlns:openbadges='https://purl.imsglobal.org/ob/v3p0' > </s:svg>"
            .into(),
    ] {
        assert_eq!(unbake(&picture), Err(BakeError::Nothing));
        let baked = bake(&picture, CREDENTIAL).unwrap();
        assert!(looks_baked(&baked) && !looks_baked(CREDENTIAL.as_bytes()));
        let json = unbake(&baked).unwrap();
        let same = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(same(&json), same(CREDENTIAL), "{json}");
        assert_eq!(bake(&baked, CREDENTIAL), Err(BakeError::Several), "one credential or none");
        for end in 0..baked.trim_ascii_end().len() {
            assert!(unbake(&baked[..end]).is_err(), "cut short at {end}");
        }
    }
    let baked = String::from_utf8(bake(SVG.as_bytes(), "{}").unwrap()).unwrap();
    let expected = "<svg xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\" xmlns=\"http://www.w3.org/2000/svg\" \
        width=\"1\"><openbadges:credential><![CDATA[{}]]></openbadges:credential>\n<g/>";
    assert!(baked.contains(expected), "{baked}");
}

#[test]
fn a_png_that_is_not_whole_or_holds_more_than_one_is_refused() {
    let itxt = |rest: &[u8]| chunk(b"iTXt", &[b"openbadgecredential", rest].concat());
    let end = || chunk(b"IEND", b"");
    let good = || itxt(b"\0\0\0\0\0{}");
    assert_eq!(unbake(&png(&[header(), good(), end()])), Ok("{}".into()));
    assert_eq!(unbake(&png(&[header(), itxt(b"\0\0\0en\0w\0{}"), end()])), Ok("{}".into()));
    assert_eq!(
        unbake(&png(&[header(), chunk(b"iTXt", b"openbadgecredentials\0\0\0\0\0{}"), end()])),
        Err(BakeError::Nothing)
    );
    let other = || chunk(b"tEXt", b"openbadgecredential\0{}");
    for several in [[header(), good(), good(), end()], [header(), good(), other(), end()]] {
        assert_eq!(unbake(&png(&several)), Err(BakeError::Several));
    }
    let mut wrong_sum = png(&[header(), good(), end()]);
    wrong_sum[50] ^= 1;
    let huge = [&png(&[header()])[..], b"\xff\xff\xff\xffiTXt"].concat();
    for damaged in [
        png(&[header(), itxt(b"\0\x01\0\0\0{}"), end()]),
        png(&[header(), itxt(b"\0\0\0\0\0\xff"), end()]),
        png(&[header(), itxt(b"\0\0\0"), end()]),
        png(&[header(), other(), end()]),
        png(&[good(), header(), end()]),
        [png(&[header(), good(), end()]), b"x".to_vec()].concat(),
        wrong_sum,
        huge,
        png(&[]),
    ] {
        assert_eq!(unbake(&damaged).map_err(|why| why.code()), Err("picture-damaged"));
    }
}

#[test]
fn an_svg_that_is_not_plain_or_holds_more_than_one_is_refused() {
    let element =
        |content: &str| format!("<o:credential xmlns:o='https://purl.imsglobal.org/ob/v3p0'>{content}</o:credential>");
    let svg = |content: &str| format!("<svg xmlns='http://www.w3.org/2000/svg'>{content}</svg>");
    let good = element("<![CDATA[{}]]>");
    assert_eq!(unbake(svg(&good).as_bytes()), Ok("{}".into()));
    assert_eq!(unbake(svg(&format!("<g>{good}</g>")).as_bytes()), Ok("{}".into()));
    let split = element("\n<![CDATA[{\"a\":\"]]]]><![CDATA[>\"}]]>\n");
    assert_eq!(unbake(svg(&split).as_bytes()), Ok("{\"a\":\"]]>\"}".into()));
    let foreign = "<o:credential xmlns:o='https://example.org/'>x</o:credential>";
    assert_eq!(unbake(svg(foreign).as_bytes()), Err(BakeError::Nothing));
    let empty = "<o:credential xmlns:o='https://purl.imsglobal.org/ob/v3p0'/>";
    for (text, code) in [
        (svg(&[good.as_str(), &good].concat()), "picture-with-several-credentials"),
        (svg(&[good.as_str(), empty].concat()), "picture-with-several-credentials"),
        (svg(&element("{}")), "picture-damaged"),
        (svg(&element("&#123;}")), "picture-damaged"),
        (svg(&element("<a/>")), "picture-damaged"),
        (svg(&element(&good)), "picture-damaged"),
        (svg("</svg><svg>"), "picture-damaged"),
        (svg("<g>"), "picture-damaged"),
        (svg(&"<g>".repeat(100_000)), "picture-damaged"),
        (format!("<!DOCTYPE svg [<!ENTITY a 'b'>]>{}", svg(&good)), "picture-damaged"),
        (svg("<openbadges:credential><![CDATA[{}]]></openbadges:credential>"), "picture-damaged"),
        (format!("<svg>{good}</svg>"), "picture-damaged"),
        (good.clone(), "picture-damaged"),
        ("<svg xmlns='http://www.w3.org/2000/svg' xmlns:openbadges='urn:other'></svg>".into(), "picture-damaged"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>".into(), "picture-damaged"),
        (String::new(), "picture-damaged"),
    ] {
        assert_eq!(unbake(text.as_bytes()).map_err(|why| why.code()), Err(code), "{text:.200}");
    }
}

#[test]
fn nothing_larger_than_its_limit_is_read() {
    let large = "x".repeat(CREDENTIAL_BYTES_MAX + 1);
    assert_eq!(bake(&plain_png(), &large), Err(BakeError::TooLarge));
    assert_eq!(unbake(&vec![0; PICTURE_BYTES_MAX + 1]), Err(BakeError::TooLarge));
    let text = [&b"openbadgecredential\0\0\0\0\0"[..], large.as_bytes()].concat();
    assert_eq!(unbake(&png(&[header(), chunk(b"iTXt", &text), chunk(b"IEND", b"")])), Err(BakeError::TooLarge));
}
