# What happened, and what to do about it, by the code that people quote.
problem-code = Code
unknown-problem = Something did not work ({ $code }).
    .do = Try again. If it happens again, tell the issuer or your proctor this code.

# Rules of the exam
problem-already-admitted = This exam has already been started on this computer.
    .do = Open it from the start page.
problem-wrong-phase = That is not possible at this point of the exam.
    .do = Go on from what the page shows now.
problem-exam-over = The exam is over.
    .do = What was saved before the end counts.
problem-exam-stopped = The exam is stopped just now.
    .do = Wait until it goes on. Nothing is lost.
problem-proctor-only = Only a proctor can do this.
    .do = Call your proctor.
problem-not-ready = This computer does not give the exam what it asks for.
    .do = Mend what the list shows, and check again.
problem-paper-not-open = The exam paper is not open yet.
    .do = Check again. If it stays closed, ask your proctor for the start code.
problem-outside-window = The exam cannot be started at this time.
    .do = Look at the times in the notice, or ask the issuer.
problem-unknown-item = There is no such question in this exam.
    .do = Choose a question from the list.
problem-wrong-type = This is not an answer to this question.
    .do = Answer it again.
problem-answer-too-long = The answer is too long to be saved.
    .do = Shorten it, and it is saved at once.

problem-seat-moved = This exam goes on at another computer.
    .do = Go on there. What is saved here is kept.
problem-not-delivered = { $host } does not have everything yet that is saved here.
    .do = Check the network and open the link again.
problem-evidence-too-large = A piece of evidence is larger than the exam takes.
    .do = Go on with the exam. That it is missing is no fault of yours.

# Admission
problem-link-malformed = This is not an admission link.
    .do = Copy the whole link from your invitation. It starts with invigil://
problem-code-unknown = The issuer does not know this link.
    .do = Compare it with your invitation, letter by letter, or ask for a new one.
problem-code-used = This link has been used already.
    .do = If you used it on this computer, your exam is on the start page. If not, tell the issuer.
problem-code-expired = This link has expired.
    .do = Ask the issuer for a new one.
problem-issuer-key-changed = The issuer’s key is not the one this computer knows.
    .do = Do not go on. Ask the issuer by phone or mail whether they have a new key.
problem-issuer-unreachable = The issuer does not answer.
    .do = Check the network and try again.
problem-issuer-unprotected = The connection to this issuer is not protected.
    .do = Ask the issuer for a protected address.

problem-issuer-untrusted = What { $host } sent does not carry its signature.
    .do = Do not go on. Tell the issuer.
problem-issuer-not-shown = The issuer has to be shown first.
    .do = Enter the link again.

# Exam paper
problem-pack-missing = The exam paper is not on this computer yet.
    .do = Check the network, then check again.
problem-pack-too-large = The exam paper is larger than Invigil takes.
    .do = Tell the issuer. Your try is not used.
problem-pack-damaged = The exam paper is damaged.
    .do = Check again; it is fetched anew. If it stays damaged, tell the issuer.
problem-pack-cut-short = The exam paper did not arrive whole.
    .do = Check the network, then check again.
problem-pack-other-exam = The exam paper belongs to another exam.
    .do = Tell the issuer. Your try is not used.
problem-pack-too-new = This exam needs a newer Invigil.
    .do = Install the newest version and open the exam again.
problem-pack-wrong-key = The exam paper cannot be opened with this key.
    .do = Tell the issuer or your proctor. Your try is not used.

problem-pack-other-author = The exam paper is signed by somebody else than your issuer.
    .do = Do not go on. Tell the issuer.
problem-pack-other-marks = The exam paper does not belong to its own mark scheme.
    .do = Tell the issuer. Your try is not used.
problem-pack-is-practice = This is a practice paper, not the exam.
    .do = Tell the issuer. Your try is not used.
problem-pack-is-exam = This is an exam paper; it cannot be practised with.
    .do = Take a practice paper.

# Start and codes
problem-window-not-open = The exam opens { $opens }.
    .do = Come back then.
problem-window-closed = The time for this exam is over.
    .do = Ask the issuer for another admission.
problem-start-code-wrong = This start code does not fit.
    .do = Ask your proctor to read it out again.
problem-resume-code-wrong = This code does not fit.
    .do = Ask your proctor to read it out again. It has ten letters and digits.

# Keys
problem-passphrase-wrong = This is not the passphrase.
    .do = Try again. Look at capital letters and the keyboard layout.
problem-passphrase-too-short = This passphrase is too short.
    .do = Take at least 12 characters; four random words are good.
problem-keys-locked = The keys of this device are locked.
    .do = Give your passphrase on the start page.
