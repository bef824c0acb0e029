//! The network of a story: requests that are lost, doubled and overtaken, and answers that nobody hears.

use crate::{device::Life, machine::truth, world::World};
use invigil_client::outbox::{Refused, Step};
use invigil_core::{
    Digest, Signed,
    checkpoint::Checkpoint,
    exchange::{BODY_BYTES_MAX, CHUNK_BYTES_MAX, Segment},
    submission::Receipt,
};
use invigil_issuer::fault::Fault;

/// A request on its way.
#[derive(Clone)]
pub enum Flight {
    Records {
        device: usize,
        segment: Segment,
    },
    Submission {
        device: usize,
        epoch: u32,
        bytes: Vec<u8>,
    },
    Evidence {
        device: usize,
        sha256: Digest,
        offset: u64,
        part: Vec<u8>,
    },
    Status {
        device: usize,
    },
    /// An answer that was held up on its way.
    Checkpoint {
        device: usize,
        bytes: Vec<u8>,
    },
    HandIn {
        epoch: u32,
        file: Vec<u8>,
    },
}

impl World<'_> {
    /// The computer sends what it wants to send next; the network may take it more than once.
    pub fn send(&mut self, which: usize) -> bool {
        let device = &mut self.devices[which];
        if !device.online {
            return false;
        }
        let (step, epoch) = (device.next_step(), device.epoch);
        let Some(session) = device.session() else { return false };
        let flight = match step {
            Step::Send { from } => {
                let mut segment =
                    session.segment(from, BODY_BYTES_MAX).expect("read").expect("there is something to send");
                // A connection may break anywhere.
                let keep = 1 + self.dice.below(segment.lines.len());
                segment.lines.truncate(keep);
                segment.openings.retain(|opening| opening.seq < from + keep as u64);
                Flight::Records { device: which, segment }
            }
            Step::Evidence { sha256, .. } => {
                let Some(desk) = &self.desk else { return false };
                let Ok(state) = desk.evidence(&self.sitting, &sha256) else {
                    if session.has_moved() {
                        let fate = invigil_client::store::Fate::Unasked;
                        session.store_mut().set_fate(&sha256, fate).expect("noted");
                        self.counts.count("evidence that came too late", 1);
                    }
                    return false;
                };
                let bytes = &self.devices[which].evidence[&sha256];
                let from = usize::try_from(state.held).unwrap_or(0);
                let to = bytes.len().min(from + 1 + self.dice.below(CHUNK_BYTES_MAX));
                Flight::Evidence { device: which, sha256, offset: state.held, part: bytes[from..to].to_vec() }
            }
            Step::HandIn => {
                let submission = session.papers().and_then(|papers| papers.submission.as_ref());
                Flight::Submission { device: which, epoch, bytes: submission.expect("a submission").bytes().to_vec() }
            }
            Step::AskResult => Flight::Status { device: which },
            Step::Nothing => return false,
        };
        if self.dice.one_in(5) {
            self.flights.push(flight.clone());
            self.counts.count("request doubled", 1);
        }
        self.flights.push(flight);
        true
    }

    /// Some request arrives, not always the first one; its answer may be lost.
    pub fn arrive(&mut self) -> bool {
        if self.flights.is_empty() || self.desk.is_none() {
            return false;
        }
        let which = self.dice.below(self.flights.len());
        if 0 < which {
            self.counts.count("request overtaken", 1);
        }
        let flight = self.flights.remove(which);
        let heard = !self.dice.one_in(6);
        if !heard {
            self.counts.count("answer lost", 1);
        }
        self.deliver(&flight, heard);
        true
    }

    pub fn deliver(&mut self, flight: &Flight, heard: bool) {
        let Some(desk) = &self.desk else { return };
        let time = truth(self.now);
        let key = desk.card().issuer.signing;
        match flight {
            Flight::Records { device, segment } => {
                let answer = desk.append(&self.sitting, segment.epoch, segment, time);
                self.records_answered(*device, segment, answer, heard);
            }
            Flight::Submission { device, epoch, bytes } => {
                match desk.submit(&self.sitting, *epoch, bytes, [1; 16], [2; 16], time) {
                    Ok(receipt) => {
                        self.same_receipt(&receipt);
                        let receipt = Signed::<Receipt>::open(&receipt, &key).expect("a receipt");
                        let session = self.devices[*device].session().filter(|_| heard);
                        if let Some(session) = session {
                            let own = session.papers().and_then(|papers| papers.submission.as_ref());
                            assert_eq!(own.map(Signed::digest), Some(receipt.submission));
                            session.take_receipt(receipt).expect("kept");
                        }
                    }
                    Err(
                        fault
                        @ (Fault::LeaseEnded { .. } | Fault::LogIncomplete { .. } | Fault::EvidenceMissing { .. }),
                    ) => {
                        // It came before what it names, or too late.
                        self.counts.count(&format!("submission refused: {}", fault.code()), 1);
                        if let Some(session) = self.devices[*device].session().filter(|_| heard) {
                            session.submission_refused(&fault.problem()).expect("kept");
                        }
                    }
                    Err(fault) => panic!("the submission is refused: {fault}"),
                }
            }
            Flight::Evidence { device, sha256, offset, part } => {
                let size = self.devices[*device].evidence[sha256].len() as u64;
                match desk.take_evidence(&self.sitting, sha256, *offset, part) {
                    Ok(state) if state.held == size && heard => {
                        if let Some(session) = self.devices[*device].session() {
                            let fate = invigil_client::store::Fate::Sent;
                            session.store_mut().set_fate(sha256, fate).expect("noted");
                        }
                    }
                    Ok(_) | Err(Fault::EvidenceOffset { .. }) => {}
                    Err(fault) => panic!("evidence is refused: {fault}"),
                }
            }
            Flight::Status { device } => {
                let status = desk.status(&self.sitting, time).expect("a status");
                if let Some(session) = self.devices[*device].session().filter(|_| heard) {
                    session.take_status(&status).expect("the result is of this submission");
                }
            }
            Flight::Checkpoint { device, bytes } => {
                let checkpoint = Signed::<Checkpoint>::open(bytes, &key).expect("a checkpoint");
                if let Some(session) = self.devices[*device].session().filter(|_| heard) {
                    session.take_checkpoint(checkpoint).expect("the checkpoint is of this log");
                }
            }
            Flight::HandIn { epoch, file } => {
                let late = *epoch < self.epoch;
                match desk.hand_in(file, [[1; 16], [2; 16]], time) {
                    Ok(taken) => {
                        assert!(!taken.late || late, "only who has lost the seat is late");
                        if let Some(receipt) = taken.receipt {
                            self.same_receipt(&receipt);
                            self.counts.count("receipt for a hand-in file", 1);
                        }
                    }
                    Err(Fault::LeaseEnded { .. }) if late => {}
                    Err(fault) => panic!("the hand-in file is refused: {fault} ({})", fault.code()),
                }
            }
        }
    }

    fn records_answered(&mut self, device: usize, segment: &Segment, answer: Result<Vec<u8>, Fault>, heard: bool) {
        let late = segment.epoch < self.epoch;
        let key = self.template.keys.card.issuer.signing;
        let from = segment.from_seq;
        let holder = &mut self.devices[device];
        let session = match &mut holder.life {
            Life::Awake(session) if heard => session,
            _ => {
                if let Err(fault) = answer {
                    let known = matches!(fault, Fault::LogGap { .. } | Fault::LeaseEnded { .. });
                    assert!(known, "records are refused: {fault}");
                }
                return;
            }
        };
        match answer {
            Ok(bytes) if self.dice.one_in(5) => {
                self.flights.push(Flight::Checkpoint { device, bytes });
                self.counts.count("answer held up", 1);
            }
            Ok(bytes) => {
                let checkpoint = Signed::<Checkpoint>::open(&bytes, &key).expect("a checkpoint");
                session.take_checkpoint(checkpoint).expect("the checkpoint is of this log");
                holder.from = None;
            }
            Err(fault @ (Fault::LogGap { .. } | Fault::LeaseEnded { .. })) => {
                assert!(late || !matches!(fault, Fault::LeaseEnded { .. }), "the holder's lease holds");
                holder.from = match session.records_refused(&fault.problem(), from).expect("kept") {
                    Refused::From(size) => Some(size),
                    Refused::Again | Refused::Final => None,
                };
                self.counts.count(fault.code(), 1);
            }
            Err(fault) => panic!("records are refused: {fault}"),
        }
    }

    fn same_receipt(&mut self, receipt: &[u8]) {
        match &self.receipt {
            Some(first) => assert_eq!(first, receipt, "a receipt is the same bytes for ever"),
            None => self.receipt = Some(receipt.to_vec()),
        }
    }
}
