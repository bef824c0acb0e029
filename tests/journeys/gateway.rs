//! A gateway between candidate and issuer that takes less than the issuer does.

use crate::desk::{Desk, right_answers, sample, sample_exam};
use invigil::stage::Stage;
use invigil_client::view::Act;
use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

/// Passes on each request whose body has at most `bytes_max` bytes, and refuses others in its own words.
fn gateway(listener: TcpListener, target: String, bytes_max: usize) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let target = target.clone();
            thread::spawn(move || pass_on(stream, &target, bytes_max));
        }
    });
}

fn pass_on(stream: TcpStream, target: &str, bytes_max: usize) -> io::Result<()> {
    let mut request = BufReader::new(&stream);
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let from = head.len();
        if request.read_line(&mut head)? == 0 {
            return Ok(());
        }
        let line = head[from..].to_ascii_lowercase();
        length = line.strip_prefix("content-length:").map_or(length, |n| n.trim().parse().unwrap_or(0));
    }
    let mut body = vec![0; length];
    request.read_exact(&mut body)?;
    if head.contains("/records ") && bytes_max < length {
        let page = "<html>413 Request Entity Too Large</html>";
        let answer = "HTTP/1.1 413 Request Entity Too Large\r\nconnection: close\r\ncontent-length: ";
        return (&stream).write_all(format!("{answer}{}\r\n\r\n{page}", page.len()).as_bytes());
    }
    let mut issuer = TcpStream::connect(target)?;
    issuer.write_all(head.replacen("\r\n", "\r\nconnection: close\r\n", 1).as_bytes())?;
    issuer.write_all(&body)?;
    io::copy(&mut issuer, &mut &stream).map(|_| ())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_come_through_a_gateway_that_takes_little() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its number").port();
    let mut stage = Stage::set(folder.path(), "Test issuer", Some(port)).expect("an issuer");
    stage.load(&sample(), &[sample_exam()]).expect("the sample is loaded");
    let administration = stage.administer("first-steps", "open").expect("the exam is scheduled");
    stage.serve().expect("the service comes up");
    gateway(listener, stage.listens_at().to_owned(), 3_000);
    let link = stage.admit(&administration.id, "candidate-1", "Test Candidate").expect("a link");
    let desk = Desk::new().await;
    desk.begin(&link).await;
    stage.stop();
    for (item, value) in &right_answers(&sample_exam()) {
        desk.respond(item, value).await.expect("saved");
    }
    desk.engine.dispatch(Act::Submit).await.expect("handed in");
    stage.serve().expect("the service is back");
    desk.until("the receipt", |s| s.closing.as_ref().and_then(|c| c.receipt.clone())).await;
}