problem-keys-needed = An exam needs keys that are kept safe.
    .do = Set a passphrase on the start page first.

problem-keys-silent = Your system’s secret store has the keys of this device and does not give them.
    .do = Unlock your login keyring, then try again on the start page.
problem-key-missing = The key of this exam is not on this computer any more.
    .do = Do not delete anything. Tell the issuer; what was sent is safe with the issuer.
problem-keys-failed = The keys of this device could not be read or kept.
    .do = Close Invigil, open it again and look whether the system’s secret store is unlocked.

# This computer
problem-storage-failed = This computer could not save.
    .do = It is tried again by itself. If it stays like this, call your proctor and leave the page open.
problem-out-of-turn = The exam does not go on yet.
    .do = Invigil first notes how long it was away. Try again in a moment. If the disk is full, make room on it.
problem-disk-full = The disk is full.
    .do = Ask for help to free some space. It is tried again by itself.
problem-storage-damaged = What is stored here cannot be read.
    .do = Do not delete anything. Tell the issuer or your proctor; what was sent is safe with the issuer.
problem-already-running = Invigil is already open.
    .do = Use the window that is open. Close this one.
problem-guard-lost = The guard that watches over Invigil is gone.
    .do = You can go on. If Invigil should stop, start it again; nothing is lost.
problem-control-lost = This computer no longer holds something that the exam needs.
    .do = Close other windows and menus and click into this one.
# Of a probe that has no sentences of its own; the others stand in probes.ftl.
problem-seen = This computer showed something that is noted: { $what }.
    .do = You can go on. It is part of the record, and you can read it there.
problem-page-reloaded = The page had to be loaded again.
    .do = You can go on where you were. Everything saved is here.
problem-restarted = { $givenBackSeconds ->
    [0] Invigil was started again. Your answers are all here.
   *[other] Invigil was started again. Your answers are all here, and { $givenBackClock } of lost time was given back.
}

# Inside
problem-not-practice = That is possible only in practice.
    .do = Go on with the exam.
problem-no-sitting = No exam is open.
    .do = Open one from the start page.
problem-sitting-unfinished = This exam is not finished.
    .do = Hand it in or leave it first.
problem-internal = Something inside Invigil did not work.
    .do = Try again. Nothing that was saved is lost.

## What an issuing service may answer

problem-bad-request = The issuer could not read what was sent.
    .do = Update Invigil, then try again. Nothing you did is lost.
problem-body-too-large = What was sent is larger than the issuer takes.
    .do = Tell the issuer, with the code below. Nothing you did is lost.
problem-credential-unknown = The issuer has no such credential.
    .do = Check the address for mistakes, or ask whoever gave it to you.
problem-evidence-deleted = The issuer has deleted this picture, because its time was over.
    .do = Nothing.
problem-evidence-unreadable = The issuer cannot open this picture.
    .do = Go on with the exam. That it cannot be opened is no fault of yours.
problem-picture-gone = This picture is not on this computer.
    .do = If it was taken at another computer, look there. Where your answers have left this one, the pictures have too.
problem-evidence-mismatch = A piece of evidence arrived changed at the issuer.
    .do = Nothing: it is sent again by itself.
problem-evidence-missing = The issuer does not have all the evidence yet.
    .do = Nothing: it is sent by itself. Leave this computer on and connected.
problem-evidence-offset = A piece of evidence arrived only in part.
    .do = Nothing: the rest is sent by itself.
problem-evidence-unknown = The issuer does not expect this piece of evidence.
    .do = Go on with the exam. What it asks for is kept here.
problem-hand-in-refused = This is no hand-in file that this issuer takes.
    .do = Save a new hand-in file and give it to your proctor.
problem-document-refused = The issuer does not accept a document from this computer.
    .do = Tell the issuer, with the code below. Nothing you did is lost.
problem-lease-ended = This exam has been moved to another computer.
    .do = Go on there. What is saved here is kept.
problem-log-broken = The issuer does not accept a part of the record of this exam.
    .do = Go on with the exam and tell your proctor the code below. Both sides keep what they have.
problem-log-fork = The issuer holds another record of this exam than this computer.
    .do = Go on with the exam and tell your proctor the code below. Both records are kept.
problem-log-gap = The issuer misses a part of the record.
    .do = Nothing: it is sent again by itself.
problem-log-incomplete = The issuer does not have the whole record yet.
    .do = Nothing: the rest is sent by itself. Leave this computer on and connected.
problem-login-failed = Name or password is wrong.
    .do = Type both again.
problem-login-needed = You are not signed in.
    .do = Sign in again.
