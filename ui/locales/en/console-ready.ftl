# The check before the start, as the record has it: the list that the candidate had.
readiness-title = Readiness
readiness-began = What the computer showed until the first question, at { $time }. The candidate had the same list.
readiness-so-far = What the computer showed until { $time }. The candidate has the same list, and the exam has not begun.
readiness-level = Level reached
readiness-desktop = Desktop
readiness-desktop-none = Not told
readiness-findings = This computer
readiness-findings-none = Nothing to note.
readiness-unsurveyed = Not told: an earlier version of Invigil wrote this record.
readiness-controls = What was to hold
readiness-probes = What was looked for
readiness-probe-sees = seen
readiness-probe-blind = this computer cannot tell
readiness-probes-nothing = Nothing was seen of:

found-issuer-unreachable = The service was out of reach.
found-issuer-key-changed = The service had another key than the one in the admission.
found-window-before = It was before the time of the exam.
found-window-after = The time of the exam was over.
found-storage-failed = A trial answer could not be saved.
found-storage-full = The disk was almost full.
found-keys-locked = The keys of the computer were locked.
found-keys-passphrase = The keys of the computer are sealed by a passphrase.
found-clock-unknown = The calendar could not be compared with the service’s.
found-clock-ahead = The calendar was ahead by more than two minutes.
found-clock-behind = The calendar was behind by more than two minutes.
found-pictures-unanswered = The desktop had not said whether the exam may take pictures of the screen.
found-pictures-failed = No picture of the screen could be taken.
found-pictures-blank = The screen gave only an empty picture.
found-guard-absent = The guard was not running.
found-pack = The exam paper was not ready ({ $code }).

log-observed-surveyed = The computer was checked before the start. The desktop: { $desktop }. { $checks ->
    [none] Nothing to note.
   *[other] Noted: { $checks }.
}
