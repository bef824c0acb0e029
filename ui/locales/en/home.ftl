# The start page.
home-title = Your exams
home-version = Invigil { $version }
home-refresh = Ask the issuers again
home-quit = Close Invigil

keeping-secret-store = The keys of this device are in your system’s secret store.
keeping-passphrase = The keys of this device are in a file sealed by your passphrase. It is open.
keeping-locked-title = Open your keys
keeping-locked = The keys of this device are sealed by your passphrase. Give it to continue an exam or to start one.
keeping-locked-do = Open
keeping-store-silent-title = Unlock your keyring
keeping-store-silent = The keys of this device are in your system’s secret store, and it does not give them. Unlock your login keyring, or start the service, and try again. Nothing is lost.
keeping-store-silent-do = Try again
unreadable-title = An exam on this computer cannot be opened
unreadable-id = Sitting { $id }
unreadable-locked-title = An exam waits for its key
unreadable-locked = Its key is sealed by your passphrase. Give it above, and the exam opens with all its answers.
unreadable-silent = Its key is in your keyring. Unlock it above, and the exam opens with all its answers.
unreadable-key-missing = Its key is not on this computer any more. Its answers are here, and the key can be brought back.
unreadable-keep = Do not delete, move or repair anything. Leave this computer as it is and tell your proctor.
unreadable-recover = The organisation that holds the exam can recover it from its folder; what was sent is safe with it already.
open-by-code-instead = Open with the proctor’s resume code instead
open-by-code-title = Open with the proctor’s resume code
open-by-code-hint = Your proctor reads it out to you: ten letters and digits. Small letters, spaces and hyphens make no difference.
open-by-code-do = Open
keeping-nowhere-title = Choose a passphrase before an exam
keeping-nowhere = This system offers no secret store, so nothing is kept yet. Practice works, but its progress is lost when you close Invigil. An exam needs a passphrase that seals its keys.
keeping-nowhere-do = Set passphrase
passphrase-label = Passphrase
passphrase-hint = At least 12 characters. Nobody can find it for you if you forget it, so note it down.

sittings-title = Admitted exams
sittings-none = No exam waits for you here. When an issuer sends you an admission link, enter it below.
card-too-early = Opens { $opens }
card-ready = Ready to start
card-too-late = The time for this exam is over. It was not started.
card-underway = Underway. The clock may be running.
card-sending = Finished. It still has to be handed in.
card-handed-in = Handed in. The result is not there yet.
card-graded = The result is there.
card-withdrawn = Not started. The try is not used.
card-moved = It goes on at another computer. Nothing is to be done here.
card-too-early-do = Read the notice
card-ready-do = Go to the exam
card-underway-do = Continue
card-sending-do = Hand in
card-handed-in-do = Show
card-graded-do = Show the result
card-moved-do = Read more
card-minutes = { $minutes ->
    [one] One minute.
   *[other] { $minutes } minutes.
}
card-untimed = No time limit.
card-window = Open from { $opens } to { $closes }.

link-title = Enter an admission link
link-hint = It starts with invigil:// and comes from whoever holds the exam. You will see who that is before anything is fetched.
link-do = Look it up

standing-asked = { $issuer }, as of { $when }
standing-stale = { $issuer } could not be reached. This is how things stood on { $when }.
track-empty = Nothing has been announced here yet.
certification-announced = Announced
certification-passed = { $passed } of { $of } exams passed
certification-valid = { $months ->
    [one] The credential is valid for one month.
   *[other] The credential is valid for { $months } months.
}
exam-passed = Passed.
exam-open = Not passed yet.
exam-pending = Handed in; the result is not there yet.
exam-cooling-down = Another try is possible from { $until }.
exam-prerequisites-missing = You need another certification first.
exam-not-yet = It renews your credential, from { $until } on.
exam-expired = The credential that it renews has expired. The whole certification is open again.
exam-no-tries-left = No tries are left. Ask the issuer what is possible.
exam-admitted-here = You are admitted: see above.
exam-admitted = You are admitted from { $opens } to { $closes }. Enter your admission link to get it here.
exam-no-admission = To take it, ask the issuer for an admission.
exam-facts = { $items } questions, { $minutes } minutes, { $pass } % to pass.
exam-facts-untimed = { $items } questions, no time limit, { $pass } % to pass.
tries-unlimited = You may try as often as you like.
tries-left = { $left ->
    [0] No tries left of { $max }.
    [one] One try left of { $max }.
   *[other] { $left } tries left of { $max }.
}

credential-valid = Valid from { $from } until { $until }.
credential-label = Address of the credential
credential-copied = The address is copied.
credential-select = The address is selected. Copy it with Ctrl and C.

past-title = Past exams
past-intro = These lay on this computer. What counts is with the issuer.
past-passed = Passed.
past-failed = Not passed.
past-received = The issuer received it on { $received }.
past-never-received = It was not handed in from here.
past-removed-unsent = It was removed from this computer on { $date }, as announced.
past-removed = The answers were removed from this computer on { $date }, as announced.

practice-title = Practice
practice-intro = No clock, no account. You see after each question whether you were right, and why.
practice-none = There are no practice packs on this computer.
practice-items = { $items ->
    [one] One question
   *[other] { $items } questions
}
practice-progress = { $answered } of { $items } answered, { $right } right
practice-author = Signed by { $author }
practice-start = Practise
practice-continue = Go on
practice-again = Look again
