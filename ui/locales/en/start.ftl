# From the admission link to the first question.
offer-title = Is this who you expect?
offer-intro = Your link leads to this issuer. Nothing about you has been sent yet.
offer-issuer = The issuer calls itself
offer-host = Address
offer-fingerprint = Fingerprint of its key
offer-known = This computer knows this issuer, and its key is the same as before.
offer-new = This computer meets this issuer for the first time.
offer-protected = The connection is protected.
offer-unprotected = The connection is not protected. Others on the network could read or change what is sent.
offer-compare = Compare the fingerprint with the one in your invitation, or ask your proctor. If it differs, go back and tell them.
offer-accept = Yes, get my admission
offer-back = Go back

notice-facts = The exam
notice-candidate = Candidate
notice-time = Time
notice-minutes = { $minutes ->
    [one] One minute
   *[other] { $minutes } minutes
}
notice-extra = { $minutes ->
    [one] One of them is your extra time.
   *[other] { $minutes } of them are your extra time.
}
notice-untimed = No limit
notice-items = Questions
notice-items-value = { $items }
notice-pass = To pass
notice-pass-value = { $percent } % of the marks
notice-try = Try
notice-try-value = { $number } of { $max }
notice-try-unlimited = { $number }; as many as you need
notice-window = May be started
notice-window-value = { $opens } to { $closes }
notice-issuer = Issuer
notice-rules = The rules
rule-try = The try counts from the moment you see the first question, and not before.
rule-clock = The clock starts with the first question and runs until you hand in. You see it at any time, or fold it away.
rule-leave-return = You can leave at any time: “Leave the exam” is always at the top. The clock goes on, and you may come back yourself.
rule-leave = You can leave at any time: “Leave the exam” is always at the top. The clock goes on, and a proctor has to let you come back.
rule-restart = { $minutes ->
    [0] If the computer or Invigil fails, your answers stay. Lost time can only be given back by a proctor.
    [one] If the computer or Invigil fails, your answers stay, and up to one minute is given back by itself.
   *[other] If the computer or Invigil fails, your answers stay, and up to { $minutes } minutes are given back by themselves.
}
rule-offline = If the network fails, you simply go on. Everything is kept on this computer and sent later.
rule-result-at-once = You see the result as soon as it is graded.
rule-result-later = The result comes later, when the issuer releases it.
notice-held = What changes on this computer
notice-held-intro = While the exam is open, as far as this system allows:
notice-held-none = Nothing on this computer is locked.
held-keyboard = Every key goes to the exam. Shortcuts of the desktop rest.
held-fullscreen = The exam fills its screen.
held-covers = Other screens are covered.
held-close = The exam window cannot be closed by accident.
held-clipboard = { $copying ->
    [yes] You can copy and paste inside the exam. What you copied elsewhere stays outside, and what you copy here stays here.
   *[no] Nothing can be copied or pasted.
}
held-page = The page has no menu, print, search or second window.
held-awake = The computer does not fall asleep, and the screen stays on.
loss-log = If one of these is lost, it is noted and the exam goes on.
loss-warn = If one of these is lost, you are told and the exam goes on.
loss-hold = If one of these is lost, the exam stops and its clock stands, until it is mended.
loss-refuse = The exam starts only if these hold. If one is lost later, it is noted and the exam goes on.
notice-given-back = When you leave or hand in, and after a restart of the computer, everything is as it was.

