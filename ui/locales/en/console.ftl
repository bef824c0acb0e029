# The proctors' console: everything but the sentences of the log.
product = Invigil
console = Proctors’ console
window-title = Invigil console
window-title-sitting = { $name } – Invigil console
skip = Skip to the content
loading = One moment …
try-again = Try again
nothing = –

look = Colours
look-system = As the system
look-light = Light
look-dark = Dark
look-contrast = High contrast
signed-in-as = Signed in as { $name }
sign-out = Sign out
sign-out-failed = The service did not answer, so you are still signed in. Try again.

sign-in = Sign in
sign-in-intro = For those who proctor exams. Everything you open here is noted with your name.
sign-in-name = Name
sign-in-password = Password
sign-in-wait = { $seconds ->
    [one] Wait one second
   *[other] Wait { $seconds } seconds
}
sign-in-ended = Your login has ended. Sign in again, and you are back where you were.
trouble-login-failed = Name or password is wrong.
trouble-too-many-attempts = Too many attempts from this address. { $seconds ->
    [one] Try again in one second.
   *[other] Try again in { $seconds } seconds.
}
trouble-unreachable = The service does not answer. Check the network and try again.
trouble-sitting-unknown = There is no such sitting.
trouble-seat-stays = This sitting stays where it is. { $phase ->
    [closed] It is handed in already.
   *[other] Either no computer has it yet, and the candidate’s own link still holds; or it is handed in already.
}
trouble-hand-in-refused = This is not a hand-in file that this service can open: it belongs to another organisation, was changed, or is another file. Nothing of it was taken.
trouble-log-broken = The record in this file is broken; from the break on nothing of it was taken. Keep the file and the computer it comes from as they are, and tell the operator.
trouble-log-fork = The record in this file differs from the one that the service has. Both are kept, and the sitting is marked for a look.
trouble-submission-differs = The service has another submission of this exam already, and that one counts. The records in the file are kept. Keep the file and tell the operator.
trouble-evidence-deleted = This picture was deleted. It was kept as long as the exam says.
trouble-evidence-mismatch = What this service keeps is not the picture that the record names. It is not shown.
trouble-evidence-unreadable = This service cannot open this picture. It was sealed to another key, or it is none.
trouble-evidence-unknown = The record names no such picture.
trouble-evidence-missing = Evidence that the record names is not in this file. What is in it is kept; there is no receipt yet. The rest can come over the network or in a later file from the same computer.
trouble-body-too-large = This file is larger than a hand-in file can be ({ $megabytes } MB). Look whether it is the right one.
trouble-timed-out = The service took too long. Taking the same file again does no harm.
trouble-other = The service could not answer ({ $code }). Try again; if it happens again, tell the operator this code.

# The list
list-title = Sittings
list-caption = All sittings. The headings sort them.
list-counts = { $all ->
    [one] One sitting
   *[other] { $all } sittings
}, { $live } under way
list-loading = Fetching the sittings …
list-empty = There are no sittings yet.
    .hint = They appear here as soon as an operator admits candidates.
list-none = No sitting matches.
    .clear = Show all
list-find = Find a candidate, an exam or an identifier
list-sort = Sort by
list-zone = Times in your zone, { $zone }.
list-again = The order has changed: sort again
list-heard = Updated { $time }
list-stopped = Not updating since { $time }; what you see is from then.
list-stopped-trying = This page keeps trying.
list-stopped-unreachable = The service does not answer.
list-stopped-other = The service answers with an error ({ $code }).
list-back = Updating again.
group-label = Show
group-all = All
group-look = Worth a look
group-live = Under way
group-waiting = Not begun
group-ended = Ended
    .count = { $count }
column-candidate = Candidate
column-exam = Exam
column-state = State
column-level = Level
column-began = Began
column-last = Last record
column-left = Time left
column-answered = Answered
column-verdict = Record
column-result = Result
answered = { $answered } of { $of }
left-minutes = { $minutes } min
left-seconds = { $seconds } s
left-none = none
left-stands = stands still
untimed = no limit
last-now = just now
last-ago = { $minutes } min ago
last-silent = silent { $minutes } min
last-silent-hours = silent { $hours } h
began-offline = Began offline
fork = A second branch

