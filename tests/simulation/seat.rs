//! The seat of a story: it moves to another computer, or back to one that had it.

use crate::{device::Device, machine::truth, world::World};
use invigil_client::uplink::Redeemed;
use invigil_core::{
    Signed,
    admission::{Admission, Lease},
    exchange::Segment,
};
use invigil_issuer::{desk, fault::Fault};

impl World<'_> {
    /// An operator asks for a link, or another computer opens the one that there is.
    pub fn move_seat(&mut self) -> bool {
        const COMPUTERS: usize = 3;
        const MOVES: u32 = 6;
        if self.fresh {
            return self.devices.len() < COMPUTERS && self.dice.one_in(2) && self.take_over();
        }
        let Some(desk) = self.desk.as_ref().filter(|_| self.epoch < MOVES && self.dice.one_in(2)) else {
            return false;
        };
        let code = std::array::from_fn(|_| u8::try_from(self.dice.below(256)).unwrap_or(0));
        match desk::move_seat(desk.store(), desk.card(), &self.sitting, code, "operator", truth(self.now)) {
            Ok(link) => (self.link, self.fresh) = (Some(link), true),
            Err(fault) => assert_eq!(fault.code(), "seat-stays"),
        }
        self.fresh
    }

    /// Another computer opens the link that there is.
    pub fn take_over(&mut self) -> bool {
        let (Some(link), true, true) = (self.link.clone(), self.fresh, self.desk.is_some()) else { return false };
        let name = format!("computer {}", self.devices.len());
        let mut device = Device::new(&name, &mut self.dice);
        let Some(redeemed) = self.redeem(&device.redemption(&link, self.now)) else { return false };
        let redeemed = self.fetched(redeemed);
        device.take(&redeemed);
        self.devices.push(device);
        self.arrived(self.devices.len() - 1);
        true
    }

    /// A computer that had the sitting before opens the link that there is. It may be cut off anywhere; then it opens
    /// the link again.
    pub fn come_back(&mut self, which: usize) -> bool {
        const CUT: usize = 4;
        let may = if which == self.holder { self.is_coming_back() } else { self.fresh };
        let (Some(link), true) = (self.link.clone(), may && self.desk.is_some()) else { return false };
        // Who opens a link there has started the computer and sees to its network.
        self.start(which);
        self.devices[which].online = true;
        let Some(redeemed) = self.redeem(&self.devices[which].redemption(&link, self.now)) else { return false };
        (self.holder, self.fresh) = (which, false);
        self.epoch = redeemed.leases.last().map_or(0, |lease| lease.epoch);
        while !self.devices[which].session().is_some_and(|session| session.is_delivered()) {
            if self.dice.one_in(CUT) {
                self.counts.count("cut off while coming back", 1);
                return !self.crash(which, false);
            }
            assert!(self.send(which), "what is not delivered can be sent");
            let flight = self.flights.pop().expect("it is on its way");
            self.deliver(&flight, true);
        }
        if self.dice.one_in(CUT) {
            self.counts.count("cut off while coming back", 1);
            return !self.crash(which, false);
        }
        let redeemed = self.fetched(redeemed);
        self.devices[which].take_back(&redeemed);
        self.arrived(which);
        true
    }

    /// Whether the computer that has redeemed the link does not have the issuer's log yet.
    pub fn is_coming_back(&self) -> bool {
        self.devices[self.holder].epoch < self.epoch
    }

    /// The link has led to the sitting: it goes on there.
    fn arrived(&mut self, which: usize) {
        (self.link, self.fresh, self.holder) = (None, false, which);
        self.epoch = self.devices[which].epoch;
        let now = self.now;
        self.devices[which].start(&self.template.exam, Some(now), now);
        self.devices[which].report(now);
        self.begin();
    }

    /// What the link leads to for a computer, without the log.
    fn redeem(&mut self, redemption: &[u8]) -> Option<Redeemed> {
        let mut random = || std::array::from_fn::<u8, 32, _>(|_| u8::try_from(self.dice.below(256)).unwrap_or(0));
        let (token, seed) = (random(), random());
        let desk = self.desk.as_ref().expect("an issuer");
        let redeemed = match desk.redeem(redemption, token, seed, truth(self.now)) {
            Ok(redeemed) => redeemed,
            Err(Fault::SeatStays(_)) if self.receipt.is_some() => {
                self.counts.count("taken over too late", 1);
                self.link = None;
                return None;
            }
            Err(fault) => panic!("the link does not work: {fault}"),
        };
        let key = desk.card().issuer.signing;
        let open =
            |json: &serde_json::Value| Signed::<Lease>::open(json.to_string().as_bytes(), &key).expect("a lease");
        Some(Redeemed {
            admission: Signed::<Admission>::open(redeemed.admission.to_string().as_bytes(), &key)
                .expect("an admission"),
            leases: redeemed.leases.iter().map(open).collect(),
            token: redeemed.token,
            records: vec![],
        })
    }

    /// The same with the issuer's log.
    fn fetched(&self, redeemed: Redeemed) -> Redeemed {
        let desk = self.desk.as_ref().expect("an issuer");
        let seat = desk.seat_of_token(&redeemed.token).expect("the token speaks for a seat");
        let mut records = Vec::new();
        loop {
            let from = records.iter().map(|segment: &Segment| segment.lines.len() as u64).sum();
            let segment = desk.records(&seat, from).expect("records");
            if segment.lines.is_empty() {
                return Redeemed { records, ..redeemed };
            }
            records.push(segment);
        }
    }
}