notice-recorded = What is recorded
notice-recorded-intro = This, and nothing else. Nothing of it decides by itself: where something looks odd, a person looks at it and hears you first. You can read all of it afterwards.
notice-always = In every exam
notice-always-who = Where nothing else is said, proctors and reviewers see it, and it is kept with the exam.
notice-watched = What Invigil looks for
notice-watched-intro = These rules name signs that something besides the exam is going on. When one is seen and when it is gone is noted, with its name. Seeing one proves nothing. Proctors and reviewers see it; it is kept with the exam.
notice-watched-stops = Where a sign stops the exam, the clock stands too; the exam goes on when the sign is gone, and after a few minutes by itself.
notice-pictures = Pictures of your screen
notice-pictures-what = What
notice-pictures-what-value = { $seconds ->
   *[other] A picture of each of your screens about every { $seconds } seconds, at moments that nobody knows beforehand, and when something that is looked for is seen or the exam is stopped. A picture that shows nothing new is thrown away at once. Close everything private before you begin.
}
notice-pictures-why = Why
notice-pictures-why-value = So that a person can see what a sign meant, before anybody says that you did something wrong.
notice-pictures-who = Who sees them
notice-pictures-who-value = They are sealed on this computer. Only { $issuer } and you can open them, and each time somebody does there is written down.
notice-pictures-keep = How long
notice-pictures-keep-value = { $days ->
    [one] { $issuer } deletes them one day after its receipt, or when your result is decided if that takes longer. Here they go with your answers.
   *[other] { $issuer } deletes them { $days } days after its receipt, or when your result is decided if that takes longer. Here they go with your answers.
}
notice-pictures-sign = How you know
notice-pictures-sign-value = While they are taken, “Screen recorded” stands at the top. None is taken before the first question, in a pause, or after you leave or hand in.
notice-not-recorded = { $pictures ->
    [yes] Never recorded: your camera and microphone, which keys you press, what you copy, your files, where you are, and titles of other windows.
   *[no] Never recorded: your camera and microphone, pictures of your screen, which keys you press, what you copy, your files, where you are, and titles or contents of other windows.
}
notice-kept-title = How long this computer keeps your answers
notice-kept = { $days ->
    [0] Until the issuer has confirmed your exam by its receipt. Then they are removed. What the issuer keeps follows its own rules.
    [one] One day from the issuer’s receipt on. Then they are removed. What the issuer keeps follows its own rules.
   *[other] { $days } days from the issuer’s receipt on. Then they are removed. What the issuer keeps follows its own rules.
}
notice-accept-hint = You can still turn back after this. No try is used until the first question.
notice-accept = I have read this and accept it
notice-decline = I do not accept
notice-later = Decide later
decline-title = Decline this admission?
decline-text = The exam will not start, and this admission ends. The try is not used. If you change your mind, the issuer can admit you again.
decline-stay = Keep reading
decline-do = Decline

recorded-answers = Your answers
    .why = So that they can be graded and nothing is lost.
    .who = The issuer’s graders see them; proctors do not.
    .keep = Kept as long as the issuer’s rules say.
recorded-times = When you do what
    .why = Start, answers, moving between questions, leaving and handing in, each with its time. This shows how the exam went if something is in doubt.
recorded-screens = Which question you look at
    .why = Each time you go to another question or to the review. It is not a picture of your screen.
recorded-flags = Your flags
    .why = So that they are still there after a restart.
    .who = They have no influence on the result.
recorded-check = What the check before the start finds
    .why = The name of your desktop, and which of these checks were not fine, so that your proctor has the list that you have. An aid that you use is not in it.
recorded-controls = What holds on this computer
    .why = Whether what is listed above holds, so that exams can be compared fairly. Help you were granted never counts against you.
recorded-clock = Jumps of the clock
    .why = If this computer’s clock is moved during the exam. The exam’s own clock does not follow it.
recorded-sleep = Sleep
    .why = If this computer sleeps during the exam, and for how long. Only a proctor can give that time back.
recorded-restarts = Restarts
    .why = If Invigil or the computer stops and starts again, and how long that took. This is how lost time is given back.
recorded-application = The application
    .why = The version of Invigil, the name of your desktop, what the check before the start found, the key that this computer signs with, and failures of the page or the guard, so that faults can be explained.
recorded-environment = Settings that open Invigil to other programs
    .why = The names of such settings, if Invigil is started with one. It is switched off; what it was set to is not recorded.

readiness-title = Is everything ready?
readiness-intro = Invigil looks at this computer before the clock starts. No try is used yet.
readiness-checking = Looking at this computer …
readiness-begin-hint = The first question appears at once, and with it the clock starts and the try counts.
readiness-begin = Begin the exam
readiness-again = Check again
readiness-not-yet = Something has to be mended before you can begin. Mend it and check again. No try is used.
start-code-title = Begin with a start code
start-code-hint = The issuer is out of reach. Your proctor can give you a code that opens the exam on this computer.
start-code-label = Start code
level-L0 = This computer counts as level 0: nothing is locked.
level-L1 = This computer counts as level 1: your own desktop, locked as far as the system allows.
level-L2 = This computer counts as level 2: a login made for exams.
level-L3 = This computer counts as level 3: a computer managed for exams.

