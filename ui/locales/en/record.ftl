# What was recorded, as sentences.
record-show = What was recorded
record-title = What was recorded
record-intro = Every line of the record of this exam, as it was written. The record holds that you answered, and when; the answers themselves lie beside it.
record-empty = Nothing has been recorded yet.
record-first = Begins { $at }
record-details = Details
record-folder = It lies on this computer in
record-unknown = An entry of the kind { $kind }.
by-candidate = You
by-client = Invigil
by-issuer = The issuer
by-proctor = A proctor
by-other = { $who }

record-admitted = The admission reached this computer.
record-moved = The exam went on at another computer.
record-acknowledged = You accepted the notice.
record-checked = The computer was checked.
record-withdrawn = The exam did not start. The try is not used.
record-withdrawn-declined = You did not accept the notice. The try is not used.
record-withdrawn-not-ready = The computer did not reach what the rules ask for. The try is not used.
record-began = The first question was shown, and the clock started.
record-visited = You went to another screen.
record-visited-review = You went to the review.
record-flagged = You set or removed a flag.
record-flagged-true = You flagged a question.
record-flagged-false = You took a flag away.
record-responded = You answered a question.
record-responded-true = You answered a question.
record-responded-false = You cleared an answer.
record-heartbeat = Invigil was running; nothing else happened.
record-resumed = Invigil came back after it or the computer had stopped.
record-held = The exam was stopped and covered.
record-held-control-lost = The exam was stopped, because the computer no longer held something it needs.
record-held-seen = The exam was stopped, because the computer showed something that the rules stop for.
record-held-reboot-gap = The exam was stopped, because the computer had been off for long.
record-released = The stop was over.
record-paused = The exam was paused.
record-continued = The pause was over.
record-left = You left the exam.
record-returnAllowed = A proctor let you come back.
record-returned = You came back.
record-granted = Time was added.
record-observed = The computer noticed something.
record-observed-clockJumped = The computer’s clock was moved.
record-observed-environmentScrubbed = Settings that would open Invigil to other programs were removed at the start.
record-observed-blind = Invigil could not look for “{ $probe ->
        [focus] { probe-focus }
        [outputs] { probe-outputs }
        [terminal] { probe-terminal }
        [lock-screen] { probe-lock-screen }
        [remote-login] { probe-remote-login }
        [screen-share] { probe-screen-share }
        [clipboard] { probe-clipboard }
        [injected-input] { probe-injected-input }
        [debugger] { probe-debugger }
        [virtual-machine] { probe-virtual-machine }
        [programs] { probe-programs }
        [keyboards] { probe-keyboards }
       *[other] { $probe }
    }”: { $why }.
record-observed-surveyed = The computer was checked before the start. The desktop: { $desktop }. { $checks ->
    [none] Nothing to note.
   *[other] Noted: { $checks }.
}
record-observed-suspended = The computer was asleep for { span }.
# Of a probe that has no sentences of its own; the others stand in probes.ftl.
record-observed-probed = { $sees ->
    [none] The computer did not show “{ $probe }” any more.
   *[other] The computer showed “{ $probe }”: { $sees }.
}
record-observed-pageFailed = The exam’s page failed and was loaded again.
record-observed-guardLost = The guard was gone. The exam went on.
record-captured = A picture of the screen { $monitor } was kept, sealed so that only the issuer and you can open it.
record-captured-trigger = A picture of the screen { $monitor } was kept because of what happened just before, sealed so that only the issuer and you can open it.
record-picture-show = Show the picture
record-picture-alt = Your screen { $monitor } at { $at }
record-observed-looked = { $state ->
    [clear] The screen { $monitor } could be seen for pictures.
    [blank] The screen { $monitor } gave only an empty picture, so none was kept.
    [no-room] A picture of the screen { $monitor } was not kept, because all of them together weigh as much as the exam allows.
   *[failed] No picture of the screen could be taken: { $why }
}
record-closed = The exam ended.
record-closed-submitted = You handed in.
record-closed-time-up = Time was up, and the exam was handed in.
record-closed-terminated = A proctor ended the exam.