# A hand-in file
hand-in = Take in a hand-in file
hand-in-title = Take in a hand-in file
hand-in-intro = A file ending in .invsub that a candidate brings on a stick or sends by mail. It is opened and verified here, exactly as what comes over the network. Taking the same file twice does no harm. That you took it in is noted.
hand-in-choose = Choose a file
hand-in-drop = or drop it here
hand-in-taking = Taking in { $name } …
hand-in-taken = The file is taken in
hand-in-of = It holds { $records ->
    [one] one record
   *[other] { $records } records
} and { $evidence ->
    [0] no evidence
    [one] one piece of evidence
   *[other] { $evidence } pieces of evidence
}.
hand-in-receipt = The exam is handed in: everything is here, and it has its receipt.
hand-in-open = The exam in the file is not handed in yet. Its records are kept; the candidate can go on with it, or bring a later file.
hand-in-late = Another computer has this sitting by now. What the file adds is kept beside the record, marked late, and changes nothing in it.
hand-in-show = Show the sitting
hand-in-another = Take in another
close = Close

# Where a sitting is
phase-admitted = Admitted
phase-checking = Being checked
phase-underway = Under way
phase-held = Held
phase-paused = Paused
phase-away = Away
phase-closed = Ended
phase-refused = Did not begin
closing-submitted = Handed in
closing-time-up = Time was up
closing-terminated = Ended by proctor
result-passed = Passed
result-failed = Not passed
result-under-review = Under review
supervision-none = Nobody looks on
supervision-in-the-room = A proctor is in the room
supervision-live = A proctor follows from elsewhere
supervision-reviewed = Somebody looks at it afterwards

level = Level { $n }
level-L0 = Level 0: nothing is guaranteed
level-L1 = Level 1: an ordinary desktop, all controls hold
level-L2 = Level 2: a login made for exams
level-L3 = Level 3: a managed, read-only system

control-keyboard = Keyboard
    .what = Every key goes to the exam window.
control-fullscreen = Full screen
    .what = The exam window covers its screen.
control-covers = Other screens covered
    .what = Every other screen is covered, also one that is plugged in later.
control-close = Protection from closing
    .what = The exam window cannot be closed by accident.
control-clipboard = Clipboard apart
    .what = What was copied outside the exam cannot be pasted into it, and the other way round.
control-page = Page without ways out
    .what = The page has no menu, print, search, drop or second window.
control-awake = Staying awake
    .what = The computer does not fall asleep or blank its screen by itself. It does not count for the level.
control-state = { $control ->
    [keyboard] { control-keyboard }
    [fullscreen] { control-fullscreen }
    [covers] { control-covers }
    [close] { control-close }
    [clipboard] { control-clipboard }
    [page] { control-page }
    [awake] { control-awake }
   *[other] { $control }
}: { $holding ->
    [enforced] holds
    [requested] asked for
    [denied] not given
    [unsupported] not available
    [released] not engaged
   *[other] { $holding }
}
controls-rest = { $count ->
    [one] One other is as before.
   *[other] { $count } others are as before.
}
holding-was-enforced = it held before
holding-was-requested = asked for before
holding-was-denied = not given before
holding-was-unsupported = not available before
holding-was-released = not engaged before

# To another computer
move = Move to another computer …
move-title = Move to another computer?
move-link = You get a link. Whoever opens it on another computer goes on there, with the answers and the time that have arrived here.
move-until = Until then, the computer that has the exam writes on. When the link is opened, it stops there and says so.
move-late = What it brings afterwards is kept beside the record, marked late.
move-noted = That you moved it is noted.
move-do = Give me the link
move-stay = Leave it where it is
move-done-title = The link to the other computer
move-once = It is shown only now and works once. Give it to nobody but the candidate.
move-label = Link for { $name }
move-again = If it is lost, move the sitting again: the new link takes the place of this one.
copy = Copy
copied = Copied
copy-select = The link is selected. Copy it with Ctrl and C.

# How sure the record is
verdict-none = No record yet
    .means = Nothing has been recorded, so there is nothing to vouch for. The record begins when the candidate opens the exam.
verdict-proven = Proven
    .means = The service has countersigned every record below, in this order and with nothing missing.
    .not = They show what the exam program noted, not what happened beside the screen.
verdict-proven-until = Proven until { $time }, then offline
    .means = The service has countersigned everything up to { $time }. The records after that follow on without a break.
    .not = For those later records only the candidate’s computer vouches, until it reaches the service again.
verdict-proven-until-short = Proven until { $time }
verdict-unanchored = Consistent, unanchored
    .means = The records fit together without a break.
    .not = Nothing outside the candidate’s computer has vouched for them yet. A code noted on paper can.
verdict-unanchored-short = Unanchored
verdict-broken = Broken at #{ $seq }
    .because = Broken at #{ $seq }:
    .means = { $seq ->
    [0] No record fits its admission, so none is shown.
   *[other] The records before #{ $seq } fit together and are shown below, but one of them may be the changed one. Nothing from #{ $seq } on is shown.
}
    .not = It does not show how this came about: a failing disk or a fault of the program does the same.