check-state-fine = Ready
check-state-note = Good to know
check-state-missing = To be mended
check-other = Check { $id }
check-blind = This computer cannot tell: { $why }. In an exam that is noted, and counts for nobody’s fault.
check-silent = It gave no answer while the trial lasted.
    .do = Try it again.
check-seen-noted = You may begin with it. It is noted, and decides nothing by itself.
check-unknown = The check says: { $code }
check-issuer = Issuer
check-window = Time of the exam
check-pack = Exam paper
check-storage = Room for your answers
check-keys = Keys of this device
check-clock = Clock of this computer
check-guard = Guard
check-keyboard = Desktop shortcuts
check-fullscreen = Full screen
check-covers = Covers for other screens
check-close = Closing the window
check-clipboard = Clipboard
check-page = Menus of the page
check-awake = Staying awake
check-pictures = Pictures of the screen

check-issuer-unreachable = { $host } does not answer.
    .do = Check the network, then check again. If it stays away, your proctor may have a start code.
check-issuer-key-changed = The key of { $host } is not the one in your admission.
    .do = Do not go on. Ask the issuer by phone or mail whether they have a new key.
check-window-before = The exam opens { $opens }.
    .do = Come back then. You may leave this page open.
check-window-after = The time for this exam ended { $closes }.
    .do = Ask the issuer for another admission.
check-storage-failed = This computer could not save a trial answer.
    .do = Ask for help, or take another computer.
check-storage-full = The disk is almost full: { $megabytes } MB are left.
    .do = Free some space, then check again.
check-keys-passphrase = They are sealed by your passphrase. Keep it at hand in case the computer restarts.
check-keys-locked = They are locked, or there are none yet.
    .do = Go to the start page and give your passphrase there.
check-keys-none = There are none yet. The first admission makes them; without a secret store it asks for a passphrase first.
check-keys-silent = They are in your system’s secret store, and it does not give them.
    .do = Unlock your login keyring, or start its service, then check again.
check-pack-absent = It is not on this computer yet.
    .do = Nothing: it is fetched when you open the exam. Do that once while you have a network.
check-clock-unknown = Nobody was in reach to compare it with. The exam’s own clock does not depend on it.
check-clock-behind = It is { $minutes } minutes behind. The exam’s own clock does not depend on it.
check-clock-ahead = It is { $minutes } minutes ahead. The exam’s own clock does not depend on it.
check-guard-absent = It is not running. The exam works without it; after a fault, start Invigil again yourself.
check-pictures-unanswered = The desktop has not said yet whether the exam may take pictures of the screen.
    .do = Answer its question if it asks one, then check again.
check-pictures-failed = No picture of the screen can be taken: { $why }.
    .do = If the desktop asks, allow it, then check again. You may begin without; it is recorded that there are none.
check-pictures-blank = The screen gives only an empty picture.
    .do = You may begin. It is recorded that there are no pictures.
check-keyboard-unsupported = This desktop does not let an application hold its shortcuts back.
    .do = Do not use desktop shortcuts during the exam. It is recorded that they were free.
check-keyboard-denied = The desktop refused to hold its shortcuts back.
    .do = Allow it when the desktop asks, then check again. GNOME asks once and keeps the answer. It can be changed in the settings of the desktop, under Apps, Invigil, “Inhibit Shortcuts”.
check-keyboard-requested = The desktop was asked, but does not say whether it holds.
check-fullscreen-unsupported = This desktop does not let the exam fill the screen.
    .do = Close other windows before you begin.
check-fullscreen-denied = The desktop refused full screen.
    .do = Close other full-screen windows, then check again.
check-fullscreen-requested = The desktop was asked, but does not say whether it holds.
check-covers-unsupported = This desktop does not let the exam cover other screens.
    .do = Unplug other screens, or switch them off in the settings of the desktop. It is recorded that they were not covered.
check-covers-denied = Another screen is not covered.
    .do = Unplug it, or switch it off in the settings of the desktop. Then check again.
check-covers-requested = The desktop was asked, but does not say whether it holds.
check-close-unsupported = The desktop can close the window.
    .do = Use “Leave the exam” to leave. If the window is closed, start Invigil again and go on.
