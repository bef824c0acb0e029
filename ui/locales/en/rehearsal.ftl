# Rehearsing a failure in practice.
rehearse-do = Rehearse a failure
rehearse-title = Rehearse a failure
rehearse-intro = See for yourself what happens to your answers when the network goes and Invigil is killed. All of it is real, and it takes less than a minute:
rehearse-step-cut = Invigil cuts itself off from every issuer.
rehearse-step-kill = Five seconds later it is killed as the system kills a program that fails: at once, without a word. Until then you can call it off.
rehearse-step-back = The guard starts it again by itself.
rehearse-step-back-self = The guard is not running, so nobody starts it again: open Invigil yourself.
rehearse-step-compare = { $count ->
    [one] Your one answer is read from the disk and compared with what it was.
   *[other] Your { $count } answers are read from the disk and compared with what they were.
}
rehearse-never = This is only possible in practice, and never while an exam is underway or still to be handed in.
rehearse-answer-first = Answer at least one question first, so that there is something to lose.
rehearse-begin = Begin the rehearsal
rehearse-cancel = Not now
rehearse-hint = In practice you can also rehearse a failure: Invigil is killed before your eyes and comes back with your answers. Open a practice, answer a question, and choose “Rehearse a failure”.

rehearsal-cut-title = Invigil is about to be killed
rehearsal-cut = { $seconds ->
    [one] It is killed in one second.
   *[other] It is killed in { $seconds } seconds.
}
rehearsal-cut-now = Cut off: { $issuer } did not answer.
rehearsal-not-cut-now = { $issuer } still answered, so the cut did not work.
rehearsal-no-issuer = This computer knows no issuer yet, so there was nothing to be cut off from. Practice has not used the network at all.
rehearsal-stop = Call it off
rehearsal-sealed-title = Invigil was killed and is back
rehearsal-sealed = Your answers are sealed by your passphrase. Give it, and they are compared with what they were.
rehearsal-kept-title = Nothing was lost
rehearsal-lost-title = Something was lost
rehearsal-kept = { $of ->
    [one] The one answer was compared: { $kept } is as it was.
   *[other] { $of } answers were compared: { $kept } are as they were.
}
rehearsal-lost-do = This must not happen. Take another computer for your exam, and tell the organisation that admitted you.
rehearsal-what = What happened
rehearsal-before-yes = Before: { $issuer } answered.
rehearsal-before-no = Before: { $issuer } did not answer. The network was away already.
rehearsal-killed = { $time }: Invigil was killed.
rehearsal-back = { $time }: it was back, { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
} later.
rehearsal-back-restart = { $time }: it was back. The computer was restarted in between.
rehearsal-after-yes = It came back without the network. Then the network was let back, and { $issuer } answered.
rehearsal-after-no = It came back without the network. The network was let back, and { $issuer } does not answer yet.
rehearsal-answers = Your answers
rehearsal-answers-how = Each answer has a number that changes with every letter of it (SHA-256). Its beginning is shown, from before the kill and from what was read from the disk afterwards.
rehearsal-column-question = Question
rehearsal-column-before = Before
rehearsal-column-after = Afterwards
rehearsal-column-same = Compared
rehearsal-question = Question { $number }
rehearsal-item = Question { $item }
rehearsal-nothing = Nothing
rehearsal-same = The same
rehearsal-other = Not the same
rehearsal-close = Go on practising
