# Stopped, away, handed in, result.
stopped-paused = The exam is paused
    .why = A proctor has paused it, or you are on a granted break.
    .do = You need not do anything. It goes on by itself as soon as the pause is over.
stopped-control-lost = The exam is stopped for a moment
    .why = This computer no longer holds something that the exam needs. That happens, and nobody is blamed for it.
    .do = Close other windows and menus, and click into this one.
stopped-seen = The exam is stopped for a moment
    .why = This computer showed something that the rules of this exam stop for. That happens, and nobody is blamed for it.
    .do = Do what the page says of it.
    .over = It is not seen any more.
stopped-reboot-gap = The exam waits for your proctor
    .why = The computer was off for longer than the rules let pass.
    .do = Call your proctor. They can let you go on from their desk, or give you a code.
stopped-other = The exam is stopped
    .why = It has been stopped for now.
    .do = Call your proctor.
stopped-what = Why it is stopped
stopped-ends = It goes on by itself as soon as this is mended, at the latest in { $left }.
stopped-ends-over = It goes on by itself, at the latest in { $left }.
stopped-ends-soon = It goes on by itself in a moment.
stopped-contact-title = If that does not help
stopped-contact = Call your proctor{ $count ->
    [0] {""}
    [one] {" "}and name the code above
   *[other] {" "}and name the codes above
}. In a room, raise your hand; at home, use the contact in your invitation. You may also wait: nothing is lost.
stopped-time-stands = The clock stands still at { $left }.
stopped-time-runs = The clock goes on: { $left } left.
stopped-saved = Everything you answered is saved. The questions are covered until it goes on.
resume-code-title = Go on with a code
resume-code-hint = Your proctor reads it out to you. Capital and small letters are the same.
resume-code-label = Resume code
resume-code-do = Go on

away-title = You have left the exam
away-free = Your computer is yours again. Your answers are saved.
away-clock = The clock goes on.
away-may-return = You may come back while there is time.
away-wait = A proctor has to let you come back.
away-watch = Tell your proctor that you want to return. This page shows it as soon as they let you.
away-return = Return to the exam
away-hand-in = Hand in without returning …
away-hand-in-text = What you answered so far is handed in. After that you cannot return.

moved-title = Your exam goes on at another computer
moved-what = A proctor moved it, and the other computer has taken it over with its answers and its time. It cannot be continued here.
moved-kept = What had arrived at the issuer went along. What you answered here and had not arrived before the move is kept beside the record, and the issuer was told.
moved-do = You need not do anything here.
moved-free = This computer is yours again.
moved-sending = This computer is yours again. What is left here is sent by itself when the network is back.

hand-in-file-offer = No network? Save a hand-in file and give it to your proctor.
hand-in-file-rescue = To be safe, save a hand-in file with everything that is kept here so far.
hand-in-file-save = Save a hand-in file
hand-in-file-again = Save it again
hand-in-file-saved = The hand-in file lies here:
hand-in-file-sealed = It is sealed, so that only the organisation that holds the exam can read it.
hand-in-file-carry = You may carry it on a stick or send it by mail.
hand-in-file-harmless = If everything is sent over the network as well, that does no harm.
hand-in-file-failed = The hand-in file was not saved. Try again, or call your proctor. What is kept here stays here.

closed-submitted = You have handed in
closed-time-up = Time is up
closed-terminated = A proctor has ended the exam
closed-result = Your result
closed-facts = { $answered } of { $of } questions answered. Ended { $at }.
sending-title = Handing in
sent-title = Handed in
step-kept = Kept on this computer
step-kept-text = Your answers and the record of the exam are safe here. Your desktop is free again.
step-sending = On its way to the issuer
step-sending-text = { $waiting ->
    [0] Waiting for the receipt.
    [one] One record is still to be confirmed.
   *[other] { $waiting } records are still to be confirmed.
}
step-offline = The issuer is out of reach
step-offline-text = { $waiting ->
    [0] Nothing is lost. It is tried again by itself; you may also close Invigil and open it when the network is back.
    [one] Nothing is lost. One record waits; it is tried again by itself. You may also close Invigil and open it when the network is back.
   *[other] Nothing is lost. { $waiting } records wait; it is tried again by itself. You may also close Invigil and open it when the network is back.
}
step-sent = Sent to the issuer
step-receipt = Receipt
step-receipt-waits = The receipt comes when everything has arrived
step-receipt-text = The issuer confirmed on { $received } that it has your exam:
paper-code = Code of your exam
paper-code-hint = Note it, or show it to your proctor. It proves later that nothing was changed.
result-waits-title = The result is on its way
result-waits = It appears here when the issuer releases it. You may close Invigil; look again later from the start page.
review-person-title = A person looks at this first
review-person = Something in the record deserves a second look, by a person, before the result is given. This is no judgement. You will be heard first, and you can read below everything that was recorded.

result-passed = Passed
result-failed = Not passed this time
result-score = { $given } of { $of } marks, { NUMBER($percent, maximumFractionDigits: 1) } %. It takes { $pass } % to pass.
result-failed-text = The areas below show where practice helps most.
result-areas = By area
result-area = Area
result-share = Share
result-marks = Marks
result-of = { $given } of { $of }
credential-title = Your credential
credential-text = Anyone can open and verify it at this address, for example from your profile or your application.

refused-declined = You declined
    .why = The exam did not start, because you did not accept its notice. That is your right.
    .do = If you change your mind, ask the issuer to admit you again.
refused-not-ready = The exam did not start
    .why = This computer does not give the exam what its rules ask for.
    .do = Ask the issuer for another computer, or for an admission with other rules.
refused-try = The try is not used.