verdict-label = How sure the record is
fork-title = There is a second branch of this record
fork-means = The service received two different continuations. It keeps both; the one it countersigned is shown below. A copied or restored folder can do this, so hear the candidate before you conclude anything.
late-title = Records came from a computer that had lost this sitting
late-means = A proctor had moved the sitting before they arrived. They are kept and do not count; whether they should is for people to decide.
aside-holds = { $records ->
    [one] One record lies
   *[other] { $records } records lie
} aside, with { $answers ->
    [0] no answers
    [one] one answer
   *[other] { $answers } answers
}.

# One sitting
sitting-title = Sitting
back-to-list = All sittings
now-title = Now
facts-title = All facts
fact-candidate = Candidate
fact-exam = Exam
fact-certification = Certification
fact-administration = Administration
fact-supervision = Supervision
fact-window = May start
fact-window-value = { $opens } to { $closes }
fact-minutes = Minutes
fact-minutes-value = { $minutes }
fact-minutes-extra = { $minutes }, { $extra } of them extra time
fact-minutes-none = No limit
fact-try = Try
fact-try-value = { $number }
fact-policy = Rules
fact-policy-open = Open
fact-policy-moderate = Moderate
fact-policy-strict = Strict
fact-least = Least level
fact-controls = Controls asked for
fact-controls-none = None
fact-loss = When a control is lost
fact-loss-log = It is recorded
fact-loss-warn = It is recorded, and the candidate is told
fact-loss-hold = The exam stops until it is back
fact-loss-refuse = The exam does not start
fact-probes = Looked for
fact-probes-none = Nothing
fact-probes-log = It is recorded
fact-probes-warn = It is recorded, and the candidate is told
fact-probes-hold = The exam stops until it is gone
fact-probes-refuse = The exam does not start
fact-pictures = Pictures of the screen
fact-pictures-none = None
fact-pictures-value = About every { $seconds } s and on signs; kept { $days ->
    [one] one day
   *[other] { $days } days
} after the receipt
fact-programs = Programs looked for
fact-programs-none = None
fact-copying = Copying within the exam
fact-copying-yes = Possible
fact-copying-no = Not possible
fact-return = After leaving
fact-return-yes = The candidate may come back
fact-return-no = A proctor lets the candidate back
fact-restart = Given back after restarts
fact-restart-value = { $minutes ->
    [0] Nothing by itself
   *[other] Up to { $minutes } min
}
fact-offline = Start without the service
fact-offline-yes = With the proctor’s start code
fact-offline-no = Not possible
fact-results = Results
fact-results-at-once = Shown as soon as graded
fact-results-after-review = Shown after review
fact-issuer = Issuer
fact-sitting = Sitting
fact-first-start = Exam given out
fact-first-start-value = { $count ->
    [one] { $at }
   *[other] { $at }, and again; { $count } times in all
}
fact-evidence-missing = Evidence not here
fact-evidence-missing-value = { $count ->
    [one] One piece that the record names
   *[other] { $count } pieces that the record names
}
fact-log = Records
fact-log-value = { $size }
fact-checkpoints = Countersigned
fact-checkpoints-value = { $count ->
    [0] Not yet
    [one] Once
   *[other] { $count } times
}
fact-head = Head of the record
not-redeemed = The candidate has not opened the admission yet. Rules and records appear here when they do.
paper-title = Paper code
paper-hint = For { $size ->
    [one] one record
   *[other] { $size } records
}. Compare it with the code on the candidate’s screen or on your note.
jump-title = Go to
jump-move = Moved
jump-restart = Restarts
jump-stop = Holds and pauses
jump-leave = Leaving
jump-observation = Observations
jump-control = Changed controls
jump-gap = Silent stretches
jump-none = No move, restart, hold, pause or leaving, no observation, no silent stretch.
jump-to = { $time }, { $what }

log-title = What was recorded
log-note = Answers are not shown here; the service does not give them to proctors. The record says only that and when a question was answered. What a record means is for people to decide, after hearing the candidate.
log-empty = Nothing has been recorded yet.
log-unfold = Unfold everything
log-facts = Show the facts of each record
log-newer = { $count ->
    [one] One newer record
   *[other] { $count } newer records
}
    .show = { $count ->
    [one] Show it
   *[other] Show them
}
log-column-time = Time ({ $zone })
log-column-into = In the exam
log-column-what = What was recorded
log-column-by = By
log-column-seq = Record
log-fact-at = start { $boot } of the computer, { $elapsed } ms
by-candidate = Candidate
by-client = Invigil
by-issuer = Service
by-proctor = Proctor { $id }
log-end-broken = Here the record breaks: #{ $seq } is not as it was written. Nothing from there on is shown.