check-close-denied = The desktop can close the window.
    .do = Use “Leave the exam” to leave. If the window is closed, start Invigil again and go on.
check-close-requested = Invigil refuses to be closed by accident. The desktop could still do it.
check-clipboard-unsupported = This desktop does not let the exam keep its clipboard apart.
    .do = Copy nothing between the exam and other windows. It is recorded that it was possible.
check-clipboard-denied = Another program holds the clipboard.
    .do = Close programs that collect what you copy, then check again.
check-clipboard-requested = The desktop was asked, but does not say whether it holds.
check-page-unsupported = Menus of the page cannot be switched off here.
    .do = Do not open menus, print or search during the exam. It is recorded that they were there.
check-page-denied = Menus of the page could not be switched off.
    .do = Close Invigil and start it again, then check again.
check-page-requested = They are switched off, but nothing else on this computer can tell.
check-awake-unsupported = This desktop does not let an application keep it awake.
    .do = Plug the computer in, and switch off sleep in the settings of the desktop. The clock does not wait while it sleeps.
check-awake-denied = The desktop refused to stay awake.
    .do = Plug the computer in, and switch off sleep in the settings of the desktop. The clock does not wait while it sleeps.
check-awake-requested = The desktop was asked, but does not say whether it holds.
# What to do about a control that was lost while the exam was underway.
lost-keyboard =
    .do = Close other windows and menus, and click into this one.
lost-fullscreen =
    .do = Close other full-screen windows, and click into this one.
lost-covers =
    .do = Unplug the other screen, or switch it off in the settings of the desktop.
lost-close =
    .do = Nothing: your proctor can let you go on.
lost-clipboard =
    .do = Close programs that collect what you copy.
lost-page =
    .do = Nothing: your proctor can let you go on.
lost-awake =
    .do = Plug the computer in, and switch off sleep in the settings of the desktop.

# The trial of this computer, days before an exam if need be.
trial-title = Check this computer
trial-do = Check this computer
trial-lead = Find out now, days before, what an exam can ask of this computer. Nothing of it is recorded or sent.
trial-intro = Invigil tries for a few seconds what an exam asks for, and gives everything back. Nothing of it is recorded or sent, and no try is used.
trial-what = While it lasts, this window fills the screen, every key goes to it, other screens are covered, and the clipboard is empty. What you had copied as text comes back afterwards.
trial-consent = Unless it has done so before, GNOME asks you now whether Invigil may inhibit shortcuts, and keeps the answer. Choose “Allow”, or the exam counts your shortcuts as free. Super + Escape gives them back at any time.
trial-consent-title = Your desktop may ask you something
trial-rules = It is tried under the rules of
trial-rules-strict = It is tried under the strictest rules that Invigil has.
trial-aid-title = Do you use a screen reader, an on-screen keyboard, a magnifier or another aid?
trial-aid-intro = You do not have to answer. The answer is not kept, not recorded and told to nobody. An aid never counts against you.
trial-aid-no = No, or I would rather not say
trial-aid-yes = Yes: hold on for half a minute, so that I can try it
trial-begin = Begin the trial
trial-running = The trial runs. This computer is held as in an exam …
trial-running-aid = The trial runs. This computer is held as in an exam for half a minute: try your aid and its keys now.
trial-stop = End it now and give everything back
trial-again = Try again
trial-ready = An exam could begin on this computer.
trial-not-ready = An exam could not begin on this computer as it is.
trial-released = Everything that was held was given back.
trial-not-released = It was not seen that everything was given back. Log out and in again before an exam, and tell your proctor.
trial-desktop = Desktop: { $desktop }
trial-desktop-x11 = X11
trial-desktop-wayland = Wayland
trial-desktop-none = no display
trial-machine = This computer
trial-controls = What an exam holds
trial-probes = What an exam looks for
trial-probes-nothing = { $count ->
    [one] One more looked and saw nothing.
   *[other] { $count } more looked and saw nothing.
}
trial-aids = Aids
trial-aids-found = Seen on this computer: { $names }. They work on while an exam holds the computer.
trial-aids-none = Invigil has seen none. That proves nothing: many aids cannot be seen by other programs.
trial-aids-do = If one of its keys did nothing during the trial, ask the issuer for an accommodation before the exam. It never lowers what your exam counts for.
trial-terminal = The same in a terminal: { $command }
