# The sentences of the log. Neutral: a record says what a machine noted, not what it means.
span = { $unit ->
    [none] under a second
    [s] { $seconds } s
    [m] { $minutes } min
    [ms] { $minutes } min { $seconds } s
    [h] { $hours } h
   *[hm] { $hours } h { $minutes } min
}

log-admitted = Invigil { $version } began the record on this computer.
log-moved = The exam was taken over by another computer, with Invigil { $version }.
log-acknowledged = The candidate read and accepted the notice.
log-checked-first = The computer was checked: level { $level }.
log-checked-same = The controls were checked again: no change, level { $level }.
log-checked-changed = The controls changed: level { $level }.
log-withdrawn-declined = The candidate did not accept the notice. The try is not used.
log-withdrawn-not-ready = The computer did not reach the level that the rules ask for. The try is not used.
log-began = The first question was shown and the clock started: { $items ->
    [one] one question
   *[other] { $items } questions
}, { span }.
log-began-untimed = The first question was shown: { $items ->
    [one] one question
   *[other] { $items } questions
}, no time limit.
log-began-offline = It was started without the service, with the proctor’s code.
log-visited-item = Went to question { $n }.
log-visited-review = Went to the review.
log-flagged-true = Flagged question { $n }.
log-flagged-false = Took the flag off question { $n }.
log-responded-first = Answered question { $n }.
log-responded-again = Changed the answer to question { $n } ({ $revision }).
log-responded-cleared = Cleared the answer to question { $n }.
log-heartbeat = Invigil was running; nothing else happened.
log-resumed-program = Invigil came back after { span } without it running.
log-resumed-computer = Invigil came back after a restart of the computer that took { span }.
log-resumed-elsewhere = It went on there { span } after the record before.
log-resumed-given = { span } were given back.
log-resumed-offline = The service was out of reach.
log-held-control-lost = The exam was stopped and covered: a control no longer held.
log-held-seen = The exam was stopped and covered: something was seen that the rules stop for.
log-held-reboot-gap = The exam was stopped and covered: the computer had been off for long.
log-held-control-lost-for = The exam was stopped and covered for { span }: a control no longer held.
log-held-seen-for = The exam was stopped and covered for { span }: something was seen that the rules stop for.
log-held-reboot-gap-for = The exam was stopped and covered for { span }: the computer had been off for long.
log-released = The hold was over; the exam went on.
log-paused = The exam was paused.
log-paused-for = The exam was paused for { span }.
log-continued = The pause was over; the exam went on.
log-left = The candidate left the exam. The computer was free.
log-left-for = The candidate left the exam for { span }. The computer was free.
log-returnAllowed = The candidate was let back.
log-returned = The candidate came back.
log-granted = { span } were added.
log-observed-clockJumped-on = The computer’s calendar was moved on by { span }. The exam’s clock did not follow.
log-observed-clockJumped-back = The computer’s calendar was moved back by { span }. The exam’s clock did not follow.
log-observed-environmentScrubbed = Invigil was started with settings that would open it to other programs; they were removed.
log-observed-blind =
    { $probe ->
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
    }: this computer cannot tell: { $why }. That nothing was seen of it says nothing.
log-observed-suspended = The computer was asleep for { span }.
log-observed-pageFailed = The exam’s page failed and was loaded again.
log-observed-guardLost = The guard was gone. The exam went on.
log-captured-interval = A picture of the screen { $monitor } was kept.
log-captured-trigger = A picture of the screen { $monitor } was kept because of what happened just before.
log-captured-unchanged = { $count ->
    [one] One look before showed nothing new.
   *[other] { $count } looks before showed nothing new.
}
log-captured-stretch = From here on there are { $stretch } times as long between looks, because the pictures weigh so much.
log-observed-looked = { $state ->
    [clear] The screen { $monitor } can be seen for pictures.
    [blank] The screen { $monitor } gives only an empty picture, so none is kept.
    [no-room] A picture of the screen { $monitor } was not kept: all of them together weigh as much as the exam allows.
   *[failed] No picture of the screen can be taken: { $why }. That none is there says nothing.
}
picture-show = Show the picture
picture-alt = The candidate’s screen { $monitor } at { $at }
log-closed-submitted = The candidate handed in.
log-closed-time-up = Time was up, and the exam was handed in.
log-closed-terminated = A proctor ended the exam.
log-unknown = A record of the kind { $kind }, which this console does not know.

log-work = Worked for { span }: { $answers ->
    [0] no answer
    [one] one answer
   *[other] { $answers } answers
}{ $changes ->
    [0] {""}
    [one] , one of them a change
   *[other] , { $changes } of them changes
}, { $visits ->
    [0] same screen
    [one] one change of screen
   *[other] { $visits } changes of screen
}{ $flags ->
    [0] {""}
    [one] , one flag
   *[other] , { $flags } flags
}{ $captured ->
    [0] {""}
    [one] , one picture
   *[other] , { $captured } pictures
}.
log-work-at = Questions { $first } to { $last }
log-work-at-one = Question { $first }
log-quiet = Nothing but signs of life for { span } ({ $count }){ $captured ->
    [0] {""}
    [one] , one picture among them
   *[other] , { $captured } pictures among them
}.
log-gap = Nothing recorded for { span }.