problem-method-not-allowed = The issuer does not know this request.
    .do = Update Invigil, then try again.
problem-not-eligible = You cannot take this exam now.
    .do = The start page shows your tries and when the next one is possible. If that seems wrong, tell the issuer.
problem-not-found = The issuer has nothing at this address.
    .do = Check the link for mistakes, or ask the issuer for a new one.
problem-not-your-sitting = This exam belongs to another admission.
    .do = Open the link you were given for this exam again.
problem-opening-mismatch = An answer does not fit its record at the issuer.
    .do = Go on with the exam and tell your proctor the code below. Your answers are kept here.
problem-opening-unreadable = The issuer cannot read an answer.
    .do = Go on with the exam and tell your proctor the code below. Your answers are kept here.
problem-openings-missing = The issuer does not have all answers yet.
    .do = Nothing: they are sent again by themselves.
problem-pack-unknown = The issuer does not have the pack of this exam any more.
    .do = Tell the issuer. Your try is not used.
problem-seat-stays = This exam stays at its computer.
    .do = Ask your proctor: either it is not opened yet, or it is handed in already.
problem-segment-too-long = Too much was sent at once.
    .do = Update Invigil. Nothing you did is lost.
problem-sitting-over = This exam is over.
    .do = Go back to the start page; it shows what became of it.
problem-sitting-unknown = The issuer does not know this exam.
    .do = Tell the issuer, with the code below. Nothing you did is lost.
problem-submission-differs = The issuer has another submission of this exam already.
    .do = Tell your proctor the code below. Both are kept.
problem-submission-mismatch = The submission does not fit what the issuer knows of this exam.
    .do = Tell your proctor the code below. Your answers are kept here.
problem-records-away = The issuer cannot reach its own records just now.
    .do = Try again in a moment. Nothing you did is lost.
problem-timed-out = The issuer took too long.
    .do = Try again. Nothing you did is lost.
problem-token-needed = The issuer does not recognise this computer for this exam.
    .do = Open the link you were given for this exam again.
problem-too-many-attempts = There were too many attempts from this network.
    .do = Wait a minute, then try again.
problem-rehearsal-exam = A failure is not rehearsed beside an exam that counts.
    .do = Finish your exam, and wait until it is handed in. Then rehearse.
problem-rehearsal-empty = There is no answer yet that could be lost.
    .do = Answer a question, then rehearse.
problem-rehearsal-not-kept = Your practice is not kept on this computer, because there is nowhere to keep its key. A kill would take it away.
    .do = Go to the start page, set a passphrase there, and answer a question again.
problem-administration-unknown = The issuer does not know this exam date.
    .do = Ask the issuer which exam dates there are.
problem-agreement-changed = The agreement has changed, or is not for you to accept.
    .do = Load its page again and read it once more.
problem-agreement-needed = The agreement of this programme is not accepted yet.
    .do = Read and accept it at { $url }, then try again. Your try is not used.
problem-agreement-unknown = This programme has no agreement.
    .do = Nothing: there is nothing to accept.
problem-check-in-needed = Nobody has made sure yet that it is you.
    .do = Tell your proctor that you are here, or sign in at your institution as the issuer says. Then start again.
problem-check-in-not-asked = This exam asks for no check-in by a proctor.
    .do = Nothing: the exam can start without it.
problem-form-expired = This form is too old, or comes from another page.
    .do = Go back, load the page again and send it once more.
problem-invitation-expired = This invitation can no longer be used.
    .do = Ask whoever invited you for another one.
problem-invitation-unknown = The issuer does not know this invitation.
    .do = Check the link for mistakes, or ask whoever invited you for another one.
problem-invitation-used = This invitation was used already.
    .do = Ask whoever invited you for another one.
problem-not-allowed = Your role does not allow this.
    .do = Ask an operator of the organisation.
problem-photo-refused = This file is no photo.
    .do = Choose a JPEG or PNG file of at most 1 MiB.
problem-photo-unknown = The roster has no photo of this candidate.
    .do = Compare their name with a document instead.
problem-provider-away = The place to sign in does not answer.
    .do = Try again later.
problem-provider-unknown = The issuer knows no such place to sign in.
    .do = Ask the issuer where to sign in.
problem-roster-refused = The roster has faults, so nothing of it was taken.
    .do = Mend the lines that are named, then import it again.
problem-sign-in-expired = This sign-in is over.
    .do = Sign in again, in the same browser and within ten minutes.
problem-sign-in-needed = You are not signed in.
    .do = Sign in, or open your invitation.
problem-sign-in-refused = Your institution did not confirm who you are.
    .do = Sign in again. If it stays so, tell the issuer.
